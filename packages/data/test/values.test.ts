import { values } from './tables.js';
import { type Database, defineMigration, type Insert } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const schema = defineMigration('001', { up: ({ createTable }) => createTable(values) });

await describeDialect('values', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
  });
  beforeEach(() => db.repository(values).deleteMany({ all: true }));

  test('every type comes back as it went in; in any time zone, see values-in-zones [DA-13]', async () => {
    const fresh = suite.database.open();
    const rows: Insert<typeof values>[] = [
      { id: 0 },
      {
        id: 1,
        uuid: '0190f3a2-7c4e-7def-8123-456789abcdef',
        text: 'it\'s \\ "quoted" ? $1 :x 😀 é ß',
        integer: 2 ** 31 - 1,
        bigint: 2n ** 63n - 1n,
        double: 0.1 + 0.2,
        decimal: '1234567890.12',
        boolean: true,
        date: '2024-02-29',
        timestamp: new Date('2026-03-29T01:30:00.123Z'),
        json: { a: [1, 'x', null, { b: true }], ünï: '😀', quote: '\'"\\' },
        bytes: new Uint8Array([0, 1, 127, 128, 255, 39, 92]),
        kind: 'draft',
      },
      {
        id: 2,
        uuid: '00000000-0000-0000-0000-000000000000',
        text: '',
        integer: -(2 ** 31),
        bigint: -(2n ** 63n),
        double: Number.MAX_VALUE,
        decimal: '-0.01',
        boolean: false,
        date: '1000-01-01',
        timestamp: new Date('1000-01-01T00:00:00.000Z'),
        json: 'a text',
        bytes: new Uint8Array(0),
        kind: 'published',
      },
      {
        id: 3,
        text: ' padded ',
        integer: 0,
        bigint: 9007199254740993n,
        double: 5e-324,
        decimal: '0.00',
        date: '9999-12-31',
        timestamp: new Date('9999-12-31T23:59:59.999Z'),
        json: [],
        bytes: new Uint8Array(70_000).fill(7),
      },
      { id: 4, json: 0, double: -1.5e-7, timestamp: new Date('1969-12-31T23:59:59.999Z') },
      { id: 5, json: false, timestamp: new Date('2024-11-03T05:30:00.000Z'), text: 'x'.repeat(100_000) },
    ];
    const inserted = await fresh.repository(values).insertMany(rows);
    const read = await fresh.repository(values).findMany({ orderBy: { id: 'asc' } });
    expect(read).toEqual(inserted);
    rows.forEach((row, index) => expect(read[index]).toMatchObject(row));
    expect(read[0]).toEqual(Object.fromEntries(Object.keys(read[0]!).map((key) => [key, key === 'id' ? 0 : null])));
    expect(read[1]!.bytes!.constructor).toBe(Uint8Array);
    for (const row of rows.slice(1)) {
      const { json: _json, ...where } = row;
      expect(await fresh.repository(values).count(where as never)).toBe(1);
    }
  });

  test('values are normalised alike: uuid in lower case, decimals with their scale, -0 as 0', async () => {
    const row = await db.repository(values).insert({
      id: 1,
      uuid: '0190F3A2-7C4E-7DEF-8123-456789ABCDEF',
      decimal: '5',
      integer: -0,
      double: -0,
      json: { drop: undefined, keep: 1 },
    });
    expect(row).toMatchObject({ uuid: '0190f3a2-7c4e-7def-8123-456789abcdef', decimal: '5.00', json: { keep: 1 } });
    expect(Object.is(row.integer, 0) && Object.is(row.double, 0)).toBe(true);
    expect(await db.repository(values).find(1)).toEqual(row);
    expect(row.json).toEqual({ keep: 1 });
  });

  test('bad values are refused with the column and what is expected, never the value', async () => {
    const bad: [Partial<Record<keyof Insert<typeof values>, unknown>>, string][] = [
      [{ text: 'a\0b' }, 'DATA_VALUE'],
      [{ text: '\ud800' }, 'DATA_VALUE'],
      [{ integer: NaN }, 'DATA_VALUE'],
      [{ integer: 1.5 }, 'DATA_VALUE'],
      [{ integer: '1' }, 'DATA_VALUE'],
      [{ integer: 2 ** 31 }, 'DATA_OUT_OF_RANGE'],
      [{ bigint: 1 }, 'DATA_VALUE'],
      [{ bigint: 2n ** 63n }, 'DATA_OUT_OF_RANGE'],
      [{ double: Infinity }, 'DATA_VALUE'],
      [{ decimal: 1.5 }, 'DATA_VALUE'],
      [{ decimal: '1.555' }, 'DATA_OUT_OF_RANGE'],
      [{ decimal: '1e5' }, 'DATA_VALUE'],
      [{ decimal: '12345678901.00' }, 'DATA_OUT_OF_RANGE'],
      [{ boolean: 1 }, 'DATA_VALUE'],
      [{ date: '2023-02-29' }, 'DATA_VALUE'],
      [{ date: new Date() }, 'DATA_VALUE'],
      [{ timestamp: new Date(NaN) }, 'DATA_VALUE'],
      [{ timestamp: new Date('+010000-01-01T00:00:00Z') }, 'DATA_OUT_OF_RANGE'],
      [{ json: { a: '\0' } }, 'DATA_VALUE'],
      [{ json: { a: '\udc00' } }, 'DATA_VALUE'],
      [{ json: () => 1 }, 'DATA_VALUE'],
      [{ json: { big: 1n } }, 'DATA_VALUE'],
      [{ bytes: 'text' }, 'DATA_VALUE'],
      [{ kind: 'other' }, 'DATA_VALUE'],
      [{ uuid: 'nope' }, 'DATA_VALUE'],
    ];
    for (const [value, code] of bad) {
      const error = (await db
        .repository(values)
        .insert({ id: 1, ...value } as never)
        .catch((reason: unknown) => reason)) as { code: string; message: string };
      expect([Object.keys(value)[0], error.code]).toEqual([Object.keys(value)[0], code]);
      expect(error.message).toContain(`value_types.${Object.keys(value)[0]}`);
    }
    expect(await db.repository(values).count()).toBe(0);
  });

  test('decimals compare and sort as numbers', async () => {
    await db.repository(values).insertMany(['9', '10', '-2.5', '100'].map((decimal, id) => ({ id, decimal })));
    const sorted = await db.repository(values).findMany({ orderBy: { decimal: 'desc' }, where: { decimal: { gt: '-3' } } });
    expect(sorted.map((row) => row.decimal)).toEqual(['100.00', '10.00', '9.00', '-2.50']);
    expect(await db.repository(values).count({ decimal: { gt: '9.5' } })).toBe(2);
  });

  test('a json of 10 MB is stored or refused, never cut', async () => {
    const big = { text: 'x'.repeat(10 * 1024 * 1024) };
    const outcome = await db
      .repository(values)
      .insert({ id: 1, json: big })
      .then(
        async () => ((await db.repository(values).get(1)).json as { text: string }).text.length,
        (error: { code: string }) => error.code,
      );
    expect([10 * 1024 * 1024, 'DATA_TOO_LONG', 'DATA_CONNECTION_LOST']).toContain(outcome);
  });
});
