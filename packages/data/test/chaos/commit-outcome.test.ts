import { type Database, openDatabase } from '@plinth/data';
import { createTestDatabase, type TestDatabase } from '@plinth/data/testing';
import { isThere, testServer } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.js';

const isCommit = (data: Buffer): boolean => /\bcommit\b/i.test(data.toString('latin1'));

for (const dialect of ['postgres', 'mysql'] as const) {
  const server = testServer(dialect);
  const there = await isThere(server);

  describe.skipIf(!there && (process.env['CI'] ?? '') === '')(`a COMMIT that is cut, on ${server.title}`, () => {
    let home: TestDatabase;
    let direct: Database;
    let proxy: CuttingProxy;
    let db: Database;
    beforeAll(async () => {
      home = await createTestDatabase(dialect);
      direct = home.open();
      await direct.knex.raw('create table t (a integer primary key)');
      proxy = await startCuttingProxy(home.url);
      db = openDatabase({ url: proxy.url, pool: { max: 2 } });
    });
    afterAll(async () => {
      await db.close(0);
      await proxy.close();
      await home.drop();
    });
    const rows = async () => (await direct.sql<{ a: number }>`select a from t order by a`).map((row) => row.a);
    const outcome = (a: number, options?: { retries: number }) =>
      db
        .transaction(() => db.sql`insert into t values (${a})`, options)
        .then(
          () => 'committed',
          (error: { code: string }) => error.code,
        );

    test('before it reached the server: DATA_COMMIT_UNKNOWN, and nothing is there', async () => {
      let cuts = 0;
      proxy.intercept((data) => (isCommit(data) ? (cuts++, 'drop') : undefined));
      expect(await outcome(1, { retries: 3 })).toBe('DATA_COMMIT_UNKNOWN');
      // A transaction whose outcome is unknown is never run again by itself.
      expect(cuts).toBe(1);
      expect(await rows()).toEqual([]);
    });

    test('before its answer came back: DATA_COMMIT_UNKNOWN, and everything is there', async () => {
      proxy.intercept((data) => (isCommit(data) ? 'deafen' : undefined));
      expect(await outcome(2, { retries: 3 })).toBe('DATA_COMMIT_UNKNOWN');
      expect(await rows()).toEqual([2]);
    });

    test('no hook of afterCommit runs, and the pool serves the next transaction', async () => {
      let ran = false;
      proxy.intercept((data) => (isCommit(data) ? 'deafen' : undefined));
      const cut = db.transaction(async () => {
        await db.afterCommit(() => (ran = true));
        await db.sql`insert into t values (3)`;
      });
      await expect(cut).rejects.toMatchObject({ code: 'DATA_COMMIT_UNKNOWN', kind: 'unavailable' });
      expect(ran).toBe(false);
      proxy.intercept(() => undefined);
      expect(await outcome(4)).toBe('committed');
      expect(await rows()).toEqual([2, 3, 4]);
      expect(db.pool.used).toBe(0);
    });

    test('a statement before it that is cut is DATA_CONNECTION_LOST: nothing was committed, and that is known', async () => {
      const cut = db.transaction(async () => {
        await db.sql`insert into t values (5)`;
        proxy.intercept(() => 'drop');
        await db.sql`insert into t values (6)`;
      });
      await expect(cut).rejects.toMatchObject({ code: 'DATA_CONNECTION_LOST' });
      proxy.intercept(() => undefined);
      expect(await rows()).toEqual([2, 3, 4]);
    });
  });
}
