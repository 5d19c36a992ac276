import { type Database, defineMigration, integer, type Migration, table, text } from '@plinth/data';
import { createTestDatabase, describeDialect, type TestDatabase } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const things = table('things', { id: integer().primary(), label: text({ max: 20 }).nullable() });
const create = (name: string, of: string): Migration =>
  defineMigration(name, {
    up: ({ sql }) => sql`create table ${table(of, { id: integer().primary() })} (id integer not null primary key)`,
    down: ({ dropTable }) => dropTable(of),
  });
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  );

await describeDialect('states of migrations', { describe, test, beforeAll, afterAll }, (suite) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(suite.dialect, { driver: suite.driver });
  });
  afterEach(() => database.drop());
  const open = (...migrations: readonly Migration[]): Database => database.open({ migrations });
  const states = async (db: Database): Promise<string[]> => (await db.migrate.status()).map(({ name, state }) => `${name} ${state}`);

  test('up to a name, down by steps, to a name, or all; redo [DA-05]', async () => {
    const db = open(create('1', 'a'), create('2', 'b'), create('3', 'c'));
    expect(await db.migrate.up({ to: '2' })).toEqual(['1', '2']);
    expect(await db.migrate.up()).toEqual(['3']);
    expect(await db.migrate.redo({ steps: 2 })).toEqual(['2', '3']);
    expect(await db.migrate.down({ to: '1' })).toEqual(['3', '2']);
    expect(await states(db)).toEqual(['1 applied', '2 pending', '3 pending']);
    expect(await db.migrate.down({ all: true })).toEqual(['1']);
    expect(await db.migrate.down()).toEqual([]);
    expect(await db.migrate.redo()).toEqual([]);
    expect(await codeOf(db.migrate.up({ to: '9' }))).toBe('DATA_MIGRATION_TARGET');
    expect(await codeOf(db.migrate.down({ to: '1' }))).toBe('DATA_MIGRATION_TARGET');
    expect(await codeOf(db.migrate.down({ steps: 0 }))).toBe('DATA_MIGRATION_TARGET');
    expect(await codeOf(db.migrate.down({ steps: 1, all: true } as never))).toBe('DATA_MIGRATION_TARGET');
    expect(await codeOf(db.migrate.resolve('1', 'applied'))).toBe('DATA_MIGRATION_TARGET');
    expect(await codeOf(db.migrate.accept('1'))).toBe('DATA_MIGRATION_TARGET');
  });

  test('nothing is undone when one of the chosen cannot be', async () => {
    const db = open(defineMigration('1', { up: () => undefined }), create('2', 'b'));
    await db.migrate.up();
    expect(await codeOf(db.migrate.down())).toBe('DATA_MIGRATION_IRREVERSIBLE');
    expect(await states(db)).toEqual(['1 applied', '2 applied']);
  });

  test('a dry run gives the SQL of up and of down, and changes nothing [DA-05]', async () => {
    const moves = defineMigration('2', {
      steps: [
        { up: ({ createTable }) => createTable(things), down: ({ dropTable }) => dropTable(things) },
        { up: ({ db }) => db.repository(things).insert({ id: 1, label: 'secret' }), down: () => undefined },
      ],
    });
    const db = open(create('1', 'a'), moves);
    const found = await db.migrate.dryRun('up');
    expect(found.map(({ name, direction, ran }) => ({ name, direction, ran }))).toEqual([
      { name: '1', direction: 'up', ran: suite.dialect !== 'mysql' },
      { name: '2', direction: 'up', ran: suite.dialect !== 'mysql' },
    ]);
    expect(found[0]!.statements.join()).toContain('create table');
    const text = found[1]!.statements.join('\n');
    expect(text).toMatch(/create table .things./);
    expect(text).toMatch(/insert into .things./);
    expect(text).not.toContain('secret');
    expect(await states(db)).toEqual(['1 pending', '2 pending']);
    await db.migrate.up();
    expect((await db.migrate.dryRun('up')).length).toBe(0);
    expect((await db.migrate.dryRun('down', { steps: 1 })).map(({ name, direction }) => `${name} ${direction}`)).toEqual(['2 down']);
    expect(await states(db)).toEqual(['1 applied', '2 applied']);
    expect(await db.repository(things).count()).toBe(1);
  });

  test('an applied migration that was changed is found, named, and can be accepted', async () => {
    const before = defineMigration('1', { up: ({ createTable }) => createTable(things, { without: ['label'] }) });
    await open(before, create('2', 'b')).migrate.up({ verify: true });
    expect(await open(before).migrate.up({ verify: true })).toEqual([]);
    // The table value got a column, and so another SQL comes from the same source.
    const changed = open(defineMigration('1', { up: ({ createTable }) => createTable(things) }), create('2', 'b'));
    const error = (await changed.migrate.up({ verify: true }).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'DATA_MIGRATION_CHANGED', help: expect.stringContaining('without') });
    expect(error.message).toMatch(/The migration 1 .* schema change 1 .*label/);
    expect(await changed.migrate.up()).toEqual([]);
    expect(await changed.migrate.status({ verify: true })).toMatchObject([
      { name: '1', state: 'changed', statement: expect.stringContaining('label') },
      { name: '2', state: 'applied' },
    ]);
    await changed.migrate.accept('1');
    expect(await changed.migrate.up({ verify: true })).toEqual([]);
    // One that needs data, and one that says so, are left out.
    const needs = defineMigration('1', {
      async up({ sql }) {
        const [row] = await sql<{ id: number }>`select id from ${things}`;
        await sql`create table other (id integer, n integer default ${row!.id})`;
      },
    });
    expect(await open(needs, create('2', 'b')).migrate.up({ verify: true })).toEqual([]);
    const quiet = defineMigration('1', { up: ({ sql }) => sql`create table other (id integer)`, verify: false });
    expect(await open(quiet, create('2', 'b')).migrate.up({ verify: true })).toEqual([]);
  });

  test('white space and the way a migration is written change nothing; an added or removed statement does', async () => {
    const one = defineMigration('1', { up: ({ sql }) => sql`create table a (id   integer)` });
    await open(one).migrate.up();
    const same = defineMigration('1', {
      async up(context) {
        await context.db.sql`/* the first */ create table a
          (id integer)`;
      },
    });
    expect(await open(same).migrate.up({ verify: true })).toEqual([]);
    const more = defineMigration('1', { steps: [same.steps[0]!, { up: ({ sql }) => sql`create table b (id integer)` }] });
    const error = (await open(more)
      .migrate.up({ verify: true })
      .catch((reason: unknown) => reason)) as Error;
    expect(error.message).toContain('schema change 2');
    const none = defineMigration('1', { up: () => undefined });
    expect(await codeOf(open(none).migrate.up({ verify: true }))).toBe('DATA_MIGRATION_CHANGED');
  });

  test('a step that failed at its first statement left nothing: corrected, it goes on there [DA-05]', async () => {
    const runs: number[] = [];
    const steps = (third: string): Migration =>
      defineMigration('1', {
        steps: [
          { up: ({ sql }) => (runs.push(1), sql`create table a (id integer)`), down: ({ dropTable }) => dropTable('a') },
          {
            up: ({ sql }) => (runs.push(2), sql`create table b (id integer)`),
            down: ({ dropTable }) => dropTable(third === 'bad' ? 'nowhere' : 'b'),
          },
          {
            up: ({ schema }) => (
              runs.push(3),
              third === 'bad' ? schema.raw('create tabel c (id integer)') : schema.raw('create table c (id integer)')
            ),
            down: ({ dropTable }) => dropTable('c'),
          },
        ],
      });
    const error = (await open(steps('bad'))
      .migrate.up()
      .catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'DATA_MIGRATION_FAILED' });
    if (suite.dialect === 'mysql') {
      expect(error.message).toContain('(up, step 3)');
      expect((await open(steps('good')).migrate.status())[0]).toMatchObject({ state: 'partial', steps: 2 });
    } else expect(await states(open(steps('good')))).toEqual(['1 pending']);
    runs.length = 0;
    expect(await open(steps('good')).migrate.up()).toEqual(['1']);
    expect(runs).toEqual(suite.dialect === 'mysql' ? [3] : [1, 2, 3]);
    // The same on the way down.
    expect(await codeOf(open(steps('bad')).migrate.down())).toBe('DATA_MIGRATION_FAILED');
    expect((await open(steps('good')).migrate.status())[0]!.state).toBe(suite.dialect === 'mysql' ? 'partial' : 'applied');
    expect(await open(steps('good')).migrate.down()).toEqual(['1']);
    expect(await states(open(steps('good')))).toEqual(['1 pending']);
  });

  test('transactions inside a migration hold, whether it is in one itself or not', async () => {
    const insert = (db: Database, id: number, fails: boolean) =>
      db.transaction(
        async () => {
          await db.repository(things).insert({ id });
          await db.transaction(() => db.repository(things).insert({ id: id + 100 }));
          if (fails) throw new Error('undo');
        },
        { mode: fails ? 'nested' : 'required' },
      );
    const hooks: string[] = [];
    const data = (name: string, transaction: boolean): Migration =>
      defineMigration(name, {
        transaction,
        async up({ db }) {
          await insert(db, Number(name), false);
          await insert(db, 50, true).catch(() => undefined);
          await db.afterCommit(async () => void hooks.push(`${await db.repository(things).count()}`));
        },
      });
    const db = open(defineMigration('1', { up: ({ createTable }) => createTable(things) }), data('2', true), data('3', false));
    expect(await db.migrate.up()).toEqual(['1', '2', '3']);
    expect((await db.repository(things).findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id)).toEqual([2, 3, 102, 103]);
    // After the commit; at once where there is no transaction.
    expect(hooks).toEqual(suite.dialect === 'mysql' ? ['2', '4'] : ['4', '4']);
  });
});
