import { randomFillSync } from 'node:crypto';

/** What a generator of ids is made from; both have defaults. */
export interface IdSource {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Fills the bytes with random ones. */
  readonly random?: (bytes: Uint8Array) => void;
}

// RFC 9562, section 6.2, method 1: rand_a and the first 30 bits of rand_b are one 42-bit counter, which starts at a
// random number below 2^41 in each millisecond, so that it has room to count; the last 32 bits are random every time.
const counterLimit = 2 ** 42;
const rollbackLimit = 10_000;
const poolSize = 4096;
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A new UUID version 7 (RFC 9562) in lower case: sorts by time, and in the order of creation within this process.
 * Not a secret: it can be guessed from its neighbours.
 */
export const newId: () => string = createIdGenerator();

/** A generator of UUIDs version 7 with a clock and a random source of its own. */
export function createIdGenerator(source: IdSource = {}): () => string {
  const now = source.now ?? Date.now;
  const random = createRandomPool(source.random ?? randomFillSync);
  let time = -1;
  let counter = 0;

  return () => {
    const current = Math.floor(now());
    // A clock set back a little must not break the order; set back a lot, ids follow it.
    if (current > time || current < time - rollbackLimit) {
      time = current;
      counter = (random() % 2 ** 9) * 2 ** 32 + random();
    } else if (++counter >= counterLimit) {
      time += 1;
      counter = (random() % 2 ** 9) * 2 ** 32 + random();
    }
    return format(time, counter, random());
  };
}

function format(time: number, counter: number, tail: number): string {
  const timeHigh = Math.floor(time / 2 ** 16);
  const timeLow = time % 2 ** 16;
  const counterHigh = Math.floor(counter / 2 ** 30);
  const counterLow = counter % 2 ** 30;
  return `${hex32(timeHigh)}-${hex16(timeLow)}-${hex16(0x7000 + counterHigh)}-${hex16(0x8000 + Math.floor(counterLow / 2 ** 16))}-${hex16(counterLow % 2 ** 16)}${hex32(tail)}`;
}

function hex32(value: number): string {
  return hex[(value >>> 24) & 255]! + hex[(value >>> 16) & 255]! + hex[(value >>> 8) & 255]! + hex[value & 255]!;
}

function hex16(value: number): string {
  return hex[(value >>> 8) & 255]! + hex[value & 255]!;
}

// Random bytes cost per call, not per byte: fetch many at once.
function createRandomPool(fill: (bytes: Uint8Array) => unknown): () => number {
  const bytes = new Uint8Array(poolSize);
  const view = new DataView(bytes.buffer);
  let used = poolSize;
  return () => {
    if (used === poolSize) {
      fill(bytes);
      used = 0;
    }
    const value = view.getUint32(used);
    used += 4;
    return value;
  };
}
