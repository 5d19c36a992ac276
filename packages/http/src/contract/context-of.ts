import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Logger } from '@plinth/core';
import type { Infer, Schema } from '@plinth/validation';
import type { CookieOptions } from '../reply/cookie-options.js';
import type { PathParams } from './path-params.js';

/** What every handler, guard and around can read of the request. Its methods need it: taken off it, they do not compile. */
export interface HttpContext {
  /** Node's request, for what is not covered here. Its body is read by the server. */
  readonly request: IncomingMessage;
  /** Upper case; `HEAD` where a GET route answers a HEAD request. */
  readonly method: string;
  /** The path as it was routed: without the query, percent-decoded once. */
  readonly path: string;
  /** The request target as it was sent. */
  readonly url: string;
  /** The pattern of the matched route, such as `/orders/:id`. */
  readonly route: string;
  /** The request's id, also in `X-Request-Id` and in every log line. */
  readonly id: string;
  /** Aborted when the client goes away, at the deadline, or when the server stops. */
  readonly signal: AbortSignal;
  /** The client's address; behind trusted proxies the one that they report. */
  readonly ip: string;
  /** How the client came: `https` where TLS ended here or a trusted proxy says so. */
  readonly protocol: 'http' | 'https';
  /** The host that the client asked for, with its port if it named one; behind trusted proxies as they report it. Throws as the check of the Host header does (`HTTP_HOST`, `HTTP_HOST_NOT_SERVED`) for a reported host that is not served. */
  readonly host: string;
  /** Milliseconds since the epoch at which the request is given up with 503. */
  readonly deadline: number;
  /** The application's logger; its lines carry the request's id. */
  readonly log: Logger;
  /**
   * The nonce of this reply's Content-Security-Policy, for `<script nonce="…">` and `<style nonce="…">` of a document: 128 random bits
   * in base64, made when it is first read. A document whose handler reads it is not stored by caches.
   */
  readonly nonce: string;
  /** A request header by name in any case; repeated ones joined with `, `. */
  header(this: object, name: string): string | undefined;
  /** A request cookie, decoded. */
  cookie(this: object, name: string): string | undefined;
  /** Sets a header of the reply, whatever the reply will be. Throws `HTTP_HEADER` for a name or value that HTTP does not allow. */
  setHeader(this: object, name: string, value: string): void;
  /** Sets a cookie on the reply: `Secure`, `HttpOnly`, `SameSite=Lax` and `Path=/` unless the options say otherwise. */
  setCookie(this: object, name: string, value: string, options?: CookieOptions): void;
}

/** What a guard sees: the parameters of the path as strings and the raw headers. The body has not been read yet. */
export interface GuardContext extends HttpContext {
  readonly params: { readonly [name: string]: string | undefined };
  readonly headers: IncomingHttpHeaders;
  /**
   * Says that a cookie has authenticated this request: an unsafe one must then come from this site (`HTTP_CROSS_SITE`). For guards
   * that read a cookie. `session` (an id, or a hash of the session's secret) binds CSRF tokens to the session.
   */
  byCookie(this: object, session?: string): void;
}

/** What an inner around sees: the checked parts of the request, `undefined` where the contract declares none. */
export interface AroundContext extends HttpContext {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * The one argument of a handler: the request, the parts that path and contract declare, and the facts of the guards.
 *
 * @example
 * type Context = ContextOf<'/orders/:id', typeof updateOrder, { user: User }>;
 */
export type ContextOf<Path extends string, C, Facts = unknown> = HttpContext & ParamsOf<Path, C> & DeclaredParts<C> & Facts;

type ParamsOf<Path extends string, C> = C extends { readonly params: infer S extends Schema }
  ? { readonly params: Infer<S> }
  : string extends Path
    ? { readonly params: PathParams<Path> }
    : Path extends `${string}:${string}` | `${string}*${string}`
      ? { readonly params: PathParams<Path> }
      : unknown;

type DeclaredParts<C> = { readonly [Part in keyof C & ('query' | 'headers' | 'cookies' | 'body')]: PartOf<C, C[Part], Part> };

type PartOf<C, S, Part> = Part extends 'body' ? BodyOf<C, S> : OutputOf<S>;

type BodyOf<C, S> = C extends { readonly accepts: 'bytes' | readonly ['bytes'] }
  ? Buffer
  : C extends { readonly accepts: 'ndjson' | readonly ['ndjson'] }
    ? AsyncIterable<OutputOf<S>>
    : C extends { readonly accepts: { stream(body: AsyncIterable<Buffer>, mediaType: string): infer Streamed } }
      ? Awaited<Streamed>
      : OutputOf<S>;

type OutputOf<S> = S extends Schema ? Infer<S> : never;
