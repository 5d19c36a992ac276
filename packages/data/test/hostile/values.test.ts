import { type Database, defineMigration, type Repository } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf, things } from './support.js';

const wrong = (value: unknown) => value as never;
class Late extends Date {
  override getTime(): number {
    return 0;
  }
  override toISOString(): string {
    return "2026-01-01' or 1=1";
  }
}
const detached = (): Uint8Array => {
  const bytes = new Uint8Array([1, 2, 3]);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};
let flips = 0;
const cyclic: unknown[] = [];
cyclic.push(cyclic, cyclic);

/** Values that lie about what they are: each is refused, whatever method is asked. */
const refused: readonly (readonly [column: string, what: string, value: unknown])[] = [
  ...(
    [
      ['boxed', Object('x')],
      ['toString', { toString: () => 'x' }],
      ['toJSON', { toJSON: () => 'x' }],
      ['list', ['x']],
      ['bytes', Buffer.from('x')],
      ['number', 0],
      ['NUL', 'a\0b'],
      ['lone high', 'a\ud83d'],
      ['lone low', '\ude00a'],
      ['symbol', Symbol('x')],
      ['201 characters', '😀'.repeat(201)],
      ['64 MB', 'x'.repeat(64 * 2 ** 20)],
    ] as const
  ).map(([what, value]) => ['name', what, value] as const),
  ...(
    [
      ['text', '1'],
      ['boxed', Object(1)],
      ['valueOf', { valueOf: () => 1 }],
      ['NaN', NaN],
      ['Infinity', Infinity],
      ['1e400', Number('1e400')],
      ['fraction', 0.5],
      ['2^31', 2 ** 31],
      ['bigint', 1n],
      ['true', true],
      ['date', new Date()],
      ['list', [1]],
      ['toPrimitive', { [Symbol.toPrimitive]: () => 1 }],
    ] as const
  ).map(([what, value]) => ['count', what, value] as const),
  ...(
    [
      ['number', 1],
      ['text', '1'],
      ['2^63', 2n ** 63n],
      ['-2^63-1', -(2n ** 63n) - 1n],
      ['2^10000', 2n ** 10_000n],
      ['boxed', Object(1n)],
    ] as const
  ).map(([what, value]) => ['total', what, value] as const),
  ...(
    [
      ['1e5', '1e5'],
      ['plus', '+1'],
      ['space', ' 1'],
      ['line end', '1\n'],
      ['hex', '0x1'],
      ['empty', ''],
      ['dot', '.'],
      ['1.', '1.'],
      ['.5', '.5'],
      ['01', '01'],
      ['--1', '--1'],
      ['comma', '1,5'],
      ['Infinity', 'Infinity'],
      ['NaN', 'NaN'],
      ['arabic', '٣'],
      ['full width', '１'],
      ['3 places', '0.001'],
      ['11 digits', '12345678901'],
      ['number', 1.5],
      ['100,000 digits', '9'.repeat(100_000)],
      ['200,000 zeros and a one', `0.${'0'.repeat(200_000)}1`],
    ] as const
  ).map(([what, value]) => ['price', what, value] as const),
  ...(
    [
      ['NaN', NaN],
      ['Infinity', Infinity],
      ['-Infinity', -Infinity],
      ['text', '1.5'],
      ['bigint', 1n],
    ] as const
  ).map(([what, value]) => ['ratio', what, value] as const),
  ...(
    [
      ['1', 1],
      ['0', 0],
      ['text', 'true'],
      ['boxed', Object(true)],
    ] as const
  ).map(([what, value]) => ['open', what, value] as const),
  ...(
    [
      ['invalid', new Date(NaN)],
      ['number', 0],
      ['text', '2026-01-01'],
      ['year 10000', new Date('+010000-01-01T00:00:00Z')],
      ['year -1', new Date('-000001-01-01T00:00:00Z')],
      ['year 999', new Date('0999-12-31T23:59:59Z')],
      ['last of JavaScript', new Date(8.64e15)],
      ['proxy', new Proxy(new Date(), {})],
      ['fake', Object.create(Date.prototype)],
      ['valueOf', { valueOf: () => 0 }],
    ] as const
  ).map(([what, value]) => ['at', what, value] as const),
  ...(
    [
      ['top null in a list of undefined', [undefined]],
      ['bigint', { a: 1n }],
      ['function', { a: () => 1 }],
      ['symbol', { a: Symbol('x') }],
      ['NaN', { a: [NaN] }],
      ['Infinity', [Number('1e400')]],
      ['date', { at: new Date() }],
      ['map', new Map([['a', 1]])],
      ['set', { a: new Set() }],
      ['bytes', Buffer.from('x')],
      ['regexp', /x/],
      ['error', new Error('x')],
      ['promise', Promise.resolve(1)],
      ['boxed', Object('x')],
      ['toJSON', { toJSON: () => 'x' }],
      ['toJSON of a list', Object.assign([1], { toJSON: () => 'x' })],
      ['NUL', { a: 'b\0' }],
      ['NUL in a key', { 'a\0': 1 }],
      ['surrogate', ['\ud800']],
      ['surrogate in a key', { '\ud800': 1 }],
      ['cycle', cyclic],
      ['sparse', Object.assign(Array<number>(3), { 0: 1, 2: 3 })],
      ['undefined', () => undefined],
      ['501 levels', JSON.parse('['.repeat(501) + ']'.repeat(501))],
      ['100,000 levels', JSON.parse('['.repeat(5_000) + ']'.repeat(5_000))],
    ] as const
  ).map(([what, value]) => ['data', what, value] as const),
  ...(
    [
      ['text', 'x'],
      ['list', [1, 2]],
      ['array buffer', new ArrayBuffer(2)],
      ['view', new DataView(new ArrayBuffer(2))],
      ['other typed array', new Uint16Array(2)],
      ['float array', new Float64Array(1)],
      ['node json', { type: 'Buffer', data: [1] }],
      ['proxy', new Proxy(new Uint8Array(2), {})],
      ['fake', Object.create(Uint8Array.prototype)],
      ['detached', detached()],
      ['length', { length: 2, 0: 1, 1: 2 }],
    ] as const
  ).map(([what, value]) => ['blob', what, value] as const),
  ...(
    [
      ['braces', '{0190f3a2-7c4e-7def-8123-456789abcdef}'],
      ['urn', 'urn:uuid:0190f3a2-7c4e-7def-8123-456789abcdef'],
      ['no dashes', '0190f3a27c4e7def8123456789abcdef'],
      ['line end', '0190f3a2-7c4e-7def-8123-456789abcdef\n'],
      ['space', ' 0190f3a2-7c4e-7def-8123-456789abcdef'],
      ['empty', ''],
      ['number', 5],
      ['kelvin', '0190f3a2-7c4e-7def-8123-456789abcde\u212a'],
    ] as const
  ).map(([what, value]) => ['ref', what, value] as const),
];

