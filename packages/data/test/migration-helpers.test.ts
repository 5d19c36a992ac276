import {
  type AnyColumn,
  boolean,
  type Database,
  decimal,
  defineMigration,
  enumOf,
  integer,
  json,
  type Migration,
  table,
  text,
} from '@plinth/data';
import { createTestDatabase, describeDialect, type TestDatabase } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const owners = table('owners', { id: integer().primary(), name: text({ max: 40 }) });
// As it is after all migrations; the first one creates it without what came later.
const boats = table('boats', {
  id: integer().primary(),
  name: text({ max: 40 }),
  note: text().nullable(),
  kind: enumOf('sail', 'motor').default('sail'),
  afloat: boolean().default(true),
  price: decimal(10, 2),
  tags: json<string[]>(),
  code: text({ max: 20 }).unique(),
  ownerId: integer()
    .nullable()
    .references((): AnyColumn => owners.id),
});
const later = ['note', 'kind', 'afloat', 'price', 'tags', 'code', 'ownerId'] as const;

await describeDialect('schema helpers', { describe, test, beforeAll, afterAll }, (suite) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(suite.dialect, { driver: suite.driver });
  });
  afterEach(() => database.drop());

  const migrate = async (...migrations: readonly Migration[]): Promise<Database> => {
    const db = database.open({ migrations });
    await db.migrate.up();
    return db;
  };
  const create = defineMigration('1_create', {
    steps: [
      { up: ({ createTable }) => createTable(owners), down: ({ dropTable }) => dropTable(owners) },
      { up: ({ createTable }) => createTable(boats, { without: later }), down: ({ dropTable }) => dropTable('boats') },
    ],
  });
  const fill = defineMigration('2_fill', {
    up: ({ sql }) => sql`insert into ${boats} (id, name) values (${1}, ${'Ada'})`,
    down: ({ sql }) => sql`delete from ${boats}`,
  });
  const add = defineMigration('3_add', {
    steps: [
      { up: ({ addColumn }) => addColumn(boats, 'note'), down: ({ dropColumn }) => dropColumn(boats, 'note') },
      { up: ({ addColumn }) => addColumn(boats, 'kind'), down: ({ dropColumn }) => dropColumn(boats, 'kind') },
      { up: ({ addColumn }) => addColumn(boats, 'afloat'), down: ({ dropColumn }) => dropColumn(boats, 'afloat') },
      { up: ({ addColumn }) => addColumn(boats, 'price', { fill: '12.50' }), down: ({ dropColumn }) => dropColumn(boats, 'price') },
      { up: ({ addColumn }) => addColumn(boats, 'tags', { fill: ["it's", 'a\\b'] }), down: ({ dropColumn }) => dropColumn(boats, 'tags') },
      { up: ({ addColumn }) => addColumn(boats, 'code', { fill: "x'?" }), down: ({ dropColumn }) => dropColumn(boats, 'code') },
      { up: ({ addColumn }) => addColumn(boats, 'ownerId'), down: ({ dropColumn }) => dropColumn(boats, 'ownerId') },
    ],
  });

  test('columns are added to a table with rows, with their defaults, checks, references and indexes, and dropped again', async () => {
    const db = await migrate(create, fill, add);
    expect(await db.repository(boats).find(1)).toEqual({
      id: 1,
      name: 'Ada',
      note: null,
      kind: 'sail',
      afloat: true,
      price: '12.50',
      tags: ["it's", 'a\\b'],
      code: "x'?",
      ownerId: null,
    });
    const boat = { id: 2, name: 'Bo', price: '1.00', tags: [], code: 'b' };
    await expect(db.repository(boats).insert({ ...boat, code: "x'?" })).rejects.toMatchObject({ code: 'DATA_UNIQUE' });
    await expect(db.repository(boats).insert({ ...boat, ownerId: 9 })).rejects.toMatchObject({ code: 'DATA_FOREIGN_KEY' });
    await expect(db.sql`update ${boats} set kind = 'glide'`).rejects.toMatchObject({ code: 'DATA_CHECK' });
    expect(await db.migrate.down({ to: '2_fill' })).toEqual(['3_add']);
    const [row] = await db.sql`select * from ${boats}`;
    expect(Object.keys(row!)).toEqual(['id', 'name']);
    expect(await db.migrate.up()).toEqual(['3_add']);
    expect(await db.migrate.down({ all: true })).toEqual(['3_add', '2_fill', '1_create']);
  });

  test('a column that would leave rows without a value is refused; in an empty table it is added', async () => {
    const bad = defineMigration('3_bad', { up: ({ addColumn }) => addColumn(boats, 'price') });
    await expect(migrate(create, fill, bad)).rejects.toMatchObject({
      code: 'DATA_MIGRATION_FAILED',
      cause: { code: 'DATA_MIGRATION_FILL', help: expect.stringContaining('fill') },
    });
    await expect(migrate(create, fill, defineMigration('3_id', { up: ({ addColumn }) => addColumn(boats, 'id') }))).rejects.toMatchObject({
      cause: { code: 'DATA_TABLE' },
    });
    const other = await createTestDatabase(suite.dialect, { driver: suite.driver });
    try {
      expect(await other.open({ migrations: [create, bad] }).migrate.up()).toEqual(['1_create', '3_bad']);
    } finally {
      await other.drop();
    }
  });

  test('columns and tables are renamed, indexes come and go', async () => {
    const change = defineMigration('2_change', {
      steps: [
        {
          up: ({ renameColumn }) => renameColumn(owners, 'name', 'full_name'),
          down: ({ renameColumn }) => renameColumn(owners, 'full_name', 'name'),
        },
        { up: ({ renameTable }) => renameTable(owners, 'people'), down: ({ renameTable }) => renameTable('people', 'owners') },
        {
          up: ({ createIndex }) => createIndex('people', ['full_name'], { unique: true }),
          down: ({ dropIndex }) => dropIndex('people', ['full_name'], { unique: true }),
        },
        {
          up: ({ createIndex }) => createIndex(boats, ['name', 'id'], { name: 'boats_by_name' }),
          down: ({ dropIndex }) => dropIndex(boats, ['name'], { name: 'boats_by_name' }),
        },
      ],
    });
    const db = await migrate(create, change);
    const insert = (id: number) => db.sql`insert into people (id, full_name) values (${id}, ${'Ada'})`;
    await insert(1);
    await expect(insert(2)).rejects.toMatchObject({ code: 'DATA_UNIQUE' });
    expect(await db.migrate.redo()).toEqual(['2_change']);
    expect(await db.migrate.down({ steps: 1 })).toEqual(['2_change']);
    expect(await db.repository(owners).findMany()).toEqual([{ id: 1, name: 'Ada' }]);
  });

  test('an index is made concurrently where the database can, outside of a transaction; an invalid one is replaced', async () => {
    const index = defineMigration('3_index', {
      transaction: false,
      up: ({ createIndex }) => createIndex(boats, ['name'], { unique: true, concurrently: true }),
      down: ({ dropIndex }) => dropIndex(boats, ['name'], { unique: true }),
    });
    const twice = defineMigration('2_twice', { up: ({ sql }) => sql`insert into ${boats} (id, name) values (1, 'A'), (2, 'A')` });
    await expect(migrate(create, twice, index)).rejects.toMatchObject({ code: 'DATA_MIGRATION_FAILED', cause: { code: 'DATA_UNIQUE' } });
    const db = database.open({ migrations: [create, twice, index] });
    // What the failed attempt left, an invalid index on PostgreSQL, needs nobody to look.
    expect((await db.migrate.status())[2]).toMatchObject({ state: 'pending' });
    await db.sql`delete from ${boats} where id = 2`;
    expect(await db.migrate.up()).toEqual(['3_index']);
    await expect(db.sql`insert into ${boats} (id, name) values (3, 'A')`).rejects.toMatchObject({ code: 'DATA_UNIQUE' });
    expect(await db.migrate.down()).toEqual(['3_index']);
  });

  test('a table with keys, references, indexes and checks is one statement where the database cannot undo', async () => {
    const whole = defineMigration('1', {
      steps: [{ up: ({ createTable }) => createTable(owners) }, { up: ({ createTable }) => createTable(boats) }],
    });
    const [found] = await database.open({ migrations: [whole] }).migrate.dryRun('up');
    if (suite.dialect === 'mysql')
      expect(found!.statements).toEqual([expect.stringMatching(/^create table/), expect.stringMatching(/^create table/)]);
    const db = await migrate(whole);
    await db.repository(owners).insert({ id: 1, name: 'Ada' });
    const boat = { id: 1, name: 'A', price: '1.00', tags: [], code: 'c', ownerId: 1 };
    await db.repository(boats).insert(boat);
    await expect(db.repository(boats).insert({ ...boat, id: 2 })).rejects.toMatchObject({ code: 'DATA_UNIQUE' });
    await expect(db.repository(boats).insert({ ...boat, id: 2, code: 'd', ownerId: 2 })).rejects.toMatchObject({
      code: 'DATA_FOREIGN_KEY',
    });
  });
});
