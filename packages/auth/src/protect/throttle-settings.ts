import { token } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import type { AttemptPolicy } from './attempt-store.js';

/** How failed sign-ins are slowed down: the `throttle` part of `AuthModule.with`. Durations are seconds. */
export interface ThrottleOptions {
  /** So many attempts in a row are free of waiting; 5. */
  readonly free?: number;
  /** The wait after them, which doubles with each further one; 1. */
  readonly firstDelay?: number;
  /** The longest wait; 60. */
  readonly longestDelay?: number;
  /** After so many failures in a row a reset or a second factor is needed; 100, the most that NIST SP 800-63B allows. */
  readonly limit?: number;
  /** So many attempts a minute may come from one client, over all accounts; 20. */
  readonly perClient?: number;
  /** For so long a device is known after a sign-in; 15,552,000 (180 days). */
  readonly deviceLifetime?: number;
}

/** The options with every default filled in; durations are milliseconds. */
export interface ThrottleSettings {
  readonly account: AttemptPolicy;
  readonly client: AttemptPolicy;
  readonly deviceLifetime: number;
}

/** @internal */
export const THROTTLE_SETTINGS = token<ThrottleSettings>('THROTTLE_SETTINGS', { from: 'AuthModule of @plinth/auth' });

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Fills in the defaults. Throws `AUTH_OPTIONS` when a value makes no sense. */
export function throttleSettings(options: ThrottleOptions = {}): ThrottleSettings {
  const free = integer('throttle.free', options.free ?? 5, 1, 50);
  const first = integer('throttle.firstDelay', options.firstDelay ?? 1, 1, 3_600) * 1_000;
  const longest = integer('throttle.longestDelay', options.longestDelay ?? 60, 1, 3_600) * 1_000;
  const limit = integer('throttle.limit', options.limit ?? 100, free, 100);
  const perClient = integer('throttle.perClient', options.perClient ?? 20, 1, 1_000);
  return {
    account: { delays: doubling(free, first, longest), limit, forget: 30 * DAY, since: 'last' },
    client: { delays: [...Array.from({ length: perClient }, () => 0), MINUTE], limit: 0, forget: MINUTE, since: 'first' },
    deviceLifetime: integer('throttle.deviceLifetime', options.deviceLifetime ?? 15_552_000, 60, 34_560_000) * 1_000,
  };
}

function doubling(free: number, first: number, longest: number): readonly number[] {
  const delays = Array.from({ length: free }, () => 0);
  let delay = first;
  while (delay < longest) {
    delays.push(delay);
    delay *= 2;
  }
  return [...delays, longest];
}

function integer(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw AUTH_ERRORS.OPTIONS({ option, value, rule: `it must be an integer from ${least} to ${most}` });
}
