import { HTTP_ERRORS } from '../errors.js';
import type { Station } from '../feature/http-feature.js';
import type { RouteContext } from '../request/http-context.js';
import type { CompiledPolicy } from './compile-policy.js';

/** Where a limit counts. */
export interface LimitStore {
  take(key: string, cost: number, policy: CompiledPolicy): number | Promise<number>;
}

/** One limit of one route. */
export interface Limit {
  readonly policy: CompiledPolicy;
  readonly cost: number;
  /** Who is counted; `undefined`: nobody. */
  readonly keyOf: (context: RouteContext) => string | undefined;
}

/** The station of a limit: takes, sets the headers, and throws `HTTP_RATE_LIMITED` when there is nothing left. */
export function limitStation({ policy, cost, keyOf }: Limit, store: LimitStore, headers: boolean): Station {
  const settle = headers ? announced(policy, cost) : silent(policy);
  return (context) => {
    const key = keyOf(context as RouteContext);
    if (key === undefined) return undefined;
    const left = store.take(key, cost, policy);
    return typeof left === 'number' ? settle(context, left) : settleAfter(context, left, settle);
  };
}

type Settle = (context: RouteContext, left: number) => void;

function settleAfter(context: RouteContext, left: Promise<number>, settle: Settle): Promise<void> {
  return left.then((given) => settle(context, given));
}

function silent(policy: CompiledPolicy): Settle {
  return (_context, left) => {
    if (left < 0) throw refused(policy, left);
  };
}

/**
 * Sets `RateLimit` and `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers-10 has them: `r` are the units that could be taken
 * now, `t` the seconds until the whole burst is there again.
 */
function announced(policy: CompiledPolicy, cost: number): Settle {
  const { interval, capacity, burst, quoted } = policy;
  return (context, left) => {
    // A refused request would have needed `cost` units, and lacked `-left` microseconds of them.
    const backlog = left >= 0 ? left : Math.min(capacity, Math.max(0, capacity - left - cost * interval));
    const remaining = Math.min(burst, Math.floor((capacity - backlog) / interval));
    addItem(context, `${quoted};r=${remaining};t=${Math.ceil(backlog / 1_000_000)}`, policy.shown);
    if (left < 0) throw refused(policy, left);
  };
}

// Constant names and values made here need no check.
function addItem(context: RouteContext, state: string, shown: string): void {
  const fields = context.extraHeaders;
  if (fields === null) {
    context.extraHeaders = ['RateLimit-Policy', shown, 'RateLimit', state];
    return;
  }
  const at = fields.indexOf('RateLimit-Policy');
  if (at === -1) fields.push('RateLimit-Policy', shown, 'RateLimit', state);
  else {
    fields[at + 1] += `, ${shown}`;
    fields[at + 3] += `, ${state}`;
  }
}

function refused({ name }: CompiledPolicy, left: number): Error {
  const retryAfter = Math.max(1, Math.ceil(-left / 1_000_000));
  return HTTP_ERRORS.RATE_LIMITED({ seconds: retryAfter }, { retryAfter, extensions: { 'violated-policies': [name] } });
}
