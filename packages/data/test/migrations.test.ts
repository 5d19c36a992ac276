import { type AnyColumn, type Database, defineMigration, defineSeed, integer, table, text, uuid } from '@plinth/data';
import { createTestDatabase, describeDialect, type TestDatabase } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const parents = table('parents', { id: integer().primary(), label: text().unique() });
const children = table('children', { id: integer().primary(), parentId: integer().references(() => parents.id, { onDelete: 'cascade' }) });
const createParents = defineMigration('001_parents', {
  up: ({ createTable }) => createTable(parents),
  down: ({ dropTable }) => dropTable(parents),
});
const createChildren = defineMigration('002_children', {
  up: ({ createTable }) => createTable(children),
  down: ({ dropTable }) => dropTable(children),
});

await describeDialect('migrations', { describe, test, beforeAll, afterAll }, (suite) => {
  let database: TestDatabase;
  let db: Database;
  beforeEach(async () => {
    database = await createTestDatabase(suite.dialect);
    db = database.open({ migrations: [createChildren, createParents] });
  });
  afterEach(() => database.drop());

  test('up applies in order of names, once; status tells; down undoes the last batch [DA-05]', async () => {
    expect((await db.migrate.status()).map(({ name, state }) => `${name} ${state}`)).toEqual([
      '001_parents pending',
      '002_children pending',
    ]);
    expect(await db.migrate.up()).toEqual(['001_parents', '002_children']);
    expect(await db.migrate.up()).toEqual([]);
    expect(await db.migrate.status()).toMatchObject([
      { state: 'applied', batch: 1 },
      { state: 'applied', batch: 1 },
    ]);
    expect(await db.migrate.down({ steps: 1 })).toEqual(['002_children']);
    expect(await db.migrate.up()).toEqual(['002_children']);
    expect(await db.migrate.down()).toEqual(['002_children']);
    expect(await db.migrate.down()).toEqual(['001_parents']);
    expect((await db.migrate.status()).map(({ state }) => state)).toEqual(['pending', 'pending']);
  });

  test('a migration that fails leaves a clean state where the schema is transactional, and says where it is not [DA-05]', async () => {
    const broken = defineMigration('002_broken', {
      async up({ createTable, db: own }) {
        await createTable(children);
        await own.sql`insert into nowhere values (1)`;
      },
    });
    const failing = database.open({ migrations: [createParents, broken] });
    const error = (await failing.migrate.up().catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'DATA_MIGRATION_FAILED', cause: { code: 'DATA_SCHEMA_MISMATCH' } });
    expect(error.message).toContain('002_broken');
    if (suite.dialect === 'mysql') {
      await expect(failing.migrate.up()).rejects.toMatchObject({ code: 'DATA_MIGRATION_INTERRUPTED' });
      expect((await failing.migrate.status())[1]).toMatchObject({ state: 'interrupted' });
    } else {
      expect(await db.migrate.up()).toEqual(['002_children']);
    }
  });

  test('eight databases of one process migrate together as well', async () => {
    const all = Array.from({ length: 8 }, () => database.open({ migrations: [createParents, createChildren] }));
    const applied = (await Promise.all(all.map((one) => one.migrate.up()))).flat();
    expect(applied.sort()).toEqual(['001_parents', '002_children']);
  });

  test('an earlier name than an applied one, a name twice, and a bad name are refused', async () => {
    await database.open({ migrations: [createChildren, createParents] }).migrate.up();
    const late = database.open({ migrations: [createParents, createChildren, defineMigration('001_z', { up: () => undefined })] });
    await expect(late.migrate.up()).rejects.toMatchObject({ code: 'DATA_MIGRATION_ORDER' });
    expect(() => database.open({ migrations: [createParents, createParents] })).toThrow(
      expect.objectContaining({ code: 'DATA_MIGRATION_NAME' }),
    );
    expect(() => database.open({ migrations: [defineMigration('../x', { up: () => undefined })] })).toThrow(
      expect.objectContaining({ code: 'DATA_MIGRATION_NAME' }),
    );
    const less = database.open({ migrations: [createParents] });
    expect((await less.migrate.status())[1]).toMatchObject({ name: '002_children', state: 'unknown' });
    await expect(less.migrate.down()).rejects.toMatchObject({ code: 'DATA_MIGRATION_UNKNOWN' });
    const irreversible = database.open({ migrations: [createParents, createChildren, defineMigration('003', { up: () => undefined })] });
    await irreversible.migrate.up();
    await expect(irreversible.migrate.down()).rejects.toMatchObject({ code: 'DATA_MIGRATION_IRREVERSIBLE' });
  });

  test('altering a table keeps the rows that refer to it', async () => {
    await db.migrate.up();
    await db.repository(parents).insert({ id: 1, label: 'p' });
    await db.repository(children).insert({ id: 1, parentId: 1 });
    const alter = defineMigration('003_alter', {
      up: ({ schema }) => schema.alterTable('parents', (builder) => void builder.string('label', 100).notNullable().alter()),
    });
    expect(await database.open({ migrations: [createParents, createChildren, alter] }).migrate.up()).toEqual(['003_alter']);
    expect(await db.repository(children).count()).toBe(1);
    await expect(db.repository(children).insert({ id: 2, parentId: 99 })).rejects.toMatchObject({ code: 'DATA_FOREIGN_KEY' });
  });

  test('a table may refer to itself, and columns have the names they were given', async () => {
    const nodes = table('nodes', {
      nodeId: uuid().primary(),
      parentId: uuid()
        .nullable()
        .references((): AnyColumn => nodes.nodeId),
      odd: text().named('OddName'),
    });
    const own = database.open({ migrations: [defineMigration('1', { up: ({ createTable }) => createTable(nodes) })] });
    await own.migrate.up();
    const root = await own.repository(nodes).insert({ odd: 'x' });
    await own.repository(nodes).insert({ odd: 'y', parentId: root.nodeId });
    const [row] = await own.sql<{
      n: number | string;
    }>`select count(*) as n from ${nodes} where ${nodes.parentId} = ${root.nodeId} and ${nodes.odd} = ${'y'}`;
    expect(Number(row!.n)).toBe(1);
  });

  test('a seed of once runs once, also when two processes start together; one of always runs each time [DA-06]', async () => {
    const once = defineSeed('parents', (own) => own.repository(parents).insert({ id: 1, label: 'seeded' }));
    const always = defineSeed('refresh', (own) => own.repository(parents).upsert({ id: 2, label: 'kept' }), { when: 'always' });
    const options = { migrations: [createParents, createChildren], seeds: [once, always] };
    const [a, b] = [database.open(options), database.open(options)];
    await a.migrate.up();
    const ran = (await Promise.all([a.seed.run(), b.seed.run()])).flat();
    expect(ran.filter((name) => name === 'parents')).toHaveLength(1);
    expect(await a.seed.run()).toEqual(['refresh']);
    expect(await a.repository(parents).count()).toBe(2);
  });
});
