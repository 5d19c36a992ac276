import { createHash } from 'node:crypto';
import { CLOCK, Injectable, provideClass, runUninterrupted, type Clock, type Provider } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { SECOND_FACTOR_LIMIT, type SecondFactorLimit } from '../mfa/second-factor-limit.js';
import { ATTEMPT_STORE, type AttemptPolicy, type AttemptStore } from './attempt-store.js';

const TRIES = 10;
const HOUR = 3_600_000;
const policy: AttemptPolicy = { delays: [...Array.from({ length: TRIES }, () => 0), HOUR], limit: 0, forget: HOUR, since: 'first' };

/** Ten tries of a second factor an hour for each account, counted where `Throttle` counts: by all processes together. */
@Injectable({ deps: [ATTEMPT_STORE, CLOCK] })
export class CountedSecondFactorLimit implements SecondFactorLimit {
  readonly #store: AttemptStore;
  readonly #clock: Clock;

  constructor(store: AttemptStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Throws `AUTH_SECOND_FACTOR_LIMIT` with the seconds to wait. */
  async take(userId: string): Promise<void> {
    const taken = await runUninterrupted(() => this.#store.take(keyOf(userId), policy, this.#clock.now()));
    if (!taken.allowed) throw AUTH_ERRORS.SECOND_FACTOR_LIMIT({}, { retryAfter: Math.max(1, Math.ceil(taken.wait / 1_000)) });
  }

  async reset(userId: string): Promise<void> {
    await runUninterrupted(() => this.#store.clear(keyOf(userId)));
  }
}

/** The limit of second factors for applications of several processes: `AuthModule.with({ secondFactor: { limit: countedSecondFactorLimit } })`. */
export const countedSecondFactorLimit: Provider = provideClass(SECOND_FACTOR_LIMIT, CountedSecondFactorLimit);

function keyOf(userId: string): string {
  return `s:${createHash('sha256').update(userId, 'utf16le').digest('base64url')}`;
}
