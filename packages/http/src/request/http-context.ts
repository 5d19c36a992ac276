import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { RequestScope, type Logger } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { cookie } from '../reply/cookie.js';
import type { CookieOptions } from '../reply/cookie-options.js';
import { checkHeader } from '../reply/check-header.js';
import type { Reply } from '../reply/reply.js';
import type { ReplyPlan } from '../route/reply-plan.js';
import type { RoutePlan } from '../route/route-plan.js';
import type { ServerState } from '../server/server-state.js';
import { createNonce } from '../security-headers/nonce.js';
import { traceOf, type Trace } from '../trace/trace.js';
import { readCookie } from './parse-cookies.js';
import { closeLink, openLink } from './open-requests.js';
import { readOrigin, type Origin } from './forwarded.js';
import { remoteAddress } from './remote-address.js';

const noValues: Readonly<Record<string, string>> = Object.freeze(Object.create(null)) as Record<string, string>;

/**
 * One request from its first station to its last: what guards, arounds and handlers see (`HttpContext`), and, marked
 * internal, what the stations hand on. All fields are set here, in one order, so that every request has the same hidden class.
 */
export class RouteContext {
  readonly request: IncomingMessage;
  path = '';
  /** Values of the path's parameters: strings before the checks, what the schema gives after them. */
  params: unknown = noValues;
  query: unknown = undefined;
  cookies: unknown = undefined;
  body: unknown = undefined;

  /** @internal What the schema made of the headers. */ checkedHeaders: unknown = undefined;
  /** @internal */ readonly response: ServerResponse;
  /** @internal */ readonly server: ServerState;
  /** @internal */ plan: RoutePlan | null = null;
  /** @internal Where the query begins in `url`, after the "?"; -1 without one. */ queryStart = -1;
  /** @internal Milliseconds of `performance.now()`. */ startedAt: number;
  /** @internal Milliseconds of `performance.now()` at which the request is given up; 0 while nothing is waited for. */ expiresAt = 0;
  /** @internal Whether an answer has been begun; whatever comes later is dropped. */ answered = false;
  /** @internal Whether its line was written. */ finished = false;
  /** @internal */ status = 0;
  /** @internal Bytes of the answer's body. */ bytes = 0;
  /** @internal Bytes of the request's body as announced; infinite when it is chunked. */ bodyLength = 0;
  /** @internal */ expectsContinue = false;
  /** @internal Whether the connection must not be used again. */ last = false;
  /** @internal What the handler gave, ready to be written under this plan. */ replyPlan: ReplyPlan | null = null;
  /** @internal */ payload: unknown = undefined;
  /** @internal What the handler returned, where an around wants it as a Reply. */ bareValue: unknown = undefined;
  /** @internal */ reply: Reply | null = null;
  /** @internal */ scope: RequestScope | null = null;
  /** @internal Flat names and values. */ extraHeaders: string[] | null = null;
  /** @internal */ failure: unknown = undefined;
  /** @internal Neighbours in the list of open requests. */ previous: RouteContext | null = null;
  /** @internal */ next: RouteContext | null = null;
  /** @internal */ linked = false;
  /** @internal */ aborter: AbortController | null = null;
  /** @internal */ abortReason: unknown = undefined;
  /** @internal Whether its client has gone before the answer was whole. */ left = false;
  /** @internal When the handler was called and when it had answered (`performance.now()`); 0 where nobody wants to know. */ calledAt = 0;
  /** @internal */ handledAt = 0;
  /** @internal Whether an error of it was reported. */ reported = false;
  /** @internal Whether it may have a `traceparent`. */ traced = true;
  /** @internal Made when somebody asks for it. */ ownTrace: Trace | null = null;
  /** @internal Who acts, as guards have told the request context. */ ownActor: unknown = undefined;
  /** @internal */ ownId = '';
  /** @internal */ ownLog: Logger | null = null;
  /** @internal */ ownOrigin: Origin | null = null;
  /** @internal While its body is read: a request that takes too long is then the client's fault. */ reading = false;
  /** @internal Empty until somebody reads `nonce`. */ ownNonce = '';
  /** @internal What binds CSRF tokens where a cookie has authenticated the request; else `null`. */ cookieSession: string | null = null;
  /** @internal What a feature has left to do when the body is parsed. */ afterBody: ((context: RouteContext) => void) | null = null;

