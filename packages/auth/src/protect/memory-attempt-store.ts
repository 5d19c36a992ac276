import { delayAfter, type AttemptPolicy, type AttemptStore, type TakenAttempt } from './attempt-store.js';

interface Count {
  readonly count: number;
  readonly last: number;
  readonly until: number;
}

/** Counts attempts in this process: other processes count for themselves. For development, tests, and one process. */
export class MemoryAttemptStore implements AttemptStore {
  readonly #counts = new Map<string, Count>();
  readonly #maxKeys: number;

  constructor(options: { readonly maxKeys?: number } = {}) {
    this.#maxKeys = options.maxKeys ?? 100_000;
  }

  /** How many keys are kept. */
  get size(): number {
    return this.#counts.size;
  }

  async take(key: string, policy: AttemptPolicy, now: number): Promise<TakenAttempt> {
    const found = this.#counts.get(key);
    const last = Math.min(found?.last ?? now, now);
    const until = Math.min(found?.until ?? now, now + policy.forget);
    const count = found === undefined || until <= now ? 0 : found.count;
    const held = policy.limit > 0 && count >= policy.limit;
    const wait = count === 0 || held ? 0 : Math.max(0, Math.min(last + delayAfter(policy, count), until) - now);
    if (held || wait > 0) {
      this.#counts.set(key, { count, last, until });
      return { allowed: false, count, wait };
    }
    this.#keep(key, { count: count + 1, last: now, until: count === 0 || policy.since === 'last' ? now + policy.forget : until });
    return { allowed: true, count: count + 1, wait: 0 };
  }

  async release(key: string): Promise<void> {
    const found = this.#counts.get(key);
    if (found) this.#counts.set(key, { ...found, count: Math.max(0, found.count - 1) });
  }

  async clear(key: string): Promise<void> {
    this.#counts.delete(key);
  }

  async prune(before: number): Promise<number> {
    const over = [...this.#counts].filter(([, { until }]) => until <= before);
    for (const [key] of over) this.#counts.delete(key);
    return over.length;
  }

  // Those who choose the names must not choose how much memory they take: of a few of the oldest keys the one with the least count goes.
  #keep(key: string, kept: Count): void {
    if (!this.#counts.has(key) && this.#counts.size >= this.#maxKeys) {
      const oldest = [...firstOf(this.#counts.entries(), 16)];
      const [least] = oldest.reduce((a, b) => (b[1].count < a[1].count ? b : a));
      this.#counts.delete(least);
    }
    // The newest stands last.
    this.#counts.delete(key);
    this.#counts.set(key, kept);
  }
}

function* firstOf<T>(all: Iterable<T>, count: number): Iterable<T> {
  let left = count;
  for (const one of all) {
    if (left-- === 0) return;
    yield one;
  }
}
