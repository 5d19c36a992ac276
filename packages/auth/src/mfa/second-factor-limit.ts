import { token, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';

/** Counts the codes that are tried for an account: six digits alone would be guessed in a day. */
export interface SecondFactorLimit {
  /** Counts a try, before the code is looked at, so that many at once are no way around. Throws `AUTH_SECOND_FACTOR_LIMIT`. */
  take(userId: string): Promise<void>;
  /** A code was right: the tries before it are forgiven. */
  reset(userId: string): Promise<void>;
}

/** Who counts: `MemorySecondFactorLimit`, unless `secondFactor.limit` says otherwise. */
export const SECOND_FACTOR_LIMIT = token<SecondFactorLimit>('SECOND_FACTOR_LIMIT');

const TRIES = 10;
const WINDOW = 3_600_000;
const SWEEP_FROM = 10_000;

/** Ten tries an hour for each account, counted in this process. */
export class MemorySecondFactorLimit implements SecondFactorLimit {
  readonly #clock: Clock;
  readonly #tries = new Map<string, { count: number; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async take(userId: string): Promise<void> {
    const now = this.#clock.now();
    const known = this.#tries.get(userId);
    const open = known && known.until > now ? known : { count: 0, until: now + WINDOW };
    // A clock that was set back must keep nobody out for longer.
    open.until = Math.min(open.until, now + WINDOW);
    if (open.count >= TRIES) throw AUTH_ERRORS.SECOND_FACTOR_LIMIT({}, { retryAfter: Math.ceil((open.until - now) / 1_000) });
    open.count += 1;
    this.#tries.set(userId, open);
    if (this.#tries.size > SWEEP_FROM) this.#sweep(now);
  }

  async reset(userId: string): Promise<void> {
    this.#tries.delete(userId);
  }

  // First those whose hour is over; if an attack has filled the rest, the oldest, which have the least left of theirs.
  #sweep(now: number): void {
    for (const [userId, { until }] of this.#tries) if (until <= now) this.#tries.delete(userId);
    for (const userId of this.#tries.keys()) {
      if (this.#tries.size <= SWEEP_FROM / 2) return;
      this.#tries.delete(userId);
    }
  }
}
