import { type Database, defineMigration, integer, table, text, timestamp, uuid } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const posts = table('posts', { id: uuid().primary(), rank: integer().nullable(), label: text(), at: timestamp() });
const schema = defineMigration('001', { up: ({ createTable }) => createTable(posts) });

await describeDialect('pages', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
    const day = Date.UTC(2026, 0, 1);
    await db.repository(posts).insertMany(
      Array.from({ length: 57 }, (_, index) => ({
        rank: index % 5 === 0 ? null : index % 4,
        label: `p${index % 3}`,
        at: new Date(day + Math.floor(index / 10)),
      })),
    );
  });

  const orders: Record<string, unknown>[] = [
    {},
    { rank: 'asc' },
    { rank: 'desc' },
    { at: 'desc', rank: 'asc' },
    { label: 'asc', rank: 'desc', at: 'asc' },
    { rank: 'desc', label: 'asc', at: 'desc' },
  ];
  for (const orderBy of orders) {
    test(`pages by ${JSON.stringify(orderBy)} visit every row once, forwards and backwards, through ties and nulls [DA-07]`, async () => {
      const repository = db.repository(posts);
      const forwards: string[] = [];
      let page = await repository.page({ orderBy: orderBy as never, limit: 7 });
      expect(page.before).toBeUndefined();
      for (;;) {
        forwards.push(...page.rows.map((row) => row.id));
        if (page.after === undefined) break;
        page = await repository.page({ orderBy: orderBy as never, limit: 7, after: page.after });
      }
      expect(new Set(forwards).size).toBe(57);
      const all = await repository.findMany({ orderBy: [orderBy as never, { id: Object.values(orderBy).at(-1) ?? 'asc' } as never] });
      expect(forwards).toEqual(all.map((row) => row.id));
      const backwards: string[] = page.rows.map((row) => row.id);
      while (page.before !== undefined) {
        page = await repository.page({ orderBy: orderBy as never, limit: 7, before: page.before });
        backwards.unshift(...page.rows.map((row) => row.id));
      }
      expect(backwards).toEqual(forwards);
    });
  }

  test('a cursor of another list, changed by hand, or hostile is DATA_CURSOR', async () => {
    const repository = db.repository(posts);
    const { after } = await repository.page({ orderBy: { rank: 'asc' }, limit: 3 });
    const tamper = (change: (parts: unknown[]) => unknown) =>
      Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(after!, 'base64url').toString()) as unknown[]))).toString('base64url');
    const hostile = [
      '',
      'x',
      "' or 1=1 --",
      'a'.repeat(5_000),
      Buffer.from('null').toString('base64url'),
      Buffer.from('{"__proto__":1}').toString('base64url'),
      tamper(([first, , id]) => [first, { gt: 1 }, id]),
      tamper(([first, rank]) => [first, rank, "'; drop table posts; --"]),
      tamper(([first, rank]) => [first, rank, null]),
      tamper(([first, rank]) => [first, rank]),
    ];
    for (const cursor of hostile)
      await expect(repository.page({ orderBy: { rank: 'asc' }, after: cursor })).rejects.toMatchObject({ code: 'DATA_CURSOR' });
    await expect(repository.page({ orderBy: { rank: 'desc' }, after })).rejects.toMatchObject({ code: 'DATA_CURSOR' });
    await expect(repository.page({ after, before: after, orderBy: { rank: 'asc' } })).rejects.toMatchObject({ code: 'DATA_CURSOR' });
    await expect(repository.page({ limit: 1_001 })).rejects.toMatchObject({ code: 'DATA_LIMIT' });
    await expect(repository.page({ limit: 0 })).rejects.toMatchObject({ code: 'DATA_LIMIT' });
  });

  test('a cursor belongs to one filter: another value, column or kind of rows is DATA_CURSOR; a moment moves on', async () => {
    const repository = db.repository(posts);
    const where = { label: 'p0', rank: { gte: 0 }, at: { lt: new Date() } };
    const { after } = await repository.page({ where, limit: 2 });
    const others = [
      {},
      { where: {} },
      { where: { ...where, label: 'p1' } },
      { where: { ...where, rank: { gt: 0 } } },
      { where: { ...where, id: [] } },
      { where, withDeleted: true },
    ];
    for (const other of others)
      await expect(repository.page({ ...other, limit: 2, after }), JSON.stringify(other)).rejects.toMatchObject({ code: 'DATA_CURSOR' });
    const same = { at: { lt: new Date(Date.now() + 1_000) }, rank: { gte: 0 }, label: 'p0' };
    expect((await repository.page({ where: same, limit: 2, after })).rows).toHaveLength(2);
  });

  test('a filter stays in force whatever the cursor says', async () => {
    const repository = db.repository(posts);
    const seen = new Set<string>();
    for (let after: string | undefined, round = 0; round < 50; round++) {
      const page = await repository.page({
        where: { or: [{ label: 'p1' }, { rank: null }] },
        orderBy: { rank: 'desc', at: 'asc' },
        limit: 3,
        after,
      });
      for (const row of page.rows) {
        expect(row.label === 'p1' || row.rank === null).toBe(true);
        expect(seen.has(row.id)).toBe(false);
        seen.add(row.id);
      }
      if (page.after === undefined) break;
      after = page.after;
    }
    expect(seen.size).toBe(await repository.count({ or: [{ label: 'p1' }, { rank: null }] }));
  });

  test('an offset page has its rows and the total', async () => {
    const page = await db.repository(posts).offsetPage({ where: { label: 'p0' }, orderBy: { at: 'asc', id: 'asc' }, limit: 5, offset: 15 });
    expect(page.total).toBe(19);
    expect(page.rows).toHaveLength(4);
    expect(await db.repository(posts).offsetPage({ limit: 0 })).toEqual({ rows: [], total: 57 });
  });
});
