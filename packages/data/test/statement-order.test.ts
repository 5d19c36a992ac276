import { defineMigration, integer, table } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const counters = table('counters', { id: integer().primary(), value: integer() });

await describeDialect('finds that wait for their tick', { describe, test, beforeAll, afterAll }, (suite) => {
  test('read what was there when they were called, whatever writes after them in the transaction: repository, sql`` or knex', async () => {
    const db = suite.database.open({ migrations: [defineMigration('1', { up: ({ createTable }) => createTable(counters) })] });
    await db.migrate.up();
    const repository = db.repository(counters);
    const writes: Record<string, () => PromiseLike<unknown>> = {
      repository: () => repository.updateMany({ all: true }, { value: 1 }),
      sql: () => db.sql`update counters set value = 1`,
      knex: () => db.knex('counters').update({ value: 1 }),
      'knex.raw': () => db.knex.raw('update counters set value = 1'),
    };
    for (const [way, write] of Object.entries(writes)) {
      await repository.deleteMany({ all: true });
      await repository.insertMany([
        { id: 1, value: 0 },
        { id: 2, value: 0 },
      ]);
      const seen = await db.transaction(async () => {
        const finds = [repository.find(1), repository.find(2)];
        await write();
        return [...(await Promise.all(finds)), await repository.find(1)].map((row) => row?.value);
      });
      expect(seen, way).toEqual([0, 0, 1]);
    }
  });
});
