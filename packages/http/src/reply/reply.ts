import type { CookieOptions } from './cookie-options.js';

/** Header names to values; a list is sent as several headers of that name. */
export type ReplyHeaders = { readonly [name: string]: string | readonly string[] };

/** A cookie to set on a reply. */
export interface ReplyCookie {
  readonly name: string;
  readonly value: string;
  readonly options?: CookieOptions;
}

/** What accompanies a reply's body. */
export interface ReplyOptions {
  readonly headers?: ReplyHeaders;
  readonly cookies?: readonly ReplyCookie[];
}

/** An answer with its status, body, headers and cookies. The status must be one that the contract declares; header and cookie syntax is checked when it is written. */
export class Reply<const Status extends number = number, out Body = unknown> {
  readonly status: Status;
  readonly body: Body;
  readonly headers: ReplyHeaders | undefined;
  readonly cookies: readonly ReplyCookie[] | undefined;

  constructor(status: Status, body: Body, options?: ReplyOptions) {
    this.status = status;
    this.body = body;
    this.headers = options?.headers;
    this.cookies = options?.cookies;
  }

  /** The same reply with these headers added; names that are there already are replaced. */
  withHeaders(headers: ReplyHeaders): Reply<Status, Body> {
    return new Reply(this.status, this.body, { headers: { ...this.headers, ...headers }, cookies: this.cookies ?? [] });
  }

  /** The same reply with one more cookie. */
  withCookie(name: string, value: string, options?: CookieOptions): Reply<Status, Body> {
    const cookie: ReplyCookie = options === undefined ? { name, value } : { name, value, options };
    return new Reply(this.status, this.body, { headers: this.headers ?? {}, cookies: [...(this.cookies ?? []), cookie] });
  }
}

/** A reply of any declared status. */
export function reply<const Status extends number, Body>(status: Status, body: Body, options?: ReplyOptions): Reply<Status, Body> {
  return new Reply(status, body, options);
}

/** 200 with a body. */
export function ok<Body>(body: Body, options?: ReplyOptions): Reply<200, Body> {
  return new Reply(200, body, options);
}

/** 201 with the body of what was created; say where it is with `headers: { location }`. */
export function created<Body>(body: Body, options?: ReplyOptions): Reply<201, Body> {
  return new Reply(201, body, options);
}

/** 202: the work will be done later. */
export function accepted<Body = void>(body?: Body, options?: ReplyOptions): Reply<202, Body> {
  return new Reply(202, body as Body, options);
}

/** 204, without a body. */
export function noContent(options?: ReplyOptions): Reply<204, void> {
  return new Reply(204, undefined, options);
}