await describeDialect('values that lie', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  let repository: Repository<typeof things>;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [defineMigration('1', { up: ({ createTable }) => createTable(things) })] });
    await db.migrate.up();
    repository = db.repository(things);
    await repository.insert({ name: 'first', slug: 'first' });
  });

  test.each(refused)('%s refuses %s, in rows, changes and filters', async (column, _what, value) => {
    const before = await repository.findMany({ orderBy: { id: 'asc' } });
    const refusal = /^DATA_(?:VALUE|TOO_LONG|OUT_OF_RANGE|FILTER_OPERATOR)$/;
    expect(await outcomeOf(() => repository.insert({ name: 'x', [column]: wrong(value) }))).toMatch(refusal);
    expect(await outcomeOf(() => repository.insertMany([{ name: 'ok' }, { name: 'x', [column]: wrong(value) }]))).toMatch(refusal);
    expect(await outcomeOf(() => repository.update(1, { [column]: wrong(value) }))).toMatch(refusal);
    expect(await outcomeOf(() => repository.updateMany({ all: true }, { [column]: wrong(value) }))).toMatch(refusal);
    expect(await outcomeOf(() => repository.upsert({ id: 1, name: 'x', [column]: wrong(value) }))).toMatch(refusal);
    if (!Array.isArray(value)) {
      expect(await outcomeOf(() => repository.findMany({ where: { [column]: wrong(value) } }))).toMatch(refusal);
      expect(await outcomeOf(() => repository.deleteMany({ [column]: { ne: wrong(value) } }))).toMatch(refusal);
    }
    expect(await repository.findMany({ orderBy: { id: 'asc' } })).toEqual(before);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'a Date whose methods are overridden is the moment that it is',
      { at: new Late('2026-03-04T05:06:07.008Z') },
      { at: new Date('2026-03-04T05:06:07.008Z') },
    ],
    ['-0 is 0', { count: -0, ratio: -0, price: '-0', data: { zero: -0 } }, { count: 0, ratio: 0, price: '0.00', data: { zero: 0 } }],
    [
      'an upper-case uuid is in lower case',
      { ref: '0190F3A2-7C4E-7DEF-8123-456789ABCDEF' },
      { ref: '0190f3a2-7c4e-7def-8123-456789abcdef' },
    ],
    [
      'a view into a larger buffer is only its part',
      { blob: new Uint8Array(new Uint8Array([0, 1, 2, 3, 4, 5]).buffer, 2, 3) },
      { blob: new Uint8Array([2, 3, 4]) },
    ],
    ['shared memory is copied', { blob: new Uint8Array(new SharedArrayBuffer(3)) }, { blob: new Uint8Array([0, 0, 0]) }],
    ['an empty Buffer of the pool', { blob: Buffer.alloc(0) }, { blob: new Uint8Array(0) }],
    [
      'keys that are prototypes stay keys',
      { data: JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}') },
      { data: JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}') },
    ],
    ['an object without a prototype', { data: Object.assign(Object.create(null), { a: 1 }) }, { data: { a: 1 } }],
    [
      'numbers of JSON that need all digits',
      { data: [Number.MAX_SAFE_INTEGER, 0.1 + 0.2, 1e-300, 1.7976931348623157e308, 1e21] },
      { data: [Number.MAX_SAFE_INTEGER, 0.1 + 0.2, 1e-300, 1.7976931348623157e308, 1e21] },
    ],
    [
      'text that looks like JSON, and JSON that looks like text',
      { note: '{"a":1}', data: '{"a":1}' },
      { note: '{"a":1}', data: '{"a":1}' },
    ],
    ['text that looks like bytes of PostgreSQL', { note: '\\x4142', data: '\\x41' }, { note: '\\x4142', data: '\\x41' }],
    ['NULL as a word', { note: 'NULL', data: 'NULL' }, { note: 'NULL', data: 'NULL' }],
    ['JSON of 10 MB', { data: { big: '"\\'.repeat(2_500_000) } }, { data: { big: '"\\'.repeat(2_500_000) } }],
  ])('%s', async (_name, given, expected) => {
    const outcome = await outcomeOf(async () => {
      const row = await repository.insert({ name: 'x', ...given } as never);
      expect(row).toMatchObject(expected);
      expect(await repository.get(row.id)).toMatchObject(expected);
      const [both] = await repository.insertMany([{ name: 'y', ...given } as never, { name: 'z' }]);
      expect(await repository.get(both!.id)).toMatchObject(expected);
      for (const [key, value] of Object.entries(row)) if (value instanceof Uint8Array) expect(value, key).toBeInstanceOf(Uint8Array);
    });
    if (outcome !== 'ok') expect(outcome).toBe('DATA_TOO_LONG');
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  test('bytes, JSON and dates that are changed after the call are stored as they were', async () => {
    const blob = Buffer.from([1, 2, 3]);
    const data = { list: [1] };
    const at = new Date('2026-01-01T00:00:00Z');
    const pending = repository.insert({ name: 'changed', blob, data, at });
    blob.fill(9);
    data.list.push(2);
    at.setFullYear(2000);
    const row = await pending;
    const expected = { blob: new Uint8Array([1, 2, 3]), data: { list: [1] }, at: new Date('2026-01-01T00:00:00Z') };
    expect(row).toMatchObject(expected);
    (row.data as typeof data).list.push(3);
    row.blob!.fill(7);
    expect(await repository.get(row.id)).toMatchObject(expected);
    const waiting = db.transaction(async () => {
      const change = repository.update(row.id, { blob, data, at });
      blob.fill(5);
      data.list.length = 0;
      at.setFullYear(1999);
      return change;
    });
    expect(await waiting).toMatchObject({ blob: new Uint8Array([9, 9, 9]), data: { list: [1, 2] }, at: new Date('2000-01-01T00:00:00Z') });
    const where = { at: new Date('2000-01-01T00:00:00Z') };
    const asked = repository.count(where);
    where.at.setFullYear(1990);
    expect(await asked).toBe(1);
  });

  test('a getter that answers differently each time never stores what was not checked', async () => {
    const row = {
      get name() {
        return flips++ % 2 === 0 ? 'text' : (5 as never);
      },
    };
    const outcome = await outcomeOf(() => repository.insert(row));
    expect(outcome).toMatch(/^(?:ok|DATA_VALUE)$/);
    expect((await repository.findMany()).every(({ name }) => typeof name === 'string')).toBe(true);
    let asked = 0;
    const data = {
      get a() {
        return asked++ === 0 ? 1 : NaN;
      },
    };
    const stored = await outcomeOf(async () => {
      const { id, data: given } = await repository.insert({ name: 'getter', data });
      expect((await repository.get(id)).data).toEqual(given);
    });
    expect(stored).toMatch(/^(?:ok|DATA_VALUE)$/);
  });

  test('a list of 70,000 ids is one answer', async () => {
    const { id } = await repository.insert({ name: 'of many' });
    const ids = Array.from({ length: 70_000 }, (_, index) => id + index);
    expect((await repository.findMany({ where: { id: ids } })).map((row) => row.id)).toEqual([id]);
    expect(await repository.count({ id: { notIn: ids } })).toBe((await repository.count()) - 1);
    const texts = ids.map((n) => `it's "${n}"\\, {x}`);
    expect(await repository.count({ slug: { in: texts } })).toBe(0);
    expect(await outcomeOf(() => repository.count({ data: { path: ['a'], in: ids } }))).toMatch(/^(?:ok|DATA_.*)$/);
  });

  test('text of 64 MB is stored whole or refused', async () => {
    const note = 'é'.repeat(32 * 2 ** 20);
    const outcome = await outcomeOf(async () => {
      const { id } = await repository.insert({ name: 'big', note });
      expect((await repository.get(id)).note === note).toBe(true);
      await repository.delete(id);
    });
    expect(outcome).toMatch(/^(?:ok|DATA_TOO_LONG)$/);
    await db.ping();
  });
});
