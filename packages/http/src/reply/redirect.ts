import { HTTP_ERRORS } from '../errors.js';
import { Reply } from './reply.js';

/** 303: get the other one; 302: the same, of old; 307: the same request there; 308: the same, from now on; 301: the same, of old. */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/** Where a redirect may lead. */
export interface RedirectOptions {
  /** Other origins of yours, exact: `https://accounts.example.com`. Default: `redirects.origins` of `HttpModule.with`. */
  readonly origins?: readonly string[];
}

/**
 * Sends the client elsewhere: to a path of this service, or to another origin that `redirects.origins` lists. Declare the status:
 * `returns: { 303: null }`. Throws `HTTP_REDIRECT` for every spelling that browsers take for another place (`//host`, `/\host`,
 * `https:host`, tabs and line breaks), so a path that a client had a part in cannot lead to a site of its choice.
 *
 * @example
 * return redirect(url('/orders/:id', { id }));
 */
export function redirect(to: string): Reply<303, void>;
export function redirect<const Status extends RedirectStatus>(to: string, status: Status, options?: RedirectOptions): Reply<Status, void>;
export function redirect(to: string, status: RedirectStatus = 303, options?: RedirectOptions): Reply<RedirectStatus, void> {
  const target = checkTarget(to, options?.origins);
  return options?.origins === undefined
    ? new Reply(status, undefined, { headers: { location: target } })
    : new AllowedRedirect(status, target);
}

/** A redirect whose author has listed its origins himself. @internal */
export class AllowedRedirect extends Reply<RedirectStatus, void> {
  readonly target: string;

  constructor(status: RedirectStatus, target: string) {
    super(status, undefined, { headers: { location: target } });
    this.target = target;
  }
}

// eslint-disable-next-line no-control-regex
const odd = /[\u0000-\u0020\u007f-\u00a0\\\u2028\u2029]/;
const nowhere = 'http://redirect.invalid';

/** A redirect's target, normalized. Throws `HTTP_REDIRECT`; with `origins` also for absolute URLs of others. @internal */
export function checkTarget(to: unknown, origins?: readonly string[]): string {
  if (typeof to !== 'string' || !to.isWellFormed()) throw refuse(to, 'it is not a well-formed text');
  if (odd.test(to)) throw refuse(to, 'it holds a space, a control character or a backslash');
  if (to.startsWith('/')) {
    if (to.startsWith('//')) throw refuse(to, 'it names another host');
    const { origin, pathname, search, hash } = parse(to, nowhere);
    // "/..//host" is resolved to "//host", which names another host when it is sent on.
    if (origin !== nowhere || pathname.startsWith('//')) throw refuse(to, 'it names another host');
    return pathname + search + hash;
  }
  if (!/^https?:\/\/[^/]/i.test(to)) throw refuse(to, 'it is neither a path that begins with "/" nor an http URL');
  const target = parse(to, undefined);
  if (target.username !== '' || target.password !== '') throw refuse(to, 'it holds a user name');
  if (origins !== undefined && !origins.includes(target.origin)) throw refuse(to, `the origin ${target.origin} is not allowed`);
  return target.href;
}

function parse(to: string, base: string | undefined): URL {
  try {
    return new URL(to, base);
  } catch {
    throw refuse(to, 'it is not a URL');
  }
}

function refuse(to: unknown, reason: string): Error {
  return HTTP_ERRORS.REDIRECT({ to: JSON.stringify(String(to).slice(0, 200)), reason });
}
