import { bigint, type Database, decimal, defineMigration, double, id, integer, many, one, table, text, timestamp } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';

const shops = table('shops', { id: id(), name: text() });
const sales = table('sales', {
  id: id(),
  shopId: integer().references(() => shops.id),
  total: decimal(10, 2),
  items: integer(),
  units: bigint(),
  weight: double(),
  note: text().nullable(),
  at: timestamp(),
});

await describeDialect('groups and pages', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({
      migrations: [defineMigration('1', { steps: [{ up: (m) => m.createTable(shops) }, { up: (m) => m.createTable(sales) }] })],
    });
    await db.migrate.up();
    await db.repository(shops).insertMany([{ name: 'A' }, { name: 'B' }, { name: 'C' }]);
    const day = (number: number) => new Date(Date.UTC(2026, 0, number));
    await db.repository(sales).insertMany([
      { shopId: 1, total: '9.99', items: 1, units: 2n ** 60n, weight: 0.5, note: 'x', at: day(1) },
      { shopId: 1, total: '90.01', items: 3, units: 1n, weight: 1.5, at: day(2) },
      { shopId: 2, total: '100.01', items: 5, units: 5n, weight: 9, at: day(3) },
      { shopId: 3, total: '1.00', items: 1, units: 1n, weight: 1, note: 'y', at: day(4) },
      { shopId: 3, total: '2.00', items: 2, units: 1n, weight: 1, at: day(5) },
      { shopId: 3, total: '3.00', items: 3, units: 1n, weight: 1, at: day(6) },
    ]);
  });
  const shopsWith = async (having: NonNullable<Parameters<ReturnType<typeof repository>['groupBy']>[0]['having']>) =>
    (await repository().groupBy({ by: ['shopId'], having, orderBy: { shopId: 'asc' } })).map(({ by }) => by.shopId);
  const repository = () => db.repository(sales);

  test('having keeps the groups that meet every condition, exactly, whatever the type of the column', async () => {
    expect(await shopsWith({ count: { gte: 2 } })).toEqual([1, 3]);
    expect(await shopsWith({ count: { gte: 2, lt: 3 } })).toEqual([1]);
    expect(await shopsWith({ count: { ne: 2 } })).toEqual([2, 3]);
    expect(await shopsWith({ sum: { total: { gt: '100' } } })).toEqual([2]);
    expect(await shopsWith({ sum: { total: { eq: '100.00' } } })).toEqual([1]);
    expect(await shopsWith({ sum: { total: { lt: '10.5' } } })).toEqual([3]);
    expect(await shopsWith({ sum: { items: { gte: 5 } } })).toEqual([2, 3]);
    expect(await shopsWith({ sum: { units: { gt: 2n ** 60n } } })).toEqual([1]);
    expect(await shopsWith({ sum: { weight: { lte: 3 } } })).toEqual([1, 3]);
    expect(await shopsWith({ avg: { items: { gt: 1.5, lt: 2.5 } } })).toEqual([1, 3]);
    expect(await shopsWith({ min: { total: { gte: '9.99' } } })).toEqual([1, 2]);
    expect(await shopsWith({ max: { at: { lt: new Date('2026-01-03T00:00:00.001Z') } } })).toEqual([1, 2]);
    expect(await shopsWith({ max: { note: { eq: 'x' } }, count: { gt: 1 } })).toEqual([1]);
    expect(await shopsWith({})).toEqual([1, 2, 3]);
  });

  test('a condition that makes no sense is DATA_AGGREGATE', async () => {
    const wrong: readonly object[] = [
      { count: 2 },
      { count: { like: 2 } },
      { count: { gte: '2' } },
      { count: { gte: undefined } },
      { sum: { total: { gt: 1 } } },
      { sum: { note: { gt: 'a' } } },
      { sum: { units: { gt: 1 } } },
      { avg: { items: { gt: NaN } } },
      { first: { items: { gt: 1 } } },
      { __proto__: null, constructor: { items: { gt: 1 } } },
    ];
    for (const having of wrong)
      await expect(repository().groupBy({ by: ['shopId'], having: having as never })).rejects.toMatchObject({ code: 'DATA_AGGREGATE' });
    await expect(repository().groupBy({ by: ['shopId'], having: { sum: { nope: { gt: 1 } } } as never })).rejects.toMatchObject({
      code: 'DATA_COLUMN_UNKNOWN',
    });
  });

  test('a page by cursor holds the selected properties only, and goes on all the same', async () => {
    const options = { select: ['items'], with: { shop: one(shops, 'shopId') }, orderBy: { at: 'desc' }, limit: 4 } as const;
    const first = await repository().page(options);
    const second = await repository().page({ ...options, after: first.after });
    expectTypeOf(first.rows[0]!.items).toEqualTypeOf<number>();
    expectTypeOf(first.rows[0]!).not.toHaveProperty('total');
    expect([...first.rows, ...second.rows]).toEqual(
      (
        [
          [3, 'C'],
          [2, 'C'],
          [1, 'C'],
          [5, 'B'],
          [3, 'A'],
          [1, 'A'],
        ] as const
      ).map(([items, name]) => ({
        items,
        shop: expect.objectContaining({ name }) as object,
      })),
    );
    const back = await repository().page({ ...options, before: second.before });
    expect(back.rows).toEqual(first.rows);
    const shop = await db.repository(shops).page({ select: ['name'], with: { sales: many(sales, 'shopId', { limit: 1 }) }, limit: 1 });
    expect(shop.rows).toEqual([{ name: 'A', sales: [expect.objectContaining({ shopId: 1 })] }]);
    await expect(repository().page({ select: [] })).rejects.toMatchObject({ code: 'DATA_COLUMN_UNKNOWN' });
  });

  test('a page by offset does so, too', async () => {
    const page = await repository().offsetPage({ select: ['items'], orderBy: { id: 'asc' }, limit: 2 });
    expect(page).toEqual({ rows: [{ items: 1 }, { items: 3 }], total: 6 });
  });
});
