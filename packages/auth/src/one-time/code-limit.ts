import { createHmac } from 'node:crypto';
import { runUninterrupted } from '@plinth/core';
import type { AttemptPolicy, AttemptStore } from '../protect/attempt-store.js';
import type { OneTimeRecord } from './one-time-store.js';

const TRIES = 10;
const HOUR = 3_600_000;
const policy: AttemptPolicy = { delays: [0], limit: TRIES, forget: HOUR, since: 'first' };

/**
 * Ten tries an hour for each subject and purpose, over all codes: else whoever asks for one code after the other could guess without end.
 * Strangers can use them up, so that no code fits for the rest of the hour; that is over by itself.
 */
export class CodeLimit {
  readonly #store: AttemptStore;
  readonly #key: Buffer;

  constructor(store: AttemptStore, key: Buffer) {
    this.#store = store;
    this.#key = key;
  }

  /** Counts a try, before anything is compared. False when there were too many. */
  async take(record: OneTimeRecord, now: number): Promise<boolean> {
    // Whoever hangs up must not have had a free try.
    return (await runUninterrupted(() => this.#store.take(this.#keyOf(record), policy, now))).allowed;
  }

  /** A code was right: the tries before it are forgiven. */
  async reset(record: OneTimeRecord): Promise<void> {
    await runUninterrupted(() => this.#store.clear(this.#keyOf(record)));
  }

  // Subjects may be addresses: the store learns a keyed hash.
  #keyOf({ purpose, subject }: OneTimeRecord): string {
    return `o:${createHmac('sha256', this.#key)
      .update(JSON.stringify(['limit', purpose, subject]))
      .digest('base64url')}`;
  }
}