  constructor(server: ServerState, request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    this.server = server;
    this.startedAt = performance.now();
  }

  get method(): string {
    return this.request.method ?? '';
  }

  get url(): string {
    return this.request.url ?? '';
  }

  get route(): string {
    return this.plan?.pattern ?? '';
  }

  /** The raw headers; in a handler whose contract declares headers, the checked ones. */
  get headers(): unknown {
    return this.checkedHeaders ?? this.request.headers;
  }

  get id(): string {
    return this.ownId === '' ? (this.ownId = this.server.nextId()) : this.ownId;
  }

  get ip(): string {
    return this.origin === null ? remoteAddress(this.request) : this.origin.ip;
  }

  get protocol(): 'http' | 'https' {
    return this.origin?.protocol ?? ((this.request.socket as TLSSocket).encrypted === true ? 'https' : 'http');
  }

  get host(): string {
    const host = this.origin?.host;
    if (host === undefined) return this.request.headers.host ?? '';
    this.server.hosts.check(host);
    return host;
  }

  /** What trusted proxies say; read when somebody asks. @internal */
  get origin(): Origin | null {
    const { trust } = this.server;
    return trust === null ? null : (this.ownOrigin ??= readOrigin(this.request, trust));
  }

  get deadline(): number {
    return Date.now() + Math.max(0, Math.round(this.expiresAt - performance.now()));
  }

  get log(): Logger {
    if (this.ownLog !== null) return this.ownLog;
    const { traceId, spanId } = traceOf(this);
    return (this.ownLog = this.server.logger.child({ requestId: this.id, traceId, spanId }));
  }

  /** Made when somebody asks for it: most requests are over before anything could be aborted. */
  get signal(): AbortSignal {
    if (this.aborter === null) {
      this.aborter = new AbortController();
      if (this.abortReason !== undefined) this.aborter.abort(this.abortReason);
    }
    return this.aborter.signal;
  }

  /** Made when somebody asks for it: only then it stands in the document's policy. */
  get nonce(): string {
    return this.ownNonce === '' ? (this.ownNonce = createNonce()) : this.ownNonce;
  }

  byCookie(session = ''): void {
    this.cookieSession = session;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    // Node's object of headers has a prototype, whose properties are no headers.
    return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined;
  }

  cookie(name: string): string | undefined {
    return readCookie(this.request.headers.cookie, name);
  }

  setHeader(name: string, value: string): void {
    checkHeader(name, value);
    if (name.toLowerCase() === 'set-cookie') throw HTTP_ERRORS.HEADER({ name: '"Set-Cookie"', reason: 'cookies are set with setCookie' });
    const headers = (this.extraHeaders ??= []);
    const index = headers.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === name.toLowerCase());
    if (index === -1) headers.push(name, value);
    else headers[index + 1] = value;
  }

  setCookie(name: string, value: string, options?: CookieOptions): void {
    (this.extraHeaders ??= []).push('Set-Cookie', cookie(name, value, options));
  }

  /** Puts the request in the list that deadlines and drain go through. @internal */
  open(): void {
    if (!this.linked) openLink(this.server.openRequests, this);
  }

  /** Takes it out again. @internal */
  close(): void {
    if (this.linked) closeLink(this.server.openRequests, this);
  }

  /** Aborts `signal`, now or when somebody first asks for it. @internal */
  abort(reason: unknown): void {
    this.abortReason ??= reason;
    this.aborter?.abort(reason);
  }
}

/** Names of the context that facts of guards must not replace. */
export const CONTEXT_NAMES: ReadonlySet<string> = new Set([
  '__proto__',
  ...Object.getOwnPropertyNames(RouteContext.prototype),
  // Every field is set by the constructor, so any instance has them all.
  ...Object.keys(new RouteContext({} as ServerState, {} as IncomingMessage, {} as ServerResponse)),
]);
