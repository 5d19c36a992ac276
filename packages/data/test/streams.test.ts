import type { Database } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const total = 20_000;
const padding = 'x'.repeat(200);

await describeDialect('streams', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ pool: { max: 2 } });
    await db.knex.schema.createTable('lines', (builder) => (builder.integer('id').primary(), void builder.string('text', 250)));
    for (let start = 0; start < total; start += 500) {
      await db.knex('lines').insert(Array.from({ length: 500 }, (_, index) => ({ id: start + index, text: padding })));
    }
  }, 60_000);
  const stream = () => db.knex('lines').select().orderBy('id').stream() as AsyncIterable<{ id: number }>;
  const free = async () => {
    while (db.pool.used > 0) await new Promise((resolve) => setImmediate(resolve));
  };

  test('every row of a long result comes once, in order, and the connection goes back', async () => {
    let next = 0;
    for await (const row of stream()) expect(row.id).toBe(next++);
    expect(next).toBe(total);
    await free();
    expect(db.pool.open).toBeLessThanOrEqual(2);
  });

  test('leaving the loop early ends the query, and its connection serves again', async () => {
    const one = suite.database.open({ pool: { max: 1 } });
    const session = async () => {
      if (suite.dialect === 'sqlite') return undefined;
      const answer = await one.knex.raw(`select ${suite.dialect === 'postgres' ? 'pg_backend_pid()' : 'connection_id()'} as id`);
      return (answer.rows ?? answer[0])[0].id as number;
    };
    const before = await session();
    for (let round = 0; round < 5; round++) {
      // So many rows that they never end by themselves.
      const rows = one.knex({ a: 'lines', b: 'lines' }).select('a.text').stream();
      let seen = 0;
      for await (const row of rows) {
        expect(row).toEqual({ text: padding });
        if (++seen === 10) break;
      }
      expect(await session()).toBe(before);
    }
    expect(await one.knex('lines').where({ id: 7 })).toHaveLength(1);
  });

  test('an error in the loop is the error of the loop', async () => {
    const reason = new Error('mine');
    await expect(
      (async () => {
        for await (const row of stream()) if (row.id === 3) throw reason;
      })(),
    ).rejects.toBe(reason);
    await free();
  });

  test('a query that cannot run fails with its typed error', async () => {
    await expect(
      (async () => {
        for await (const row of db.knex('nowhere').select().stream()) void row;
      })(),
    ).rejects.toMatchObject({ code: 'DATA_SCHEMA_MISMATCH' });
    await free();
  });

  test('inside a transaction the stream sees what the transaction has written, and the transaction goes on', async () => {
    await db
      .transaction(async () => {
        await db.knex('lines').insert({ id: total, text: 'new' });
        let count = 0;
        for await (const row of stream()) {
          count++;
          // On PostgreSQL other statements run between two batches.
          if (suite.dialect === 'postgres' && row.id % 5_000 === 1) await db.knex('lines').where({ id: row.id }).update({ text: 'seen' });
        }
        expect(count).toBe(total + 1);
        for await (const row of stream()) if (row.id === 5) break;
        expect(await db.knex('lines').where({ text: 'new' })).toHaveLength(1);
        throw new Error('back');
      })
      .catch((error: Error) => expect(error.message).toBe('back'));
    expect(await db.knex('lines').where({ text: 'new' })).toEqual([]);
  });

  test('no more is read than the loop asks for', async () => {
    if (suite.dialect !== 'postgres') return;
    let watched = false;
    for await (const row of stream()) {
      if (row.id !== 0) continue;
      // Between two batches the session does nothing at all.
      const { rows } = await suite.database
        .open()
        .knex.raw(
          `select state from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`,
        );
      watched = (rows as unknown[]).length === 1;
      break;
    }
    expect(watched).toBe(true);
    await free();
  });
});
