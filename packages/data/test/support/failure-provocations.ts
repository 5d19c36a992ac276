import { randomBytes } from 'node:crypto';
import { type Database, type DatabaseOptions, openDatabase } from '@plinth/data';
import type { DialectSuite } from '@plinth/data/testing';
import { expect } from 'vitest';

/** What provokes a failure, and what must come of it. */
export interface Provocation {
  readonly code: string;
  /** Codes of the driver, any of which may be the cause; the documented ones. */
  readonly driver: readonly (string | undefined)[];
  run(context: Context): PromiseLike<unknown>;
}

export interface Context {
  readonly db: Database;
  open(options?: Partial<DatabaseOptions>): Database;
  readonly suite: DialectSuite;
}

/** A failure that a database never reports, and what happens instead. */
export interface Absent {
  readonly absent: string;
  readonly instead: (context: Context) => PromiseLike<unknown>;
}

export type Row = Provocation | Absent;
/** A value that stands in the rows, and in no failure. */
export const secret = 'secret-value@example.org';
const insert =
  (values: string) =>
  ({ db }: Context) =>
    db.knex.raw(`insert into pets (id, owner_id, name, small, kind) values ${values}`);

/** Each of two transactions holds a row and wants the other's. */
async function deadlock({ db, open }: Context): Promise<void> {
  const other = open();
  const held = Promise.withResolvers<void>();
  const crossed = Promise.withResolvers<void>();
  const lock = (database: Database, id: number) => database.knex.raw(`update owners set email = 'x${id}' where id = ${id}`);
  const first = db.transaction(async () => {
    await lock(db, 1);
    held.resolve();
    await crossed.promise;
    await lock(db, 2);
  });
  const second = other.transaction(async () => {
    await held.promise;
    await lock(other, 2);
    const wanted = Promise.resolve(lock(other, 1));
    crossed.resolve();
    await wanted;
  });
  const outcomes = await Promise.allSettled([first, second]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Two serializable transactions read what the other writes. */
async function writeSkew({ db, open }: Context): Promise<void> {
  const other = open();
  const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const skew = (database: Database, own: number) =>
    database.transaction(
      async () => {
        await database.knex.raw('select count(*) from owners');
        both[own]!.resolve();
        await Promise.all(both.map(({ promise }) => promise));
        await database.knex.raw(`update owners set email = 'skew${own}' where id = ${own + 1}`);
      },
      { isolation: 'serializable' },
    );
  const outcomes = await Promise.allSettled([skew(db, 0), skew(other, 1)]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function lockTimeout({ db, open }: Context): Promise<void> {
  const other = open({ lockTimeout: 1_000 });
  await db.transaction(async () => {
    await db.knex.raw(`update owners set email = 'held' where id = 1`);
    await other.transaction(() => other.knex.raw(`update owners set email = 'waits' where id = 1`));
  });
}

const missingTable: Provocation['run'] = ({ db }) => db.knex.raw('select * from nowhere');
const missingColumn: Provocation['run'] = ({ db }) => db.knex.raw('select missing_column from owners');

/** Every failure, provoked on each database; those that a database never reports, with what happens instead. */
export const provocations: Readonly<Record<'postgres' | 'mysql' | 'sqlite', readonly Row[]>> = {
  postgres: [
    { code: 'DATA_UNIQUE', driver: ['23505'], run: ({ db }) => db.knex('owners').insert({ id: 9, email: secret }) },
    { code: 'DATA_FOREIGN_KEY', driver: ['23503'], run: insert(`(1, 99, 'a', 1, 'cat')`) },
    { code: 'DATA_FOREIGN_KEY', driver: ['23503', '23001'], run: ({ db }) => db.knex.raw('delete from owners where id = 3') },
    { code: 'DATA_NOT_NULL', driver: ['23502'], run: insert(`(1, null, 'a', 1, 'cat')`) },
    { code: 'DATA_CHECK', driver: ['23514'], run: insert(`(1, 1, 'a', 1, 'cow')`) },
    { code: 'DATA_TOO_LONG', driver: ['22001'], run: insert(`(1, 1, 'much too long', 1, 'cat')`) },
    { code: 'DATA_OUT_OF_RANGE', driver: ['22003'], run: insert(`(1, 1, 'a', 99999, 'cat')`) },
    { code: 'DATA_OUT_OF_RANGE', driver: ['22008'], run: ({ db }) => db.knex.raw(`select '2024-02-30'::date`) },
    { code: 'DATA_SERIALIZATION', driver: ['40001'], run: writeSkew },
    { code: 'DATA_DEADLOCK', driver: ['40P01'], run: deadlock },
    { code: 'DATA_LOCK_TIMEOUT', driver: ['55P03'], run: lockTimeout },
    { code: 'DATA_TIMEOUT', driver: ['57014'], run: ({ open }) => open({ statementTimeout: 200 }).knex.raw('select pg_sleep(5)') },
    {
      code: 'DATA_READ_ONLY',
      driver: ['25006'],
      run: ({ db }) =>
        db.transaction(async () => {
          await db.knex.raw('set transaction read only');
          await db.knex.raw('delete from pets');
        }),
    },
    { code: 'DATA_CONNECTION_LOST', driver: ['57P01'], run: ({ db }) => db.knex.raw('select pg_terminate_backend(pg_backend_pid())') },
    { code: 'DATA_UNAVAILABLE', driver: ['ECONNREFUSED'], run: () => ask('postgres://postgres@127.0.0.1:9/x') },
    {
      code: 'DATA_UNAVAILABLE',
      driver: ['3D000'],
      run: ({ suite }) => ask(withPath(suite.database.url, 'plinth_no_such_database')),
    },
    {
      code: 'DATA_UNAVAILABLE',
      driver: ['53300'],
      async run({ db, suite }) {
        const role = `plinth_role_${randomBytes(4).toString('hex')}`;
        await db.knex.raw(`create role ${role} login connection limit 0`);
        try {
          await ask(withUser(suite.database.url, role));
        } finally {
          await db.knex.raw(`drop role ${role}`);
        }
      },
    },
    { code: 'DATA_SCHEMA_MISMATCH', driver: ['42P01'], run: missingTable },
    { code: 'DATA_SCHEMA_MISMATCH', driver: ['42703'], run: missingColumn },
    { code: 'DATA_STATEMENT', driver: ['42601'], run: ({ db }) => db.knex.raw('selct 1') },
    { code: 'DATA_STATEMENT', driver: ['22P02'], run: ({ db }) => db.knex.raw(`select '${secret}'::integer`) },
  ],
  mysql: [
    { code: 'DATA_UNIQUE', driver: ['ER_DUP_ENTRY'], run: ({ db }) => db.knex('owners').insert({ id: 9, email: secret }) },
    { code: 'DATA_FOREIGN_KEY', driver: ['ER_NO_REFERENCED_ROW_2'], run: insert(`(1, 99, 'a', 1, 'cat')`) },
    { code: 'DATA_FOREIGN_KEY', driver: ['ER_ROW_IS_REFERENCED_2'], run: ({ db }) => db.knex.raw('delete from owners where id = 3') },
    { code: 'DATA_NOT_NULL', driver: ['ER_BAD_NULL_ERROR'], run: insert(`(1, null, 'a', 1, 'cat')`) },
    {
      code: 'DATA_NOT_NULL',
      driver: ['ER_NO_DEFAULT_FOR_FIELD'],
      run: ({ db }) => db.knex.raw(`insert into pets (id, name) values (1, 'a')`),
    },
    { code: 'DATA_CHECK', driver: ['ER_CONSTRAINT_FAILED'], run: insert(`(1, 1, 'a', 1, 'cow')`) },
    { code: 'DATA_TOO_LONG', driver: ['ER_DATA_TOO_LONG'], run: insert(`(1, 1, 'much too long', 1, 'cat')`) },
    { code: 'DATA_OUT_OF_RANGE', driver: ['ER_WARN_DATA_OUT_OF_RANGE'], run: insert(`(1, 1, 'a', 99999, 'cat')`) },
    { code: 'DATA_OUT_OF_RANGE', driver: ['ER_DATA_OUT_OF_RANGE'], run: ({ db }) => db.knex.raw('select 9223372036854775807 + 1') },
    // Serializable reads take locks here: who would collide waits for the other, and is found as a deadlock.
    { absent: 'DATA_SERIALIZATION', instead: (context) => writeSkew(context).catch(expectCode('DATA_DEADLOCK')) },
    { code: 'DATA_DEADLOCK', driver: ['ER_LOCK_DEADLOCK'], run: deadlock },
    { code: 'DATA_LOCK_TIMEOUT', driver: ['ER_LOCK_WAIT_TIMEOUT'], run: lockTimeout },
    {
      code: 'DATA_TIMEOUT',
      driver: ['ER_STATEMENT_TIMEOUT', 'ER_QUERY_TIMEOUT'],
      run: ({ open }) =>
        open({ statementTimeout: 200 }).knex.raw(
          'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c',
        ),
    },
    {
      code: 'DATA_READ_ONLY',
      driver: ['ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION'],
      async run({ db }) {
        await db.transaction(() => db.knex.raw('set session transaction read only'));
        await db.transaction(() => db.knex.raw('delete from pets')).finally(() => db.knex.raw('set session transaction read write'));
      },
    },
    {
      code: 'DATA_CONNECTION_LOST',
      driver: ['ER_CONNECTION_KILLED', 'PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', undefined],
      run: ({ db, open }) =>
        db.transaction(async () => {
          const [row] = await db.sql<{ pid: number }>`select connection_id() as pid`;
          await open().knex.raw(`kill ${Number(row!.pid)}`);
          await db.knex.raw('select sleep(5)');
        }),
    },
    { code: 'DATA_UNAVAILABLE', driver: ['ECONNREFUSED'], run: () => ask('mariadb://root@127.0.0.1:9/x') },
    {
      code: 'DATA_UNAVAILABLE',
      driver: ['ER_BAD_DB_ERROR'],
      run: ({ suite }) => ask(withPath(suite.database.url, 'plinth_no_such_database')),
    },
    {
      code: 'DATA_UNAVAILABLE',
      driver: ['ER_USER_LIMIT_REACHED', 'ER_TOO_MANY_USER_CONNECTIONS'],
      async run({ db, suite }) {
        const user = `plinth_${randomBytes(4).toString('hex')}`;
        const name = new URL(suite.database.url).pathname.slice(1);
        await db.knex.raw(`create user '${user}'@'%' with max_user_connections 1`);
        await db.knex.raw(`grant all on \`${name}\`.* to '${user}'@'%'`);
        const holder = openDatabase({ url: withUser(suite.database.url, user) });
        try {
          await holder.ping();
          await ask(withUser(suite.database.url, user));
        } finally {
          await holder.close();
          await db.knex.raw(`drop user '${user}'@'%'`);
        }
      },
    },
    { code: 'DATA_SCHEMA_MISMATCH', driver: ['ER_NO_SUCH_TABLE'], run: missingTable },
    { code: 'DATA_SCHEMA_MISMATCH', driver: ['ER_BAD_FIELD_ERROR'], run: missingColumn },
    { code: 'DATA_STATEMENT', driver: ['ER_PARSE_ERROR'], run: ({ db }) => db.knex.raw('selct 1') },
    {
      code: 'DATA_STATEMENT',
      driver: ['ER_TRUNCATED_WRONG_VALUE_FOR_FIELD'],
      run: ({ db }) => db.knex.raw(`insert into pets (id, owner_id) values (1, '${secret}')`),
    },
  ],
  sqlite: [
    { code: 'DATA_UNIQUE', driver: ['SQLITE_CONSTRAINT_UNIQUE'], run: ({ db }) => db.knex('owners').insert({ id: 9, email: secret }) },
    { code: 'DATA_UNIQUE', driver: ['SQLITE_CONSTRAINT_PRIMARYKEY'], run: ({ db }) => db.knex('owners').insert({ id: 1, email: 'y' }) },
    { code: 'DATA_FOREIGN_KEY', driver: ['SQLITE_CONSTRAINT_FOREIGNKEY'], run: insert(`(1, 99, 'a', 1, 'cat')`) },
    {
      code: 'DATA_FOREIGN_KEY',
      driver: ['SQLITE_CONSTRAINT_FOREIGNKEY', 'SQLITE_CONSTRAINT_TRIGGER'],
      run: ({ db }) => db.knex.raw('delete from owners where id = 3'),
    },
    { code: 'DATA_NOT_NULL', driver: ['SQLITE_CONSTRAINT_NOTNULL'], run: insert(`(1, null, 'a', 1, 'cat')`) },
    { code: 'DATA_CHECK', driver: ['SQLITE_CONSTRAINT_CHECK'], run: insert(`(1, 1, 'a', 1, 'cow')`) },
    // Lengths and ranges of SQLite's types are not enforced: columns of table() check them before.
    { absent: 'DATA_TOO_LONG', instead: insert(`(1, 1, 'much too long', 1, 'cat')`) },
    { absent: 'DATA_OUT_OF_RANGE', instead: insert(`(1, 1, 'a', 99999, 'cat')`) },
    // Transactions begin as writers, one after the other: none has read what another one changes.
    { absent: 'DATA_SERIALIZATION', instead: ({ db }) => Promise.all([1, 2].map((id) => countAndRename(db, id))) },
    // Writers wait in line: the second begins when the first has ended.
    { absent: 'DATA_DEADLOCK', instead: ({ db }) => Promise.all([1, 2].map((id) => rename(db, id, 3 - id))) },
    { code: 'DATA_LOCK_TIMEOUT', driver: ['SQLITE_BUSY'], run: lockTimeout },
    // It runs in this process and cannot be interrupted.
    {
      absent: 'DATA_TIMEOUT',
      instead: ({ open }) =>
        open({ statementTimeout: 1 }).knex.raw(
          'with recursive c(x) as (select 1 union all select x + 1 from c where x < 200000) select count(*) from c',
        ),
    },
    {
      code: 'DATA_READ_ONLY',
      driver: ['SQLITE_READONLY'],
      async run({ open }) {
        const reader = open();
        await reader.knex.raw('pragma query_only = on');
        await reader.knex.raw('delete from pets').finally(() => reader.knex.raw('pragma query_only = off'));
      },
    },
    { absent: 'DATA_CONNECTION_LOST', instead: ({ db }) => db.ping() },
    { code: 'DATA_UNAVAILABLE', driver: ['SQLITE_CANTOPEN'], run: () => ask('sqlite:/proc') },
    { code: 'DATA_SCHEMA_MISMATCH', driver: ['SQLITE_ERROR'], run: missingTable },
    { code: 'DATA_SCHEMA_MISMATCH', driver: ['SQLITE_ERROR'], run: missingColumn },
    { code: 'DATA_STATEMENT', driver: ['SQLITE_ERROR'], run: ({ db }) => db.knex.raw('selct 1') },
  ],
};

async function ask(url: string): Promise<void> {
  const database = openDatabase({ url });
  try {
    await database.ping();
  } finally {
    await database.close();
  }
}

async function rename(db: Database, first: number, second: number): Promise<void> {
  await db.transaction(async () => {
    for (const id of [first, second]) await db.knex.raw(`update owners set email = 'r${first}${id}' where id = ${id}`);
  });
}

async function countAndRename(db: Database, id: number): Promise<void> {
  await db.transaction(async () => {
    await db.knex.raw('select count(*) from owners');
    await db.knex.raw(`update owners set email = 'c${id}' where id = ${id}`);
  });
}

function expectCode(code: string): (error: unknown) => void {
  return (error) => expect(error).toMatchObject({ code });
}

function withPath(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function withUser(url: string, user: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = '';
  return changed.href;
}
