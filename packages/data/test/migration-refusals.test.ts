import { randomBytes } from 'node:crypto';
import { type Database, defineMigration, openDatabase, type Migration } from '@plinth/data';
import { createTestDatabase, describeDialect, type TestDatabase } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const create = (name: string, of = 'a'): Migration =>
  defineMigration(name, { up: ({ schema }) => schema.createTable(of, (builder) => void builder.integer('id')) });
const errorOf = (promise: Promise<unknown>): Promise<Error & { code?: string; help?: string }> =>
  promise.then(
    () => new Error('nothing was refused'),
    (error: unknown) => error as Error,
  );

await describeDialect('refusals of migrations', { describe, test, beforeAll, afterAll }, (suite) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(suite.dialect, { driver: suite.driver });
  });
  afterEach(() => database.drop());
  const open = (...migrations: readonly Migration[]): Database => database.open({ migrations });

  test.each([
    ['twice', [create('1'), create('1')], 'listed twice'],
    ['apart only in case', [create('a_B'), create('a_b')], 'upper and lower case'],
    ['a file', [create('001_users.ts')], 'like that of a file'],
    ['a path', [create('../x')], 'not well named'],
    ['empty', [create('')], 'not well named'],
    ['too long', [create('x'.repeat(191))], 'not well named'],
  ])('the name of a migration: %s', (_, migrations, reason) => {
    expect(() => open(...migrations)).toThrow(
      expect.objectContaining({ code: 'DATA_MIGRATION_NAME', message: expect.stringContaining(reason) }),
    );
  });

  test('a migration without up, or with no steps, is refused when it is defined', () => {
    for (const body of [{}, { steps: [] }, { steps: [{ down: () => undefined }] }])
      expect(() => defineMigration('1', body as never)).toThrow(expect.objectContaining({ code: 'DATA_MIGRATION_NAME' }));
  });

  test('one that was taken off the list is unknown, and the others go on', async () => {
    await open(create('1'), create('2', 'b')).migrate.up();
    const less = open(create('1'), create('3', 'c'));
    expect((await less.migrate.status()).map(({ state }) => state)).toEqual(['applied', 'unknown', 'pending']);
    expect(await less.migrate.up()).toEqual(['3']);
    expect(await errorOf(less.migrate.down({ all: true }))).toMatchObject({ code: 'DATA_MIGRATION_UNKNOWN' });
  });

  test('one that comes late is out of order, and named with the one before which it sorts', async () => {
    await open(create('2')).migrate.up();
    const late = open(create('1', 'b'), create('2'));
    expect((await late.migrate.status()).map(({ state }) => state)).toEqual(['out-of-order', 'applied']);
    const error = await errorOf(late.migrate.up());
    expect(error).toMatchObject({ code: 'DATA_MIGRATION_ORDER' });
    expect(error.message).toMatch(/1 sorts before 2/);
  });

  test('what a migration throws is the cause, whatever it is; no value is in the message', async () => {
    const thrown = open(
      defineMigration('1', {
        up: () => {
          throw 'text';
        },
      }),
    );
    expect((await errorOf(thrown.migrate.up())).message).toContain('no Error');
    const secret = open(defineMigration('1', { up: ({ sql }) => sql`insert into nowhere values (${'hunter2'})` }));
    const error = await errorOf(secret.migrate.up());
    expect(error).toMatchObject({ code: 'DATA_MIGRATION_FAILED', cause: { code: 'DATA_SCHEMA_MISMATCH' } });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    expect(await open(create('1')).migrate.up()).toEqual(['1']);
  });

  test('a failure that the migration caught rolls it back where that can be done, and is said', async () => {
    const caught = open(
      defineMigration('1', {
        async up({ sql }) {
          await sql`create table a (id integer)`;
          await sql`select * from nowhere`.catch(() => undefined);
        },
      }),
    );
    if (suite.dialect === 'mysql') expect(await caught.migrate.up()).toEqual(['1']);
    else expect(await errorOf(caught.migrate.up())).toMatchObject({ cause: { code: 'DATA_TRANSACTION_ABORTED' } });
  });

  test('a query that nobody awaited, and one that comes too late', async () => {
    let late: Promise<unknown> | undefined;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const db = open(
      defineMigration('1', {
        up: ({ sql }) => {
          void sql`create table a (id integer)`;
          late = gate.then(() => sql`create table b (id integer)`);
        },
      }),
    );
    expect(await db.migrate.up()).toEqual(['1']);
    go();
    expect(await errorOf(late!)).toMatchObject({ code: 'DATA_TRANSACTION_CLOSED' });
    expect(await db.sql`select * from a`).toEqual([]);
  });

  test.each([
    ['a column is gone', 'alter table plinth_migrations rename column steps to stepz', 'a column is missing'],
    ['a batch is no number', `update plinth_migrations set batch = 0`, 'no batch'],
    ['a time is no time', `update plinth_migrations set finished_at = 'yesterday'`, 'no date'],
  ])('a journal that somebody changed: %s', async (_, change, reason) => {
    const db = open(create('1'), create('2', 'b'));
    await db.migrate.up({ to: '1' });
    await db.knex.raw(change);
    for (const run of [() => db.migrate.up(), () => db.migrate.status(), () => db.migrate.down()]) {
      const error = await errorOf(run());
      expect(error).toMatchObject({ code: 'DATA_MIGRATION_JOURNAL', help: expect.stringContaining('backup') });
      expect(error.message).toContain(reason);
    }
  });

  test('the time limit of the lock [DA-05]', async () => {
    let release: () => void = () => undefined;
    let reached: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const inside = new Promise<void>((resolve) => (reached = resolve));
    const slow = defineMigration('1', {
      async up({ sql }) {
        await sql`create table a (id integer)`;
        reached();
        await held;
      },
    });
    const first = open(slow).migrate.up();
    await inside;
    const second = database.open({ migrations: [slow], migrationLockTimeout: 300, lockTimeout: 100 });
    expect(await errorOf(second.migrate.up())).toMatchObject({ code: 'DATA_MIGRATION_LOCK', kind: 'unavailable' });
    if (suite.dialect === 'mysql') expect((await second.migrate.status())[0]).toMatchObject({ state: 'running' });
    release();
    expect(await first).toEqual(['1']);
    // Where nothing is pending, nobody waits for a lock.
    expect(await second.migrate.up()).toEqual([]);
  });

  test.skipIf(suite.dialect === 'sqlite')('a user without rights is told; where nothing is pending, it may start', async () => {
    const user = `plinth_${randomBytes(4).toString('hex')}`;
    const admin = open(create('1'));
    const name = new URL(database.url).pathname.slice(1);
    const postgres = suite.dialect === 'postgres';
    await admin.knex.raw(postgres ? `create role ${user} login` : `create user ${user}@'127.0.0.1'`);
    await admin.knex.raw(postgres ? `grant connect on database ${name} to ${user}` : `grant select on ${name}.* to ${user}@'127.0.0.1'`);
    const url = new URL(database.url);
    url.username = user;
    const poor = openDatabase({ url: url.href, migrations: [create('1')] });
    try {
      const error = await errorOf(poor.migrate.up());
      expect(error).toMatchObject({ code: 'DATA_MIGRATION_JOURNAL', help: expect.stringContaining('right') });
      await admin.migrate.up();
      if (postgres) await admin.knex.raw(`grant select on plinth_migrations to ${user}`);
      expect(await poor.migrate.up()).toEqual([]);
      expect((await poor.migrate.status())[0]).toMatchObject({ state: 'applied' });
    } finally {
      await poor.close();
      if (postgres) await admin.knex.raw(`drop owned by ${user}`);
      await admin.knex.raw(postgres ? `drop role ${user}` : `drop user ${user}@'127.0.0.1'`);
    }
  });
});
