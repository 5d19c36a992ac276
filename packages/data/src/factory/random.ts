/** Numbers that look random and are the same for the same seed: on every machine, in every run. Not for secrets. */
export interface Random {
  /** 32 bits that belong to this row; seeds another library's generator. */
  readonly seed: number;
  /** From 0 on, below 1. */
  number(): number;
  /** A whole number, both ends included. */
  integer(min: number, max: number): number;
  /** true with the given probability; default one half. */
  boolean(probability?: number): boolean;
  /** One of the values. */
  pick<const T>(values: readonly [T, ...T[]]): T;
  /** An instant from `from` on, before `to`. */
  date(from: Date, to: Date): Date;
  /** Lower-case letters and digits. */
  text(length: number): string;
  /** A UUID of version 4. */
  uuid(): string;
}

/** A generator for one row: what it gives depends on the seed and the key alone, not on what other rows asked for. */
export function createRandom(seed: number, key: string): Random {
  const start = hash(`${seed}/${key}`);
  const next = mulberry32(start);
  const integer = (min: number, max: number): number => Math.floor(min + next() * (max - min + 1));
  const letters = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet[integer(0, alphabet.length - 1)]).join('');
  return {
    seed: start,
    number: next,
    integer,
    boolean: (probability = 0.5) => next() < probability,
    pick: (values) => values[integer(0, values.length - 1)]!,
    date: (from, to) => new Date(integer(from.getTime(), to.getTime() - 1)),
    text: (length) => letters(length, 'abcdefghijklmnopqrstuvwxyz0123456789'),
    uuid: () => {
      const hex = (length: number): string => letters(length, '0123456789abcdef');
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${letters(1, '89ab')}${hex(3)}-${hex(12)}`;
    },
  };
}

// FNV-1a, 32 bits.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193);
  return value >>> 0;
}

// Tommy Ettinger's mulberry32.
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
