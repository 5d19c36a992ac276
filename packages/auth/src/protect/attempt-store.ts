import { token } from '@plinth/core';

/** How attempts are counted. Times are milliseconds. */
export interface AttemptPolicy {
  /** How long to wait after so many attempts: `delays[n]` after `n`; the last one after any more. The first is 0. */
  readonly delays: readonly number[];
  /** From so many attempts on all are refused, until the count is cleared or forgotten; 0: never. */
  readonly limit: number;
  /** After which time the count begins anew. */
  readonly forget: number;
  /** Whether that time runs from the first or from the last attempt that was counted. */
  readonly since: 'first' | 'last';
}

/** What became of an attempt. */
export interface TakenAttempt {
  /** It was counted, and may be made. */
  readonly allowed: boolean;
  /** How many are counted now. */
  readonly count: number;
  /** For how many milliseconds to wait, where it was refused for its time; else 0. */
  readonly wait: number;
}

/**
 * Where attempts are counted, for all processes together. Implement it to count elsewhere, and prove it with `describeAttemptStore`.
 * `now` is the application's clock, in milliseconds since 1970; keys have at most 64 letters, digits, `-`, `_` and `:`.
 */
export interface AttemptStore {
  /**
   * Counts an attempt, or refuses it, in one step: of attempts at the same time, no more are allowed than one after the other. A refused
   * attempt is not counted. A last attempt that lies ahead of `now` comes from a clock that was set back, and counts as made now.
   */
  take(key: string, policy: AttemptPolicy, now: number): Promise<TakenAttempt>;
  /** Takes one attempt back: it was not made. */
  release(key: string): Promise<void>;
  /** Forgets the attempts of a key. */
  clear(key: string): Promise<void>;
  /** Removes what was forgotten before this time; gives the number. */
  prune(before: number): Promise<number>;
}

/** The store that `Throttle` uses. */
export const ATTEMPT_STORE = token<AttemptStore>('ATTEMPT_STORE', { from: 'AuthModule of @plinth/auth' });

/** The wait after `count` attempts. */
export function delayAfter(policy: AttemptPolicy, count: number): number {
  return policy.delays[Math.min(count, policy.delays.length - 1)] ?? 0;
}
