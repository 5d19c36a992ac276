import { createContext, runInContext } from '@plinth/core';
import type { Database } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

await describeDialect(
  'cancelling',
  { describe, test, beforeAll, afterAll },
  (suite) => {
    const mark = `cancel_${process.pid}`;
    const postgres = suite.dialect === 'postgres';
    // A statement that can be told from those of other tests, and takes longer than any of them waits.
    const slow = (db: Database): Promise<unknown> =>
      Promise.resolve(db.knex.raw(`select ${postgres ? 'pg_sleep(25)' : 'sleep(25)'} /* ${mark} */`));
    const running = async (watcher: Database): Promise<number> => {
      const found = postgres
        ? (
            await watcher.knex.raw(
              `select 1 from pg_stat_activity where query like '%/* ${mark}%' and state = 'active' and pid <> pg_backend_pid()`,
            )
          ).rows
        : (await watcher.knex.raw(`select 1 from information_schema.processlist where info like 'select sleep%${mark}%'`))[0];
      return (found as unknown[]).length;
    };
    const until = async (watcher: Database, count: number): Promise<void> => {
      while ((await running(watcher)) !== count);
    };
    const sessionOf = async (db: Database): Promise<number> => Number((await db.sql<{ id: number }>(postgres ? ownPid : ownId))[0]!.id);
    const ownPid = Object.assign(['select pg_backend_pid() as id'], { raw: [] }) as TemplateStringsArray;
    const ownId = Object.assign(['select connection_id() as id'], { raw: [] }) as TemplateStringsArray;
    const failureOf = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: { code: string; cause?: { code?: string } }) => error,
      );

    let watcher: Database;
    beforeAll(() => {
      watcher = suite.database.open();
    });

    test('an aborted request ends its statement on the server, and the connection serves again', async () => {
      const db = suite.database.open({ pool: { max: 1 } });
      const session = await sessionOf(db);
      for (let round = 0; round < 3; round++) {
        const caller = new AbortController();
        const failure = failureOf(runInContext(createContext({ id: 'r', signal: caller.signal }), () => slow(db)));
        await until(watcher, 1);
        caller.abort(new Error('The caller has gone.'));
        expect(await failure).toMatchObject({ code: 'DATA_REQUEST_ENDED', message: expect.stringContaining('the caller has gone') });
        expect(await running(watcher)).toBe(0);
        expect(await sessionOf(db)).toBe(session);
      }
    });

    test('a deadline ends the statement long before its own limit', async () => {
      const db = suite.database.open();
      const failure = failureOf(runInContext(createContext({ id: 'r', deadline: Date.now() + 300 }), () => slow(db)));
      expect(await failure).toMatchObject({ code: 'DATA_REQUEST_ENDED', message: expect.stringContaining('deadline') });
      expect(await running(watcher)).toBe(0);
    });

    test('statements of others go on, and so does what follows on the same connection', async () => {
      const db = suite.database.open({ pool: { max: 2 } });
      const caller = new AbortController();
      const failure = failureOf(runInContext(createContext({ id: 'r', signal: caller.signal }), () => slow(db)));
      const other = db.knex.raw(postgres ? 'select pg_sleep(1)' : 'select sleep(1) as slept');
      const done = Promise.resolve(other).then((rows) => rows);
      await until(watcher, 1);
      caller.abort();
      const following = Promise.all(Array.from({ length: 20 }, () => sessionOf(db)));
      expect(await failure).toMatchObject({ code: 'DATA_REQUEST_ENDED' });
      expect(await following).toHaveLength(20);
      // MariaDB answers 1 when a sleep was interrupted.
      if (!postgres) expect(((await done) as [{ slept: number }[]])[0][0]!.slept).toBe(0);
      await done;
    });

    test('inside a transaction it can only be rolled back then', async () => {
      const db = suite.database.open();
      const caller = new AbortController();
      const outcome = failureOf(
        db.transaction(async () => {
          const failure = failureOf(runInContext(createContext({ id: 'r', signal: caller.signal }), () => slow(db)));
          await until(watcher, 1);
          caller.abort();
          expect(await failure).toMatchObject({ code: 'DATA_REQUEST_ENDED' });
        }),
      );
      expect(await outcome).toMatchObject({ code: 'DATA_TRANSACTION_ABORTED', cause: { code: 'DATA_REQUEST_ENDED' } });
      expect(db.pool.used).toBe(0);
    });

    test('a request that ends while its COMMIT is on its way does not cancel it', async () => {
      if (!postgres) return;
      const db = suite.database.open();
      await db.knex.raw(`create table notes (id int);
        create function wait() returns trigger language plpgsql as 'begin perform pg_sleep(0.4); return null; end';
        create constraint trigger late after insert on notes deferrable initially deferred for each row execute function wait()`);
      const caller = new AbortController();
      await runInContext(createContext({ id: 'r', signal: caller.signal }), () =>
        db.transaction(async () => {
          await db.knex('notes').insert({ id: 1 });
          setTimeout(() => caller.abort(), 100);
        }),
      );
      expect(caller.signal.aborted).toBe(true);
      expect(await db.knex('notes').select()).toEqual([{ id: 1 }]);
    });
  },
  ['postgres', 'mysql'],
);
