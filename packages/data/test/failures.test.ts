import { AsyncResource } from 'node:async_hooks';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import {
  type Database,
  type DatabaseFailure,
  defineMigration,
  enumOf,
  integer,
  openDatabase,
  queryChannel,
  type QueryEvent,
  table,
  text,
} from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startCuttingProxy } from './support/cutting-proxy.js';

const owners = table('owners', { id: integer().primary(), email: text().unique() });
const pets = table('pets', {
  id: integer().primary(),
  ownerId: integer().references(() => owners.id),
  kind: enumOf('cat', 'dog').nullable(),
  name: text({ max: 5 }).nullable(),
});
const schema = defineMigration('001', { up: async ({ createTable }) => (await createTable(owners), await createTable(pets)) });
const secret = 'secret-value@example.org';

await describeDialect('failures', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  const lines: string[] = [];
  const write = (level: string) => (fields: object, message: string) => void lines.push(level + JSON.stringify(fields) + message);
  beforeAll(async () => {
    db = suite.database.open({
      migrations: [schema],
      lockTimeout: 1_000,
      statementTimeout: 1_500,
      slowQuery: 40,
      logger: { debug: write('debug'), warn: write('warn'), error: write('error') },
    });
    await db.migrate.up();
  });
  beforeEach(async () => {
    await db.repository(pets).deleteMany({ all: true });
    await db.repository(owners).deleteMany({ all: true });
    await db.repository(owners).insert({ id: 1, email: secret });
    lines.length = 0;
  });
  const failureOf = async (work: PromiseLike<unknown>) =>
    (await Promise.resolve(work).then(
      () => undefined,
      (error: unknown) => error,
    )) as DatabaseFailure;

  test('a duplicate is DATA_UNIQUE (conflict), through repository and plain knex alike', async () => {
    const first = await failureOf(db.repository(owners).insert({ id: 2, email: secret }));
    const second = await failureOf(db.knex('owners').insert({ id: 1, email: 'x' }));
    expect(first).toMatchObject({ code: 'DATA_UNIQUE', kind: 'conflict', name: 'UniqueViolation' });
    expect(second).toMatchObject({ code: 'DATA_UNIQUE' });
    if (suite.dialect !== 'sqlite') expect(first.constraint).toBe('owners_email_unique');
    if (suite.dialect !== 'mysql') expect(first).toMatchObject({ table: 'owners', columns: ['email'] });
  });

  test('a reference to nothing, and deleting what is referred to, are DATA_FOREIGN_KEY (invalid)', async () => {
    expect(await failureOf(db.repository(pets).insert({ id: 1, ownerId: 9 }))).toMatchObject({ code: 'DATA_FOREIGN_KEY', kind: 'invalid' });
    await db.repository(pets).insert({ id: 1, ownerId: 1 });
    expect(await failureOf(db.repository(owners).delete(1))).toMatchObject({ code: 'DATA_FOREIGN_KEY' });
  });

  test('null, a broken check, text too long and numbers out of range of the database itself are typed', async () => {
    expect(await failureOf(db.knex('pets').insert({ id: 1, owner_id: null }))).toMatchObject({
      code: 'DATA_NOT_NULL',
      columns: ['owner_id'],
    });
    expect(await failureOf(db.knex('pets').insert({ id: 1, owner_id: 1, kind: 'cow' }))).toMatchObject({
      code: 'DATA_CHECK',
      constraint: 'pets_kind_check',
    });
    if (suite.dialect === 'sqlite') return;
    expect(await failureOf(db.knex('pets').insert({ id: 1, owner_id: 1, name: 'long name' }))).toMatchObject({ code: 'DATA_TOO_LONG' });
    expect(await failureOf(db.knex('pets').insert({ id: 1, owner_id: '99999999999' }))).toMatchObject({ code: 'DATA_OUT_OF_RANGE' });
  });

  test('a table or column that does not exist is DATA_SCHEMA_MISMATCH, a syntax error DATA_STATEMENT', async () => {
    expect(await failureOf(db.knex('nowhere').select())).toMatchObject({ code: 'DATA_SCHEMA_MISMATCH', kind: 'internal' });
    const column = await failureOf(db.knex('owners').select('nothing'));
    expect(column).toMatchObject({ code: 'DATA_SCHEMA_MISMATCH' });
    expect(column.message).toContain('nothing');
    expect(await failureOf(db.knex.raw('selct 1'))).toMatchObject({ code: 'DATA_STATEMENT' });
  });

  test('a lock that is held too long is DATA_LOCK_TIMEOUT', async () => {
    const other = suite.database.open({ lockTimeout: 1_000 });
    await other.transaction(async () => {
      await other.repository(owners).update(1, { email: 'held' });
      const started = performance.now();
      expect(await failureOf(db.transaction(() => db.repository(owners).updateMany({ id: 1 }, { email: 'waits' })))).toMatchObject({
        code: 'DATA_LOCK_TIMEOUT',
        kind: 'unavailable',
      });
      expect(performance.now() - started).toBeGreaterThan(800);
    });
  });

  test('a statement that takes too long is DATA_TIMEOUT (timeout), and the connection serves again', async () => {
    if (suite.dialect === 'sqlite') return;
    expect(
      await failureOf(
        db.knex.raw(
          suite.dialect === 'postgres'
            ? 'select pg_sleep(5)'
            : 'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c',
        ),
      ),
    ).toMatchObject({ code: 'DATA_TIMEOUT', kind: 'timeout' });
    await db.ping();
  });

  test('a connection that the server ends is DATA_CONNECTION_LOST, and the next query works', async () => {
    if (suite.dialect === 'sqlite') return;
    const other = suite.database.open();
    const error = await failureOf(
      db.transaction(async () => {
        if (suite.dialect === 'postgres') {
          const [row] = await db.sql<{ pid: number }>`select pg_backend_pid() as pid`;
          await other.sql`select pg_terminate_backend(${row!.pid})`;
        } else {
          const [row] = await db.sql<{ pid: number }>`select connection_id() as pid`;
          await other.knex.raw(`kill ${Number(row!.pid)}`);
        }
        await db.repository(owners).count();
      }),
    );
    expect(error).toMatchObject({ code: 'DATA_CONNECTION_LOST' });
    expect(await db.repository(owners).count()).toBe(1);
    expect(db.pool.used).toBe(0);
  });

  test('a connection that was lost before COMMIT was sent is DATA_CONNECTION_LOST: nothing was committed', async () => {
    if (suite.dialect === 'sqlite') return;
    const other = suite.database.open();
    const error = await failureOf(
      db.transaction(async () => {
        await db.repository(owners).insert({ id: 90, email: 'lost' });
        if (suite.dialect === 'postgres')
          await other.sql`select pg_terminate_backend(${(await db.sql<{ pid: number }>`select pg_backend_pid() as pid`)[0]!.pid})`;
        else await other.knex.raw(`kill ${Number((await db.sql<{ pid: number }>`select connection_id() as pid`)[0]!.pid)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }),
    );
    expect(error).toMatchObject({ code: 'DATA_CONNECTION_LOST' });
    expect(await db.repository(owners).find(90)).toBeUndefined();
  });

  test('what knex or its driver cannot compile or bind is DATA_KNEX_QUERY, without the value', async () => {
    const wrong = [
      db.knex('owners').where({ email: undefined } as never),
      db.knex.raw('select ?', [undefined as never]),
      db.knex.raw('select ?, ?', [1]),
      db.knex('owners').where('email', 'resembles', 'x'),
    ];
    for (const query of wrong) expect(await failureOf(query)).toMatchObject({ code: 'DATA_KNEX_QUERY', kind: 'internal' });
    const bound = await failureOf(db.knex('owners').where('email', { token: secret } as never));
    if (suite.dialect !== 'postgres') expect(bound.code).toBe(suite.dialect === 'mysql' ? 'DATA_KNEX_QUERY' : 'DATA_STATEMENT');
    expect(inspect(bound, { depth: 9, showHidden: true })).not.toContain(secret);
    const inside = await failureOf(
      db.transaction(() =>
        db
          .knex('owners')
          .where({ email: undefined } as never)
          .then((rows) => rows),
      ),
    );
    expect(inside).toMatchObject({ code: 'DATA_KNEX_QUERY' });
    expect(db.pool.used).toBe(0);
  });

  test('a connection lost during COMMIT is DATA_COMMIT_UNKNOWN', async () => {
    if (suite.dialect !== 'postgres') return;
    const victim = suite.database.open();
    await db.knex.raw(
      `create or replace function slow() returns trigger language plpgsql as 'begin perform pg_sleep(1); return null; end'`,
    );
    await db.knex.raw(
      'create constraint trigger slow_commit after insert on pets deferrable initially deferred for each row execute function slow()',
    );
    let pid = 0;
    const outcome = failureOf(
      victim.transaction(async () => {
        pid = (await victim.sql<{ pid: number }>`select pg_backend_pid() as pid`)[0]!.pid;
        await victim.repository(pets).insert({ id: 77, ownerId: 1 });
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 400));
    await db.sql`select pg_terminate_backend(${pid})`;
    expect(await outcome).toMatchObject({ code: 'DATA_COMMIT_UNKNOWN' });
    await db.knex.raw('drop trigger slow_commit on pets');
  });

  test('a deferred constraint that fails at COMMIT rejects the transaction', async () => {
    if (suite.dialect !== 'postgres') return;
    await db.knex.raw('alter table pets alter constraint pets_owner_id_fkey deferrable initially deferred');
    expect(await failureOf(db.transaction(() => db.repository(pets).insert({ id: 5, ownerId: 999 })))).toMatchObject({
      code: 'DATA_FOREIGN_KEY',
    });
    await db.knex.raw('alter table pets alter constraint pets_owner_id_fkey not deferrable');
    expect(await db.repository(pets).count()).toBe(0);
  });

  test('waiting for a connection ends with DATA_POOL_TIMEOUT, and too many waiters with DATA_POOL_BUSY', async () => {
    const small = suite.database.open({ pool: { max: 1, acquireTimeout: 100, maxWaiting: 2 } });
    // Bound to the context outside of the transaction.
    const write = AsyncResource.bind(() => failureOf(small.repository(owners).deleteMany({ id: -1 })));
    await small.transaction(async () => {
      await small.repository(owners).count();
      const outside = await Promise.all([1, 2, 3].map(() => write()));
      expect(outside.map((error) => error.code).sort()).toEqual(['DATA_POOL_BUSY', 'DATA_POOL_TIMEOUT', 'DATA_POOL_TIMEOUT']);
    });
    expect(await small.repository(owners).count()).toBe(1);
  });

  test('no error, log line or event holds a bound value; each statement is logged with its duration, slow ones as warnings [DA-16]', async () => {
    const events: QueryEvent[] = [];
    const listen = (event: unknown) => void events.push(event as QueryEvent);
    queryChannel.subscribe(listen);
    const error = await failureOf(db.repository(owners).insert({ id: 2, email: secret }));
    await failureOf(db.knex('owners').insert({ id: secret, email: secret }));
    await failureOf(db.sql`select ${secret} frm ${owners} where`);
    await db.repository(owners).find(1);
    queryChannel.unsubscribe(listen);
    const seen = [
      lines.join(),
      ...events.map((event) => JSON.stringify(event) + String(event.error?.stack)),
      error.stack,
      JSON.stringify(error),
      (error.cause as Error).stack,
    ].join();
    expect(seen).not.toContain(secret);
    expect(events).toHaveLength(4);
    expect(events[0]).toMatchObject({ dialect: suite.dialect, bindings: 2, error: { code: 'DATA_UNIQUE' } });
    expect(events[3]!.duration).toBeGreaterThan(0);
    expect(lines.filter((line) => /^(?:debug|warn)/.test(line)).length).toBeGreaterThanOrEqual(4);
    lines.length = 0;
    const slow = {
      sqlite: 'with recursive c(x) as (select 1 union all select x + 1 from c where x < 400000) select count(*) from c',
      postgres: 'select pg_sleep(0.1)',
      mysql: 'select sleep(0.1)',
      mssql: `waitfor delay '00:00:00.1'`,
    };
    await db.knex.raw(slow[suite.dialect]);
    expect(lines.some((line) => line.startsWith('warn') && line.includes('Slow query'))).toBe(true);
  });
});

test('an unreachable server is DATA_UNAVAILABLE, at once and for each caller', async () => {
  for (const url of ['postgres://u:topsecret@127.0.0.1:1/x', 'mysql://u:topsecret@127.0.0.1:1/x']) {
    const db = openDatabase({ url });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => db.ping()));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DATA_UNAVAILABLE', kind: 'unavailable' } });
    expect(JSON.stringify(outcomes)).not.toContain('topsecret');
    expect(db.url).not.toContain('topsecret');
    await db.close();
  }
});

await describeDialect(
  'a silent server',
  { describe, test, beforeAll, afterAll },
  (suite) => {
    test('a statement on an open connection fails within 3 s, not at the limit of statements; work goes on once the server is back', async () => {
      const way = await startCuttingProxy(suite.database.url);
      const silent = openDatabase({ url: way.url, pool: { max: 3 } });
      await Promise.all([1, 2, 3].map(() => silent.ping()));
      way.blackHole('both');
      const started = performance.now();
      const outcomes = await Promise.allSettled([
        silent.ping(),
        silent.knex.raw('select 1'),
        silent.transaction(() => silent.ping()),
        silent.ping(),
      ]);
      expect(performance.now() - started).toBeLessThan(3_000);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } });
      expect((outcomes[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'DATA_CONNECTION_LOST' });
      way.heal();
      const back = performance.now();
      await silent.ping();
      expect(performance.now() - back).toBeLessThan(1_000);
      await silent.close();
      await way.close();
    });

    test('a COMMIT that gets no answer is DATA_COMMIT_UNKNOWN', async () => {
      const way = await startCuttingProxy(suite.database.url);
      const silent = openDatabase({ url: way.url });
      await expect(silent.transaction(async () => (await silent.knex.raw('select 1'), way.blackHole('both')))).rejects.toMatchObject({
        code: 'DATA_COMMIT_UNKNOWN',
      });
      await silent.close();
      await way.close();
    });

    test('a statement that is only slow is left alone', async () => {
      const db = suite.database.open({ pool: { max: 1 } });
      const slow = db.knex.raw(suite.dialect === 'postgres' ? 'select pg_sleep(3.5)' : 'select sleep(3.5)');
      await expect(slow.then(() => 'answered')).resolves.toBe('answered');
      await db.close();
    });
  },
  ['postgres', 'mysql'],
);

test('a server that accepts and never answers is DATA_UNAVAILABLE within the connect limit', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  for (const scheme of ['postgres', 'mysql']) {
    const db = openDatabase({ url: `${scheme}://u@127.0.0.1:${port}/x`, connectTimeout: 300 });
    const started = performance.now();
    await expect(db.ping()).rejects.toMatchObject({ code: 'DATA_UNAVAILABLE' });
    let ran = false;
    await expect(db.transaction(() => (ran = true))).rejects.toMatchObject({ code: 'DATA_UNAVAILABLE' });
    expect(ran).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
    await db.close();
  }
  silent.close();
});
