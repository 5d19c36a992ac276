import type { AppError } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';

/** How many hashes run at once, and how many may wait. */
export interface HashQueueLimits {
  readonly concurrency: number;
  readonly waiting: number;
}

/**
 * A bounded queue in front of the password hash: each hash takes 19 MiB and a thread for some 20 ms, so an unbounded one would
 * let a flood of sign-ins take all memory. Beyond its limit it refuses at once with `AUTH_BUSY`.
 */
export class HashQueue {
  readonly #limits: HashQueueLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: HashQueueLimits) {
    this.#limits = limits;
  }

  get concurrency(): number {
    return this.#limits.concurrency;
  }

  /** How many tasks wait for a place. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs the task when there is a place for it. Throws `AUTH_BUSY` when the queue is full. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> | undefined {
    if (this.#running < this.#limits.concurrency) {
      this.#running += 1;
      return undefined;
    }
    if (this.#waiting.length >= this.#limits.waiting) throw busy(this.#waiting.length);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  // The place is handed to the next in line without being given back, so that nobody can slip in between.
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}

// 1 to 5 s, spread, so that refused clients don't all come back in the same second.
function busy(waiting: number): AppError {
  return AUTH_ERRORS.BUSY({ waiting }, { retryAfter: 1 + Math.floor(Math.random() * 5) });
}
