import { type Database, type DatabaseFailure, Deadlock, defineMigration, integer, table, text } from '@plinth/data';
import { describeDialect, sandbox } from '@plinth/data/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const accounts = table('accounts', { id: integer().primary(), owner: text().unique(), balance: integer() });
const schema = defineMigration('001', { up: ({ createTable }) => createTable(accounts) });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await describeDialect('transactions', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema], pool: { max: 3 } });
    await db.migrate.up();
  });
  beforeEach(async () => {
    await db.repository(accounts).deleteMany({ all: true });
    await db.repository(accounts).insertMany([1, 2].map((id) => ({ id, owner: `o${id}`, balance: 100 })));
  });
  const balances = async () => (await db.repository(accounts).findMany({ orderBy: { id: 'asc' } })).map((row) => row.balance);
  const set = (id: number, balance: number) => db.repository(accounts).update(id, { balance });
  const count = () => db.repository(accounts).count();

  test('a transaction commits what it did, and gives back its result [DA-02]', async () => {
    expect(await db.transaction(async () => (await set(1, 50), await set(2, 150), 'done'))).toBe('done');
    expect(await balances()).toEqual([50, 150]);
    expect(db.pool.used).toBe(0);
  });

  test('a throw rolls everything back [DA-02]', async () => {
    const reason = new Error('no');
    await expect(
      db.transaction(async () => {
        await set(1, 50);
        throw reason;
      }),
    ).rejects.toBe(reason);
    expect(await balances()).toEqual([100, 100]);
    expect(db.pool.used).toBe(0);
  });

  test('plain knex, sql and repositories join the ambient transaction, also in code that never saw it [DA-03]', async () => {
    const elsewhere = async () => {
      await db.knex('accounts').where({ id: 1 }).update({ balance: 1 });
      await db.sql`update ${accounts} set balance = ${2} where ${accounts.id} = ${2}`;
      return (await db.knex('accounts').select('balance').orderBy('id')).map((row: { balance: number }) => row.balance);
    };
    await db
      .transaction(async () => {
        expect(await elsewhere()).toEqual([1, 2]);
        throw new Error('back');
      })
      .catch(() => undefined);
    expect(await balances()).toEqual([100, 100]);
    await db.transaction(() => db.knex('accounts').where({ id: 1 }).update({ balance: 7 }) as unknown as Promise<number>);
    expect(await balances()).toEqual([7, 100]);
  });

  test('Promise.all inside a transaction works on its one connection', async () => {
    await db.transaction(() =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) => db.repository(accounts).insert({ id: 10 + index, owner: `p${index}`, balance: 0 })),
      ),
    );
    expect(await count()).toBe(22);
  });

  test('parallel transactions do not mix [DA-03]', async () => {
    await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        db.transaction(async () => {
          await db.repository(accounts).insert({ id: 100 + index, owner: `q${index}`, balance: index });
          await pause(1);
          if (index % 2) throw new Error('odd');
          await set(100 + index, index * 10);
        }),
      ),
    );
    const rows = await db.repository(accounts).findMany({ where: { id: { gte: 100 } }, orderBy: { id: 'asc' } });
    expect(rows.map((row) => row.balance)).toEqual([0, 20, 40, 60, 80, 100]);
  });

  test('200 transactions share a pool of two, though the code in them asks the pool too', async () => {
    const small = suite.database.open({ pool: { max: 2, acquireTimeout: 20_000 } });
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        small.transaction(async () => {
          await small.repository(accounts).insert({ id: 1000 + index, owner: `s${index}`, balance: 0 });
          await small.knex('accounts').count();
          await small.repository(accounts).find(1000 + index);
        }),
      ),
    );
    expect(small.pool.open).toBeLessThanOrEqual(2);
    expect(await count()).toBe(202);
  });

  test('a nested transaction is a savepoint: its failure undoes only itself [DA-02]', async () => {
    await db.transaction(async () => {
      await set(1, 1);
      await db
        .transaction(async () => {
          await set(2, 2);
          throw new Error('inner');
        })
        .catch(() => undefined);
      await db.transaction(() => set(2, 3));
    });
    expect(await balances()).toEqual([1, 3]);
  });

  test('nested transactions started together do not undo each other', async () => {
    await db.transaction(() =>
      Promise.allSettled([
        db.transaction(async () => {
          await set(1, 11);
          await pause(5);
          throw new Error('first');
        }),
        db.transaction(() => set(2, 22)),
      ]),
    );
    expect(await balances()).toEqual([100, 22]);
  });

  test('a failed statement that was caught still rolls back, on every database alike', async () => {
    const error = await db
      .transaction(async () => {
        await set(1, 1);
        await db
          .repository(accounts)
          .insert({ id: 3, owner: 'o1', balance: 0 })
          .catch(() => undefined);
      })
      .catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'DATA_TRANSACTION_ABORTED', cause: { code: 'DATA_UNIQUE' } });
    expect(await balances()).toEqual([100, 100]);
    const later = await db
      .transaction(async () => {
        await db
          .repository(accounts)
          .insert({ id: 3, owner: 'o1', balance: 0 })
          .catch(() => undefined);
        return db
          .repository(accounts)
          .count()
          .catch((reason: { code: string }) => reason.code);
      })
      .catch((reason: { code: string }) => reason.code);
    expect(later).toBe('DATA_TRANSACTION_ABORTED');
  });

  test('a failed statement inside a savepoint leaves the rest intact', async () => {
    await db.transaction(async () => {
      await set(1, 1);
      await expect(db.transaction(() => db.repository(accounts).insert({ id: 3, owner: 'o1', balance: 0 }))).rejects.toMatchObject({
        code: 'DATA_UNIQUE',
      });
      await set(2, 2);
    });
    expect(await balances()).toEqual([1, 2]);
  });

  test('mode required joins; a throw in it dooms the whole even when caught', async () => {
    await expect(
      db.transaction(async () => {
        await set(1, 1);
        await db
          .transaction(
            async () => {
              throw new Error('inner');
            },
            { mode: 'required' },
          )
          .catch(() => undefined);
      }),
    ).rejects.toMatchObject({ code: 'DATA_TRANSACTION_ABORTED' });
    expect(await balances()).toEqual([100, 100]);
  });

  test('mode requires-new commits by itself, and is refused on SQLite', async () => {
    const outcome = await db
      .transaction(async () => {
        await set(1, 1);
        await db.transaction(() => set(2, 2), { mode: 'requires-new' });
        throw new Error('outer');
      })
      .catch((reason: Error & { code?: string }) => reason.code ?? reason.message);
    expect(outcome).toBe(suite.dialect === 'sqlite' ? 'DATA_REQUIRES_NEW_UNSUPPORTED' : 'outer');
    expect(await balances()).toEqual(suite.dialect === 'sqlite' ? [100, 100] : [100, 2]);
  });

  test('a query after the end of its transaction is refused', async () => {
    let late: Promise<unknown> = Promise.resolve();
    await db.transaction(async () => {
      late = pause(20)
        .then(() => set(1, 999))
        .catch((error: { code: string }) => error.code);
    });
    expect(await late).toBe('DATA_TRANSACTION_CLOSED');
    expect(await balances()).toEqual([100, 100]);
  });

  test('a query that was not awaited is part of the transaction, and its failure aborts it', async () => {
    let forgotten: Promise<unknown> = Promise.resolve();
    await db.transaction(async () => {
      forgotten = db.repository(accounts).updateMany({ id: 1 }, { balance: 5 });
    });
    await forgotten;
    expect(await balances()).toEqual([5, 100]);
    await expect(
      db.transaction(async () => {
        forgotten = db
          .repository(accounts)
          .insert({ id: 3, owner: 'o1', balance: 0 })
          .catch(() => undefined);
      }),
    ).rejects.toMatchObject({ code: 'DATA_TRANSACTION_ABORTED' });
    await forgotten;
  });

  test('afterCommit hooks run in order after the commit, outside of the transaction; never after a rollback [DA-04]', async () => {
    const seen: string[] = [];
    await db.transaction(async () => {
      await db.afterCommit(async () => seen.push(`first ${db.inTransaction} ${(await balances())[0]}`));
      await db.transaction(async () => {
        await db.afterCommit(() => seen.push('nested'));
      });
      await db
        .transaction(async () => {
          await db.afterCommit(() => seen.push('undone'));
          throw new Error('inner');
        })
        .catch(() => undefined);
      await set(1, 42);
      await db.afterCommit(() => {
        throw new Error('a hook that fails changes nothing');
      });
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['first false 42', 'nested']);
    await db
      .transaction(async () => {
        await db.afterCommit(() => seen.push('rolled back'));
        throw new Error('no');
      })
      .catch(() => undefined);
    await db.afterCommit(() => seen.push('at once'));
    expect(seen).toEqual(['first false 42', 'nested', 'at once']);
  });

  test('an isolation level is accepted outside and refused inside another transaction', async () => {
    await db.transaction(() => set(1, 1), { isolation: 'serializable' });
    await expect(db.transaction(() => db.transaction(() => set(1, 2), { isolation: 'serializable' }))).rejects.toMatchObject({
      code: 'DATA_TRANSACTION_OPTIONS',
    });
    expect(await balances()).toEqual([1, 100]);
  });

  test('lost updates of serializable transactions are retried when asked [DA-02]', async () => {
    if (suite.dialect === 'sqlite') return;
    let runs = 0;
    await Promise.all(
      Array.from({ length: 3 }, () =>
        db.transaction(
          async () => {
            runs++;
            const row = await db.repository(accounts).get(1);
            await pause(20);
            await set(1, row.balance + 1);
          },
          { isolation: 'serializable', retries: 20 },
        ),
      ),
    );
    expect((await balances())[0]).toBe(103);
    expect(runs).toBeGreaterThan(3);
  });

  test('a transaction that only reads refuses to write, and one with a lock limit of its own gives up by it; both only outermost', async () => {
    if (suite.dialect === 'sqlite') {
      for (const options of [{ readOnly: true }, { lockTimeout: 100 }]) {
        await expect(db.transaction(() => set(1, 1), options)).rejects.toMatchObject({ code: 'DATA_TRANSACTION_OPTIONS' });
      }
      return;
    }
    expect(await db.transaction(count, { readOnly: true })).toBe(2);
    await expect(db.transaction(() => set(1, 1), { readOnly: true })).rejects.toMatchObject({ code: 'DATA_READ_ONLY' });
    await expect(db.transaction(() => db.transaction(count, { readOnly: true }))).rejects.toMatchObject({
      code: 'DATA_TRANSACTION_OPTIONS',
    });
    await expect(db.transaction(count, { lockTimeout: 0.5 })).rejects.toMatchObject({ code: 'DATA_LIMIT' });
    const held = suite.database.open({ pool: { max: 1 } });
    await db.transaction(async () => {
      await set(1, 5);
      const started = performance.now();
      await expect(
        held.transaction(() => held.repository(accounts).update(1, { balance: 6 }), { lockTimeout: 1_000 }),
      ).rejects.toMatchObject({
        code: 'DATA_LOCK_TIMEOUT',
      });
      expect(performance.now() - started).toBeLessThan(4_500);
    });
    const limit = await held.knex.raw(
      suite.dialect === 'postgres' ? 'show lock_timeout' : 'select @@innodb_lock_wait_timeout as lock_timeout',
    );
    expect((limit.rows ?? limit[0])[0].lock_timeout).toBe(suite.dialect === 'postgres' ? '5s' : 5);
  });

  test('hooks of an attempt that is run again are dropped; those of the one that commits run once', async () => {
    const seen: number[] = [];
    let attempt = 0;
    await db.transaction(
      async () => {
        const now = ++attempt;
        await db.afterCommit(() => seen.push(now));
        await set(1, now);
        if (now < 3) throw new Deadlock();
      },
      { retries: 5 },
    );
    expect(seen).toEqual([3]);
    expect(await balances()).toEqual([3, 100]);
  });

  test('a deadlock is DATA_DEADLOCK for one, and the other commits', async () => {
    if (suite.dialect === 'sqlite') return;
    const cross = (first: number, second: number) =>
      db.transaction(async () => {
        await set(first, 7);
        await pause(100);
        await set(second, 8);
      });
    const outcomes = await Promise.allSettled([cross(1, 2), cross(2, 1)]);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed).toHaveLength(1);
    expect((failed[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'DATA_DEADLOCK', kind: 'unavailable' });
    expect(db.pool.used).toBe(0);
  });

  test('the callback never runs when BEGIN failed', async () => {
    const closed = suite.database.open();
    await closed.close();
    let ran = false;
    await expect(closed.transaction(() => (ran = true))).rejects.toMatchObject({ code: 'DATA_CLOSED' });
    expect(ran).toBe(false);
  });

  test('knex.transaction() works for code that only knows knex, with the same guarantees', async () => {
    await db.knex.transaction(async (trx) => {
      await trx('accounts').where({ id: 1 }).update({ balance: 5 });
      await db.knex('accounts').where({ id: 2 }).update({ balance: 6 }).transacting(trx);
    });
    expect(await balances()).toEqual([5, 6]);
    const trx = await db.knex.transaction();
    await trx('accounts').where({ id: 1 }).update({ balance: 0 });
    await trx.rollback();
    expect(await balances()).toEqual([5, 6]);
    const kept = await db.knex.transaction();
    await kept('accounts').where({ id: 1 }).update({ balance: 9 });
    await kept.commit();
    expect(await balances()).toEqual([9, 6]);
    await expect(kept('accounts').select()).rejects.toMatchObject({ code: 'DATA_TRANSACTION_CLOSED' });
    expect(db.pool.used).toBe(0);
  });

  test('a transaction begun by hand never leaves the pool dirty', async () => {
    if (suite.dialect === 'sqlite') {
      await db.knex.raw('begin').catch(() => undefined);
    } else {
      await db.knex.raw('begin');
    }
    await set(1, 1);
    const other = suite.database.open();
    expect((await other.repository(accounts).get(1)).balance).toBe(1);
  });

  test('changes of the schema inside a transaction commit it on MariaDB, which is said instead of hidden', async () => {
    const outcome = await db
      .transaction(async () => {
        await set(1, 1);
        await db.knex.schema.createTable('t1', (builder) => builder.integer('a'));
      })
      .catch((error: DatabaseFailure) => error.code);
    expect(outcome).toBe(suite.dialect === 'mysql' ? 'DATA_IMPLICIT_COMMIT' : undefined);
    await db.knex.schema.dropTable('t1');
  });

  test('a change of the schema that fails commits on MariaDB all the same, and says so, also when it was caught', async () => {
    const fail = () => db.knex.raw('/* again */ create table accounts (a integer)');
    const outcome = await db.transaction(async () => (await set(1, 1), await fail())).catch((error: DatabaseFailure) => error);
    expect(outcome).toMatchObject(
      suite.dialect === 'mysql' ? { code: 'DATA_IMPLICIT_COMMIT', cause: { code: 'DATA_STATEMENT' } } : { code: 'DATA_STATEMENT' },
    );
    expect(await balances()).toEqual(suite.dialect === 'mysql' ? [1, 100] : [100, 100]);
    const caught = await db
      .transaction(async () => (await set(1, 2), await fail().catch(() => undefined)))
      .catch((error: DatabaseFailure) => error);
    expect(caught).toMatchObject({ code: suite.dialect === 'mysql' ? 'DATA_IMPLICIT_COMMIT' : 'DATA_TRANSACTION_ABORTED' });
    const nested = await db.transaction(() => db.transaction(fail).catch(() => undefined)).catch((error: DatabaseFailure) => error);
    expect((nested as DatabaseFailure | undefined)?.code).toBe(suite.dialect === 'mysql' ? 'DATA_IMPLICIT_COMMIT' : undefined);
    expect(db.pool.used).toBe(0);
  });

  test('a sandbox leaves nothing behind', async () => {
    expect(await sandbox(db, async () => (await set(1, 0), 'x'))).toBe('x');
    expect(await balances()).toEqual([100, 100]);
  });
});
