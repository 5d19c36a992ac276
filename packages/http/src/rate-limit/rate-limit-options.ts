import type { GuardContext } from '../contract/context-of.js';

/**
 * What happens while the store of the counts does not answer. `local`: each process counts in its own memory; `open`: nobody is
 * limited; `closed`: everybody is refused with 503 (`HTTP_RATE_LIMIT_STORE`).
 */
export type WhenDown = 'local' | 'open' | 'closed';

/** A rate. */
export interface Rate {
  /** Units per time; a request takes one, unless `cost` says otherwise. */
  readonly limit: number;
  /** The time: milliseconds, or a text such as `1m`. Default `1m`. */
  readonly per?: number | string;
  /** Units that may be taken at once, before they come back one after the other at the rate. Default: `limit`. */
  readonly burst?: number;
}

/** The limit of every client over all routes, of `HttpModule.with({ rateLimit })`. */
export interface RateLimitOptions extends Partial<Rate> {
  /** Units per time. Default 600 per minute with a burst of 100. */
  readonly limit?: number;
  /** Default `local`. Of every limit that does not say otherwise. */
  readonly whenDown?: WhenDown;
  /** `false`: no `RateLimit` and `RateLimit-Policy` headers. `Retry-After` is sent all the same. */
  readonly headers?: boolean;
}

/**
 * A limit of one route. With `limit` it is one of its own: by client it takes the place of the default one, otherwise it counts as
 * well. Without, the route takes `cost` units from the default one.
 */
export interface RouteRateLimit extends Partial<Rate> {
  /** Units that one request takes. Default 1. */
  readonly cost?: number;
  /**
   * Who is limited. `client` (default): the address, before guards and body; `user`: the `id` of the guards' `user`, or the address of
   * who has none; a function of the guarded request: its text, or nobody for `undefined`. `() => 'all'` limits everybody together.
   * Annotate its parameter (`(context: GuardContext) => …`), or the compiler cannot infer the rest of the contract.
   */
  readonly by?: 'client' | 'user' | ((context: GuardContext) => string | undefined);
  /** Routes whose limits have the same name share their counts. Default: method and path. Shown in the headers. */
  readonly name?: string;
  readonly whenDown?: WhenDown;
}

/** What a contract says of its limits; `false`: none, not even the default one. */
export type RouteRateLimits = RouteRateLimit | readonly RouteRateLimit[] | false;

/** A limit for routes where passwords and codes are tried: 20 a minute for each client, and closed while the store is down. */
export const SIGN_IN_LIMIT = { name: 'sign-in', limit: 20, per: '1m', whenDown: 'closed' } as const satisfies RouteRateLimit;
