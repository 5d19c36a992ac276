import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumOf,
  integer,
  table,
  text,
  time,
  timestamp,
  uuid,
  defineMigration,
  type Insert,
  type Row,
} from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tablePolicy } from '@plinth/auth/data';

const things = table('policy_things', {
  id: integer().primary(),
  label: text().nullable(),
  name: text(),
  state: enumOf('draft', 'open', 'done').nullable(),
  owner: uuid().nullable(),
  count: integer().nullable(),
  ratio: double().nullable(),
  views: bigint().nullable(),
  price: decimal(12, 2).nullable(),
  live: boolean().nullable(),
  day: date().nullable(),
  at: time().nullable(),
  seen: timestamp().nullable(),
  code: bytes({ max: 8 }).nullable(),
});
type Thing = Row<typeof things>;
type Field = keyof Thing & string;

/** A generator of numbers that can be repeated (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const owners = ['018f2b1a-0000-7000-8000-00000000000a', '018F2B1A-0000-7000-8000-00000000000B', 'f47ac10b-58cc-4372-a567-0e02b2c3d479'];
const texts = [
  '',
  'a',
  'A',
  'a ',
  'ä',
  'é',
  'e\u0301',
  '%',
  '_',
  'a%b',
  'a_b',
  'ab',
  'straße',
  'STRASSE',
  '😀',
  "it's",
  '\\',
  'a\\b',
  '🙂b',
];

// Few values, so that rows and filters meet often; with the neighbours that databases like to take for equal.
const values: { readonly [F in Field]: readonly unknown[] } = {
  id: [1, 2, 3, 50],
  label: texts,
  name: texts,
  state: ['draft', 'open', 'done'],
  owner: owners,
  count: [-2147483648, -1, 0, 1, 2, 10, 2147483647],
  ratio: [-1.5, 0, 0.1, 0.30000000000000004, 0.3, 1e15, 2],
  views: [-(2n ** 63n), -1n, 0n, 9007199254740993n, 9007199254740992n, 2n ** 63n - 1n],
  price: ['-1.5', '-1.50', '0', '-0.00', '0.01', '9.9', '10', '10.00', '1234567890.12'],
  live: [true, false],
  day: ['1000-01-01', '2026-02-28', '2026-03-01', '9999-12-31'],
  at: ['00:00:00', '09:59:59', '10:00:00', '23:59:59'],
  seen: [new Date('2026-01-01T00:00:00.000Z'), new Date('2026-01-01T00:00:00.001Z'), new Date('1969-12-31T23:59:59.999Z')],
  code: [new Uint8Array(), new Uint8Array([0]), new Uint8Array([0, 0]), new Uint8Array([255, 1])],
};
const nullable = (field: Field): boolean => field !== 'id' && field !== 'name';
const fields = Object.keys(values) as Field[];
const textual = new Set<Field>(['label', 'name']);
const unordered = new Set<Field>(['label', 'name', 'state', 'code']);

class Generator {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomOf(seed);
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#next() * list.length)]!;
  }

  row(id: number): Insert<typeof things> {
    const entries = fields.map((field) => [field, nullable(field) && this.#next() < 0.25 ? null : this.pick(values[field])]);
    return { ...Object.fromEntries(entries), id } as Insert<typeof things>;
  }

  filter(depth: number): object {
    const parts = Array.from({ length: this.pick([1, 1, 2]) }, () => this.#part(depth));
    return Object.assign({}, ...parts) as object;
  }

  #part(depth: number): object {
    const kind = depth === 0 ? 0 : this.#next();
    if (kind < 0.4) {
      const field = this.pick(fields);
      return { [field]: this.#condition(field) };
    }
    if (kind < 0.6) return { not: this.filter(depth - 1) };
    const list = Array.from({ length: this.pick([0, 1, 2, 3]) }, () => this.filter(depth - 1));
    return kind < 0.8 ? { and: list } : { or: list };
  }

  #condition(field: Field): unknown {
    const value = (): unknown => this.pick(values[field]);
    const list = (): unknown[] => Array.from({ length: this.pick([0, 1, 2, 3]) }, value);
    const choices: (() => unknown)[] = [
      value,
      () => null,
      list,
      () => ({ eq: value() }),
      () => ({ ne: value() }),
      () => ({ ne: null }),
      () => ({ eq: null }),
      () => ({ in: list() }),
      () => ({ notIn: list() }),
      () => ({ ne: value(), notIn: list() }),
    ];
    if (textual.has(field)) for (const operator of ['contains', 'startsWith', 'endsWith']) choices.push(() => ({ [operator]: value() }));
    if (!unordered.has(field)) for (const operator of ['gt', 'gte', 'lt', 'lte']) choices.push(() => ({ [operator]: value() }));
    return this.pick(choices)();
  }
}

const create = defineMigration('2026_11_policy_things', { up: ({ createTable }) => createTable(things) });
const ROWS = 120;
const FILTERS = 1_500;

await describeDialect('policies in memory and in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  test('random filters choose the same rows in memory as in the database [AU-15]', { timeout: 240_000 }, async () => {
    const db = suite.database.open({ migrations: [create] });
    await db.migrate.up();
    const rows = db.repository(things);
    const seed = 20_261_121;
    const generator = new Generator(seed);
    await rows.insertMany(Array.from({ length: ROWS }, (_, index) => generator.row(index + 1)));
    const stored = await rows.findMany();
    let chosen = 0;
    for (let index = 0; index < FILTERS; index++) {
      const filter = generator.filter(3);
      const policy = tablePolicy({ name: 'thing', table: things })({ read: () => filter as never });
      const inMemory = stored.filter((row) => policy.allows({}, 'read', row)).map(({ id }) => id);
      const found = await rows.findMany({ where: policy.where({}, 'read') as never, orderBy: { id: 'asc' }, select: ['id'] });
      expect(inMemory, `seed ${seed}, filter ${index}: ${show(filter)}`).toEqual(found.map(({ id }) => id));
      chosen += found.length;
    }
    // Neither all nothing nor all everything: the filters tell rows apart.
    expect(chosen).toBeGreaterThan(ROWS * FILTERS * 0.1);
    expect(chosen).toBeLessThan(ROWS * FILTERS * 0.9);
    await db.close();
  });
});

function show(filter: object): string {
  return JSON.stringify(filter, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
