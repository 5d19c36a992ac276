import { bigint, type Database, decimal, defineMigration, id, integer, json, one, table, text, timestamp, type Where } from '@plinth/data';
import { describeDialect, queryCounter } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const owners = table('owners', { id: id(), label: text() });
const sales = table('sales', {
  id: id(),
  ownerId: integer().nullable(),
  region: text({ max: 10 }).nullable(),
  pieces: integer().nullable(),
  total: decimal(12, 2),
  units: bigint(),
  at: timestamp(),
  meta: json<{ theme?: unknown; tags?: unknown[]; 'odd key'?: unknown }>().nullable(),
});
// A property that is another column's name.
const crossed = table('crossed', { id: id(), first: text().named('second'), second: text().named('first') });
const schema = defineMigration('001', {
  async up({ createTable }) {
    for (const value of [owners, sales, crossed]) await createTable(value);
  },
});
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;
const day = Date.UTC(2026, 0, 1);

await describeDialect('reads', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  let ids: number[];
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema], lockTimeout: 2_000 });
    await db.migrate.up();
    const owner = await db.repository(owners).insert({ label: 'o' });
    const metas = [
      { theme: { dark: true, size: 1 } },
      { theme: { dark: 'true', size: '1' } },
      { tags: ['a', 'b%'] },
      { theme: null },
      null,
      { 'odd key': 1.5 },
    ];
    const rows = await db.repository(sales).insertMany(
      metas.map((meta, index) => ({
        ownerId: index === 0 ? owner.id : null,
        region: ['north', 'south', null][index % 3] ?? null,
        pieces: index === 5 ? null : index,
        total: ['0.10', '0.20', '-1.05', '99999999.99', '0.00', '0.30'][index]!,
        units: [9_007_199_254_740_993n, 1n, 2n, 3n, -4n, 0n][index]!,
        at: new Date(day + index),
        meta,
      })),
    );
    ids = rows.map((row) => row.id);
  });
  const letters = async (where: Where<typeof sales>) =>
    (await db.repository(sales).findMany({ where, orderBy: { id: 'asc' }, select: ['id'] })).map((row) => ids.indexOf(row.id)).join('');

  test('a selection reads only its columns, and what its relations need', async () => {
    const counter = queryCounter(db);
    const rows = await db.repository(sales).findMany({
      select: ['id', 'total'],
      where: { region: 'north' },
      orderBy: { id: 'asc' },
      with: { owner: one(owners, 'ownerId') },
      limit: 1,
    });
    counter.stop();
    expect(rows).toEqual([{ id: ids[0], total: '0.10', owner: { id: expect.any(Number) as number, label: 'o' } }]);
    expect(counter.statements[0]!.split(' from ')[0]).not.toContain('region');
    expect(await db.repository(sales).find(ids[1]!, { select: ['units'] })).toEqual({ units: 1n });
    expect(await db.repository(sales).findOne({ id: ids[2]! }, { select: ['pieces'] })).toEqual({ pieces: 2 });
    await expect(db.repository(sales).findMany({ select: ['nope' as never] })).rejects.toThrow(code('DATA_COLUMN_UNKNOWN'));
    await expect(db.repository(sales).findMany({ select: [] })).rejects.toThrow(code('DATA_COLUMN_UNKNOWN'));
  });

  test('a property that is named as another column filters, sorts and writes its own', async () => {
    const repository = db.repository(crossed);
    await repository.insertMany([
      { first: 'a', second: 'z' },
      { first: 'b', second: 'y' },
    ]);
    expect((await repository.findMany({ orderBy: { first: 'asc' } })).map((row) => row.first + row.second)).toEqual(['az', 'by']);
    expect((await repository.page({ orderBy: { second: 'asc' } })).rows.map((row) => row.first)).toEqual(['b', 'a']);
    expect(await repository.findOne({ first: 'a' })).toMatchObject({ second: 'z' });
  });

  test('aggregates are exact: bigint for bigint, text for decimals; null over no rows', async () => {
    const repository = db.repository(sales);
    const all = await repository.aggregate({
      count: true,
      sum: ['pieces', 'total', 'units'],
      avg: ['pieces'],
      min: ['total', 'at', 'region'],
      max: ['units', 'pieces'],
    });
    expect(all).toEqual({
      count: 6,
      sum: { pieces: 10, total: '99999999.54', units: 9_007_199_254_740_995n },
      avg: { pieces: 2 },
      min: { total: '-1.05', at: new Date(day), region: 'north' },
      max: { units: 9_007_199_254_740_993n, pieces: 4 },
    });
    expect(await repository.aggregate({ where: { id: [] }, sum: ['total', 'units'], min: ['at'] })).toEqual({
      count: 0,
      sum: { total: null, units: null },
      avg: {},
      min: { at: null },
      max: {},
    });
    for (const wrong of [{ sum: ['region'] }, { avg: ['at'] }, { min: ['meta'] }] as never[])
      await expect(repository.aggregate(wrong)).rejects.toThrow(code('DATA_AGGREGATE'));
    await expect(repository.aggregate({ sum: ['1); drop table sales; --' as never] })).rejects.toThrow(code('DATA_COLUMN_UNKNOWN'));
  });

  test('groupBy gives a row per group, sorted, null as the smallest', async () => {
    const repository = db.repository(sales);
    const groups = await repository.groupBy({ by: ['region'], sum: ['units', 'pieces'], orderBy: { region: 'asc' } });
    expect(groups.map((group) => [group.by.region, group.count, group.sum.units, group.sum.pieces])).toEqual([
      [null, 2, 2n, 2],
      ['north', 2, 9_007_199_254_740_996n, 3],
      ['south', 2, -3n, 5],
    ]);
    const [largest] = await repository.groupBy({
      by: ['region'],
      where: { id: ids.slice(0, 4) },
      orderBy: { count: 'desc', region: 'asc' },
      limit: 1,
    });
    expect(largest).toMatchObject({ by: { region: 'north' }, count: 2 });
    await expect(repository.groupBy({ by: [] })).rejects.toThrow(code('DATA_AGGREGATE'));
    await expect(repository.groupBy({ by: ['meta'] })).rejects.toThrow(code('DATA_AGGREGATE'));
    await expect(repository.groupBy({ by: ['region'], orderBy: { pieces: 'asc' } as never })).rejects.toThrow(code('DATA_ORDER'));
  });

  test('json is filtered by path and type, the same on every database', async () => {
    expect(await letters({ meta: { path: ['theme', 'dark'], eq: true } })).toBe('0');
    expect(await letters({ meta: { path: ['theme', 'dark'], eq: 'true' } })).toBe('1');
    expect(await letters({ meta: { path: ['theme', 'size'], eq: 1 } })).toBe('0');
    expect(await letters({ meta: { path: ['theme', 'size'], in: ['1', 7] } })).toBe('1');
    expect(await letters({ meta: { path: ['theme', 'size'], ne: 1 } })).toBe('12345');
    expect(await letters({ meta: { path: ['theme'], eq: null } })).toBe('3');
    expect(await letters({ meta: { path: ['theme'], exists: true } })).toBe('013');
    expect(await letters({ meta: { path: ['theme'], exists: false } })).toBe('245');
    expect(await letters({ meta: { path: ['odd key'], gt: 1, lte: 1.5 } })).toBe('5');
    expect(await letters({ meta: { path: ['theme', 'size'], gte: '0' } })).toBe('1');
    expect(await letters({ meta: { path: ['tags', 1], contains: '%' } })).toBe('2');
    expect(await letters({ meta: { path: ['tags', 1], startsWith: 'B' } })).toBe('');
    expect(await letters({ meta: { path: ['tags', 0], endsWith: 'a' } })).toBe('2');
    expect(
      await letters({
        meta: [
          { path: ['theme', 'dark'], eq: true },
          { path: ['theme', 'size'], eq: 1 },
        ],
      }),
    ).toBe('0');
    expect(await letters({ meta: null })).toBe('4');
    const hostile = [
      {},
      { path: [] },
      { path: ['a"b'], eq: 1 },
      { path: ["a') --"] },
      { path: ['a'], eq: {} },
      { path: ['a'], like: 'x' },
      { path: [-1], eq: 1 },
      { path: ['a'], gt: null },
      [],
      'x',
    ];
    for (const meta of hostile)
      await expect(letters({ meta } as never), JSON.stringify(meta)).rejects.toThrow(code('DATA_FILTER_OPERATOR'));
    await expect(letters({ meta: { path: ['a'], eq: undefined } } as never)).rejects.toThrow(code('DATA_FILTER_UNDEFINED'));
    expect(await letters({ meta: { path: ["theme') or 1=1 --"], exists: true } })).toBe('');
  });

  test('rows are iterated in order, fetched as the loop goes on, and the connection comes back when it is left [DA-15]', async () => {
    const repository = db.repository(owners);
    await repository.insertMany(Array.from({ length: 1_000 }, (_, index) => ({ label: `i${index}` })));
    const seen: string[] = [];
    for await (const row of repository.iterate({ where: { label: { startsWith: 'i' } }, orderBy: { id: 'asc' }, batch: 50 }))
      seen.push(row.label);
    expect(seen).toHaveLength(1_000);
    expect(seen[999]).toBe('i999');
    for await (const row of repository.iterate({ select: ['label'], orderBy: { id: 'desc' } })) {
      expect(row).toEqual({ label: 'i999' });
      break;
    }
    await expect(
      (async () => {
        for await (const row of repository.iterate()) throw new Error(`stopped at ${typeof row.id}`);
      })(),
    ).rejects.toThrow('stopped at number');
    expect(db.pool.used).toBe(0);
    expect(await repository.count()).toBe(1_001);
    await expect(repository.iterate({ batch: 0 })[Symbol.asyncIterator]().next()).rejects.toThrow(code('DATA_LIMIT'));
    expect(
      await db.transaction(async () => {
        let rows = 0;
        for await (const row of repository.iterate()) rows += row.id > 0 ? 1 : 0;
        return rows + (await repository.count());
      }),
    ).toBe(2_002);
  });

  test('a lock wants a transaction; others skip the row, or fail at once', async () => {
    const repository = db.repository(sales);
    await expect(repository.get(ids[0]!, { lock: 'update' })).rejects.toThrow(code('DATA_LOCK'));
    await expect(repository.findMany({ skipLocked: true })).rejects.toThrow(code('DATA_LOCK'));
    await expect(db.transaction(() => repository.findMany({ lock: 'update', skipLocked: true, noWait: true }))).rejects.toThrow(
      code('DATA_LOCK'),
    );
    const where = { id: ids.slice(0, 2) };
    if (suite.dialect === 'sqlite') {
      expect(await db.transaction(() => repository.findMany({ where, lock: 'update', skipLocked: true }))).toHaveLength(2);
      return;
    }
    await db.transaction(async () => {
      expect(await repository.findOne({ id: ids[0]! }, { lock: 'update' })).toMatchObject({ id: ids[0] });
      expect(await repository.find(ids[0]!, { lock: 'share' })).toMatchObject({ id: ids[0] });
      await db.transaction(
        async () => {
          const free = await repository.findMany({ where, lock: 'update', skipLocked: true, orderBy: { id: 'asc' }, limit: 5 });
          expect(free.map((row) => row.id)).toEqual([ids[1]]);
          expect(await repository.find(ids[0]!)).toMatchObject({ id: ids[0] });
        },
        { mode: 'requires-new' },
      );
      await expect(
        db.transaction(() => repository.find(ids[0]!, { lock: 'update', noWait: true }), { mode: 'requires-new' }),
      ).rejects.toThrow(code('DATA_LOCK_TIMEOUT'));
    });
  });
});
