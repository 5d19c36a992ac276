import { token } from '@plinth/core';

/** A rate as stores need it: whole microseconds, so that no store rounds. */
export interface RateLimitPolicy {
  /** Keys of policies with different names never meet. */
  readonly name: string;
  /** Microseconds that one unit takes to come back. */
  readonly interval: number;
  /** Microseconds that a whole burst takes to come back: `burst × interval`. */
  readonly capacity: number;
}

/**
 * Counts for rate limits by the generic cell rate algorithm (GCRA): of each key one instant is kept, the one at which everything
 * taken will have come back.
 */
export interface RateLimitStore {
  /**
   * Takes `cost` units of a key, at once or not at all, whoever else takes at the same time.
   *
   * What it gives, in microseconds, says everything. Zero or more: taken, and so long until all of it has come back. Less than zero:
   * refused, nothing was taken, and so long to wait (`-wait`). Keys are any text. An instant further ahead than the policy's `capacity`
   * comes from a clock that was set back, and counts as `capacity`. A promise that rejects, or a throw, counts as the store being down.
   */
  take(key: string, cost: number, policy: RateLimitPolicy): number | Promise<number>;
}

/** Where the rate limits of the application are counted; provide it in the root module. Default: the memory of each process. */
export const RATE_LIMIT_STORE = token<RateLimitStore>('RATE_LIMIT_STORE');
