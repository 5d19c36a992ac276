import { createHash } from 'node:crypto';
import type { RateLimitPolicy, RateLimitStore } from './rate-limit-store.js';

/** What a memory store is made with. */
export interface MemoryRateLimitOptions {
  /** Milliseconds of a clock that never goes back. Default `performance.now`. */
  readonly now?: () => number;
  /** Most keys kept of each policy. Default 100,000 (about 15 MB of IPv6 networks). */
  readonly maxKeys?: number;
}

/**
 * Counts in the memory of this process; answers at once. Bounded: keys that have nothing to come back make room for new ones, and if
 * there is none, of a few that are looked at the one that has the least to come back.
 */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #now: () => number;
  readonly #maxKeys: number;
  readonly #policies = new Map<string, Buckets>();

  constructor(options: MemoryRateLimitOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
    this.#maxKeys = options.maxKeys ?? 100_000;
  }

  take(key: string, cost: number, policy: RateLimitPolicy): number {
    let buckets = this.#policies.get(policy.name);
    if (buckets === undefined) {
      buckets = new Buckets(this.#maxKeys);
      this.#policies.set(policy.name, buckets);
    }
    return buckets.take(key.length > LONG ? shorten(key) : key, cost * policy.interval, policy.capacity, Math.floor(this.#now() * 1000));
  }

  /** How many keys are kept. */
  get size(): number {
    let size = 0;
    for (const buckets of this.#policies.values()) size += buckets.size;
    return size;
  }
}

const LONG = 128;
const FIRST = 1024;
/** Slots that a new key looks at for one that is free, and, where there is no room, for the one to give up. */
const LOOKED_AT = 4;
const COMPARED = 16;

/** The instants of one policy: a slot for each key, in arrays that grow, so that taking allocates nothing. */
class Buckets {
  readonly #slots = new Map<string, number>();
  readonly #max: number;
  readonly #keys: string[] = [];
  #instants: Float64Array<ArrayBuffer>;
  #hand = 0;

  constructor(max: number) {
    this.#max = max;
    this.#instants = new Float64Array(Math.min(max, FIRST));
  }

  get size(): number {
    return this.#slots.size;
  }

  take(key: string, need: number, capacity: number, now: number): number {
    const slot = this.#slots.get(key);
    let from = now;
    if (slot !== undefined) {
      const instant = this.#instants[slot] as number;
      from = instant <= now ? now : instant;
      // The clock was set back, or the policy has become smaller.
      if (from > now + capacity) this.#instants[slot] = from = now + capacity;
    }
    const backlog = from + need - now;
    if (backlog > capacity) return capacity - backlog;
    this.#instants[slot ?? this.#slotFor(key, now)] = from + need;
    return backlog;
  }

  #slotFor(key: string, now: number): number {
    const slot = this.#freeSlot(now);
    const old = this.#keys[slot];
    if (old !== undefined) this.#slots.delete(old);
    this.#keys[slot] = key;
    this.#slots.set(key, slot);
    return slot;
  }

  #freeSlot(now: number): number {
    const used = this.#keys.length;
    const full = used >= this.#max;
    let least = -1;
    for (let looked = Math.min(used, full ? COMPARED : LOOKED_AT); looked > 0; looked--) {
      const slot = this.#hand;
      this.#hand = slot + 1 >= used ? 0 : slot + 1;
      if ((this.#instants[slot] as number) <= now) return slot;
      if (least === -1 || (this.#instants[slot] as number) < (this.#instants[least] as number)) least = slot;
    }
    if (full) return least;
    if (used === this.#instants.length) this.#grow();
    return used;
  }

  #grow(): void {
    const grown = new Float64Array(Math.min(this.#max, this.#instants.length * 2));
    grown.set(this.#instants);
    this.#instants = grown;
  }
}

// Whoever chooses the keys must not choose how much memory they take.
function shorten(key: string): string {
  return createHash('sha256').update(key, 'utf16le').digest('base64url');
}
