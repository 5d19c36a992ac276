import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Database, defineMigration, type Repository } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { things } from './support.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => (collect(), process.memoryUsage().heapUsed / 2 ** 20);
const template = (...texts: string[]): TemplateStringsArray => Object.assign(texts, { raw: texts });

await describeDialect('growth', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  let rows: Repository<typeof things>;
  beforeAll(async () => {
    db = suite.database.open({ pool: { max: 1 }, migrations: [defineMigration('1', { up: ({ createTable }) => createTable(things) })] });
    await db.migrate.up();
    rows = db.repository(things);
  });

  test('4,000 statements of different texts fill neither our memory nor the server', async () => {
    const shapes = ['name', 'slug', 'note', 'count', 'open', 'at', 'ratio', 'price', 'ref', 'total'] as const;
    const values = {
      name: 'a',
      slug: 'b',
      note: 'c',
      count: 1,
      open: true,
      at: new Date(0),
      ratio: 1,
      price: '1',
      ref: '0190f3a2-7c4e-7def-8123-456789abcdef',
      total: 1n,
    };
    const run = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index++) {
        await db.sql(template(`select ${index} as a from hostile_things where id = `, ''), index);
        const chosen = Object.fromEntries(shapes.filter((_, bit) => (index & (1 << bit)) !== 0).map((key) => [key, values[key]]));
        if (index % 2 === 1) await rows.findMany({ where: chosen, limit: index });
        if (index % 8 === 1) await rows.update(1, chosen);
      }
    };
    await run(0, 500);
    const before = heap();
    await run(500, 4_000);
    expect(heap() - before, 'MiB').toBeLessThan(25);
    if (suite.dialect === 'postgres') {
      const [counted] = await db.sql<{ n: bigint | number }>`select count(*) as n from pg_prepared_statements`;
      expect(Number(counted!.n)).toBeLessThanOrEqual(256);
    }
    expect(db.pool.open).toBe(1);
  }, 60_000);

  test('a loop over 200,000 rows holds a batch, not the table', async () => {
    const numbers = {
      postgres: 'select generate_series(1, 200000) as n',
      mysql: 'select seq as n from seq_1_to_200000',
      sqlite: 'with recursive s(n) as (select 1 union all select n + 1 from s where n < 200000) select n from s',
      mssql: '',
    }[suite.dialect];
    await db.knex.raw(
      `insert into hostile_things (name, note, count, open) select 'row', 'a note of some length that a row has', n, ${suite.dialect === 'postgres' ? 'true' : '1'} from (${numbers}) as t`,
    );
    const before = heap();
    let most = 0;
    let count = 0;
    for await (const row of rows.iterate({ batch: 500 })) {
      count++;
      if (count % 40_000 === 0) most = Math.max(most, heap() - before);
      if (row.id === 0) throw new Error('never');
    }
    expect(count).toBe(200_000);
    expect(most, 'MiB').toBeLessThan(20);
    for await (const _ of rows.iterate()) break;
    expect(await rows.count()).toBe(200_000);
  }, 60_000);
});
