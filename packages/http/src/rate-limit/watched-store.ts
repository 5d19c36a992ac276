import type { Logger } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { isThenable } from '../guard/thenable.js';
import type { CompiledPolicy } from './compile-policy.js';
import type { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import type { RateLimitStore } from './rate-limit-store.js';

/** Milliseconds for one answer of a store; a request must not wait longer for being counted. */
const PATIENCE = 250;
/** Milliseconds between two tries to reach a store that is down. */
const PAUSE = 1_000;

/**
 * A store that may be down. Whoever meets it first waits at most 250 ms; then, until it answers again, every policy does what its
 * `whenDown` says, at once. Each second one request tries the store.
 */
export class WatchedStore {
  readonly #store: RateLimitStore;
  readonly #local: MemoryRateLimitStore;
  readonly #logger: Logger;
  #down = false;
  #nextTry = 0;

  constructor(store: RateLimitStore, local: MemoryRateLimitStore, logger: Logger) {
    this.#store = store;
    this.#local = local;
    this.#logger = logger;
  }

  /** As `RateLimitStore.take`; throws `HTTP_RATE_LIMIT_STORE` where a policy is closed while the store is down. */
  take(key: string, cost: number, policy: CompiledPolicy): number | Promise<number> {
    if (this.#down && performance.now() < this.#nextTry) return this.#without(key, cost, policy);
    if (this.#down) this.#nextTry = performance.now() + PAUSE;
    let answer: number | Promise<number>;
    try {
      answer = this.#store.take(key, cost, policy);
    } catch (error) {
      return this.#failed(error, key, cost, policy);
    }
    return isThenable(answer) ? this.#wait(answer as Promise<number>, key, cost, policy) : this.#checked(answer, key, cost, policy);
  }

  async #wait(answer: Promise<number>, key: string, cost: number, policy: CompiledPolicy): Promise<number> {
    let given: number;
    try {
      given = await within(answer, PATIENCE);
    } catch (error) {
      return this.#failed(error, key, cost, policy);
    }
    return this.#checked(given, key, cost, policy);
  }

  #checked(given: number, key: string, cost: number, policy: CompiledPolicy): number {
    if (typeof given !== 'number' || Number.isNaN(given))
      return this.#failed(new TypeError(`The store gave ${String(given)}, which is no number.`), key, cost, policy);
    if (this.#down) {
      this.#down = false;
      this.#logger.info('the store of the rate limits answers again');
    }
    return given;
  }

  #failed(err: unknown, key: string, cost: number, policy: CompiledPolicy): number {
    this.#nextTry = performance.now() + PAUSE;
    if (!this.#down) {
      this.#down = true;
      this.#logger.error({ err }, 'the store of the rate limits does not answer; each limit does what its whenDown says until it does');
    }
    return this.#without(key, cost, policy);
  }

  #without(key: string, cost: number, policy: CompiledPolicy): number {
    if (policy.whenDown === 'closed') throw HTTP_ERRORS.RATE_LIMIT_STORE();
    return policy.whenDown === 'open' ? 0 : this.#local.take(key, cost, policy);
  }
}

function within<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    // After a stall of this process the answer may have arrived and not been read yet: it is read before the immediate runs.
    const timer = setTimeout(() => setImmediate(() => reject(new Error(`The store did not answer within ${ms} ms.`))), ms);
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error as Error);
      },
    );
  });
}
