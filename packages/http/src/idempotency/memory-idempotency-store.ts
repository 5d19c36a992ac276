import type { Claimed, IdempotencyClaim, IdempotencyStore } from './idempotency-store.js';

interface Entry {
  readonly fingerprint: string;
  readonly owner: string;
  readonly reply: string | undefined;
  readonly until: number;
}

/** What a memory store is made with. */
export interface MemoryIdempotencyOptions {
  /** Milliseconds of a clock that never goes back. Default `performance.now`. */
  readonly now?: () => number;
  /** Most characters of replies kept; the oldest make room. Default 64 million. */
  readonly maxCharacters?: number;
  /** Most keys kept. Default 100,000. */
  readonly maxKeys?: number;
}

/** Keeps keys in the memory of this process: for one process, and for tests. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #now: () => number;
  readonly #maxCharacters: number;
  readonly #maxKeys: number;
  /** In the order in which they were written. */
  readonly #entries = new Map<string, Entry>();
  #characters = 0;

  constructor(options: MemoryIdempotencyOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
    this.#maxCharacters = options.maxCharacters ?? 64_000_000;
    this.#maxKeys = options.maxKeys ?? 100_000;
  }

  /** How many keys are kept. */
  get size(): number {
    return this.#entries.size;
  }

  claim(key: string, { fingerprint, owner, lock }: IdempotencyClaim): Promise<Claimed> {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.until > this.#now()) {
      const { fingerprint: known, reply } = entry;
      return Promise.resolve(reply === undefined ? { state: 'running', fingerprint: known } : { state: 'done', fingerprint: known, reply });
    }
    this.#set(key, { fingerprint, owner, reply: undefined, until: this.#now() + lock });
    return Promise.resolve({ state: 'claimed' });
  }

  complete(key: string, owner: string, reply: string, ttl: number): Promise<boolean> {
    const entry = this.#ownedBy(key, owner);
    if (entry === undefined) return Promise.resolve(false);
    this.#set(key, { ...entry, reply, until: this.#now() + ttl });
    return Promise.resolve(true);
  }

  release(key: string, owner: string): Promise<void> {
    if (this.#ownedBy(key, owner) !== undefined) this.#delete(key);
    return Promise.resolve();
  }

  #ownedBy(key: string, owner: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry?.owner === owner && entry.reply === undefined ? entry : undefined;
  }

  #set(key: string, entry: Entry): void {
    this.#delete(key);
    this.#entries.set(key, entry);
    this.#characters += entry.reply?.length ?? 0;
    this.#makeRoom();
  }

  #delete(key: string): void {
    this.#characters -= this.#entries.get(key)?.reply?.length ?? 0;
    this.#entries.delete(key);
  }

  // The oldest first: what has expired, and as much more as there is too much. A claim that is running is not given up.
  #makeRoom(): void {
    const now = this.#now();
    let looked = 0;
    for (const [key, entry] of this.#entries) {
      const tooMuch = this.#characters > this.#maxCharacters || this.#entries.size > this.#maxKeys;
      if (entry.until <= now || (tooMuch && entry.reply !== undefined)) this.#delete(key);
      else if (!tooMuch && ++looked >= 4) return;
    }
  }
}
