import { createContext, runInContext } from '@plinth/core';
import { type Database, type DatabaseOptions, defineMigration, integer, openDatabase, table, text } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const items = table('items', { id: integer().primary(), name: text() });
const schema = defineMigration('001', { up: ({ createTable }) => createTable(items) });

// A text of its own for each number, as code with that many different queries has.
const textOf = (number: number) =>
  Object.assign([`select ${number} as n, `, '::int as v'], { raw: [] as string[] }) as TemplateStringsArray;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

await describeDialect(
  'prepared and pipelined statements',
  { describe, test, beforeAll, afterAll },
  (suite) => {
    const open = (options: Omit<DatabaseOptions, 'url'> = {}) => suite.database.open({ pool: { max: 1 }, ...options });
    const find = (db: Database, id: number) => db.sql<{ id: number; name: string }>`select * from ${items} where ${items.id} = ${id}`;
    const prepared = async (db: Database) =>
      (await db.knex.raw(`select name, statement from pg_prepared_statements where name like 'plinth%'`)).rows as {
        name: string;
        statement: string;
      }[];

    beforeAll(async () => {
      const db = open({ migrations: [schema] });
      await db.migrate.up();
      await db.repository(items).insertMany(Array.from({ length: 100 }, (_, id) => ({ id, name: `n${id}` })));
    });

    test('a text with values is prepared once, and serves again', async () => {
      const db = open();
      for (let id = 1; id < 5; id++) expect((await find(db, id))[0]).toEqual({ id, name: `n${id}` });
      expect((await prepared(db)).filter(({ statement }) => /from "items"/.test(statement))).toHaveLength(1);
    });

    test('the statements that one connection prepares are limited: the ones used least recently are closed on the server', async () => {
      const db = open();
      for (let number = 0; number < 300; number++) {
        await db.sql(textOf(number), number);
        // Kept in use, so it stays.
        await find(db, 1);
      }
      const left = await prepared(db);
      expect(left.length).toBe(256);
      expect(left.some(({ statement }) => /from "items"/.test(statement))).toBe(true);
      expect(left.some(({ statement }) => statement.startsWith('select 1 as n'))).toBe(false);
      expect(await db.sql(textOf(1), 7)).toEqual([{ n: 1, v: 7 }]);
    });

    test('a pooler that lost the name: the statement runs all the same, and nothing is prepared any more', async () => {
      const db = open();
      await find(db, 1);
      await db.knex.raw('deallocate all');
      expect(await find(db, 2)).toEqual([{ id: 2, name: 'n2' }]);
      expect(await find(db, 3)).toHaveLength(1);
      expect(await prepared(db)).toEqual([]);
    });

    test('a pooler whose session has the name already: the statement runs all the same, and nothing is prepared any more', async () => {
      const first = open();
      await find(first, 1);
      const { name } = (await prepared(first)).find(({ statement }) => /from "items"/.test(statement))!;
      const db = open();
      await db.knex.raw(`prepare "${name}" as select 1`);
      expect(await find(db, 2)).toEqual([{ id: 2, name: 'n2' }]);
      expect(await prepared(db)).toHaveLength(1);
    });

    test('prepare: true prepares again instead, prepare: false never does', async () => {
      const always = open({ prepare: true });
      await find(always, 1);
      await always.knex.raw('deallocate all');
      expect(await find(always, 2)).toHaveLength(1);
      expect(await find(always, 3)).toHaveLength(1);
      expect(await prepared(always)).toHaveLength(1);
      const never = open({ prepare: false });
      expect(await find(never, 1)).toHaveLength(1);
      expect(await prepared(never)).toEqual([]);
    });

    test('inside a transaction a lost name fails the transaction, which runs again when asked', async () => {
      const db = open({ prepare: true });
      await find(db, 1);
      let runs = 0;
      const rows = await db.transaction(
        async () => {
          if (++runs === 1) await db.knex.raw('deallocate all');
          return find(db, 4);
        },
        { retries: 1 },
      );
      expect(rows).toEqual([{ id: 4, name: 'n4' }]);
      expect(runs).toBe(2);
    });

    test('a table that changed its columns: the prepared statement is prepared anew', async () => {
      const db = open();
      await db.knex.raw('create table changing (id int primary key); insert into changing values (1)');
      const read = () => db.sql(Object.assign(['select * from changing where id = ', ''], { raw: [] }), 1);
      expect(await read()).toEqual([{ id: 1 }]);
      await db.knex.raw('alter table changing add column more text');
      expect(await read()).toEqual([{ id: 1, more: null }]);
      await db.knex.raw('drop table changing');
    });

    test('a first execution that fails leaves nothing behind: the same text works with other values', async () => {
      const db = open();
      const divide = (by: number) => db.sql(Object.assign(['select 10 / ', '::int as v'], { raw: [] }), by);
      expect(await codeOf(divide(0))).toBe('DATA_STATEMENT');
      expect(await divide(5)).toEqual([{ v: 2 }]);
      const cast = (value: string) => db.sql(Object.assign(['select ', '::text::int as v'], { raw: [] }), value);
      expect(await Promise.all([codeOf(cast('x')), cast('7').then((rows) => rows[0]), codeOf(cast('y'))])).toEqual([
        'DATA_STATEMENT',
        { v: 7 },
        'DATA_STATEMENT',
      ]);
    });

    test('many reads share one connection where others would have to queue', async () => {
      for (const pipeline of ['auto', false] as const) {
        const db = open({ pipeline, pool: { max: 2, maxWaiting: 5 } });
        await find(db, 1);
        const codes = await Promise.all(Array.from({ length: 60 }, (_, id) => codeOf(find(db, id))));
        expect(codes.filter((code) => code === 'DATA_POOL_BUSY').length > 0).toBe(pipeline === false);
        expect(codes.filter((code) => code === 'done').length).toBeGreaterThan(5);
      }
    });

    test('a read that fails among many fails only its own caller', async () => {
      const db = open({ pool: { max: 2 } });
      await find(db, 1);
      const divide = (by: number) => db.sql(Object.assign(['select 60 / ', '::int as v'], { raw: [] }), by);
      const outcomes = await Promise.all(
        Array.from({ length: 90 }, (_, index) =>
          index % 3 === 0 ? codeOf(divide(index % 2)) : find(db, index).then((rows) => rows[0]?.id),
        ),
      );
      expect(outcomes).toEqual(
        Array.from({ length: 90 }, (_, index) => (index % 3 !== 0 ? index : index % 2 === 0 ? 'DATA_STATEMENT' : 'done')),
      );
      expect(db.pool.used).toBe(0);
    });

    test('transactions have their connection to themselves, whatever is read meanwhile', async () => {
      const db = open({ pool: { max: 2 } });
      const name = () => find(db, 50).then((rows) => rows[0]!.name);
      await db
        .transaction(async () => {
          await db.repository(items).update(50, { name: 'changed' });
          const outside = openDatabase({ url: suite.database.url, pool: { max: 2 } });
          try {
            expect(await Promise.all(Array.from({ length: 20 }, () => find(outside, 50).then((rows) => rows[0]!.name)))).toEqual(
              Array(20).fill('n50'),
            );
          } finally {
            await outside.close();
          }
          expect(await name()).toBe('changed');
          throw new Error('back');
        })
        .catch(() => undefined);
      expect(await name()).toBe('n50');
    });

    describe('with a table that is locked', () => {
      const blocked = async (work: (db: Database, admin: Database, waiting: () => Promise<number[]>) => Promise<void>) => {
        const admin = open();
        const db = open({ applicationName: 'blocked', pool: { max: 2 } });
        const waiting = async (): Promise<number[]> => {
          const { rows } = await watcher.knex.raw(
            `select pid from pg_stat_activity where application_name = 'blocked' and wait_event_type = 'Lock' and datname = current_database()`,
          );
          return (rows as { pid: number }[]).map(({ pid }) => pid);
        };
        const watcher = open();
        await find(db, 1);
        await admin.transaction(async () => {
          await admin.knex.raw('lock table items in access exclusive mode');
          await work(db, admin, async () => {
            for (;;) {
              const pids = await waiting();
              if (pids.length > 0) return pids;
            }
          });
        });
      };

      test('a pipelined connection that dies fails each of its callers, and the next read works', async () => {
        let outcomes: Promise<unknown>[] = [];
        await blocked(async (db, _admin, waiting) => {
          outcomes = Array.from({ length: 5 }, (_, id) => codeOf(find(db, id)));
          for (const pid of await waiting()) await open().knex.raw('select pg_terminate_backend(?)', [pid]);
          expect(await Promise.all(outcomes)).toEqual(Array(5).fill('DATA_CONNECTION_LOST'));
        });
        expect(await find(open(), 1)).toHaveLength(1);
      });

      test('an aborted request cancels its read and no other: the ones behind it are answered', async () => {
        let others: Promise<unknown>[] = [];
        let db!: Database;
        await blocked(async (opened, _admin, waiting) => {
          db = opened;
          const caller = new AbortController();
          const aborted = codeOf(runInContext(createContext({ id: 'r1', signal: caller.signal }), () => find(db, 1)));
          others = Array.from({ length: 4 }, (_, id) => find(db, id).then((rows) => rows[0]?.id));
          await waiting();
          caller.abort(new Error('gone'));
          expect(await aborted).toBe('DATA_REQUEST_ENDED');
        });
        expect(await Promise.all(others)).toEqual([0, 1, 2, 3]);
        // The connection goes back when no cancellation can be on its way any more.
        while (db.pool.used > 0) await new Promise((resolve) => setImmediate(resolve));
      });
    });
  },
  ['postgres'],
);
