import type { Clock } from '@plinth/core';
import type { SecurityLogChain, UnplacedRecord } from './security-log-chain.js';
import type { SecurityLogAnchor, SecurityLogRecord, SecurityLogStore } from './security-log-store.js';

/** Other processes write as well: so often a record looks for its place. */
const TRIES = 100;
const LONGEST_PAUSE = 50;
/** More that wait are refused: a store that is down must not fill the memory. */
const MOST_WAITING = 1_000;

/** Adds records one after the other: in this process by waiting, between processes by the sequence, which only one can have. */
export class SecurityLogWriter {
  readonly #store: SecurityLogStore;
  readonly #chain: SecurityLogChain;
  readonly #clock: Clock;
  #last: SecurityLogAnchor | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(store: SecurityLogStore, chain: SecurityLogChain, clock: Clock) {
    this.#store = store;
    this.#chain = chain;
    this.#clock = clock;
  }

  append(record: UnplacedRecord): Promise<SecurityLogRecord> {
    if (this.#waiting >= MOST_WAITING) return Promise.reject(new Error(`${MOST_WAITING} records are waiting for the store already`));
    this.#waiting += 1;
    const done = this.#tail.then(() => this.#appendNow(record)).finally(() => (this.#waiting -= 1));
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#waiting > 0) await this.#tail;
  }

  async #appendNow(record: UnplacedRecord): Promise<SecurityLogRecord> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const last = this.#last ?? (await this.#store.last());
      // Until it is there: a store that fails may have written it or not, so that the next one has to look.
      this.#last = undefined;
      const sealed = this.#chain.seal(record, last);
      if (await this.#store.append(sealed)) {
        this.#last = { sequence: sealed.sequence, hash: sealed.hash };
        return sealed;
      }
      await this.#clock.sleep(Math.random() * Math.min(LONGEST_PAUSE, attempt * 2), { keepAlive: false });
    }
    throw new Error(`other processes were first ${TRIES} times`);
  }
}
