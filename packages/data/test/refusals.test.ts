import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { articles, users, values } from './tables.js';
import {
  type Database,
  DATA_ERRORS,
  defineMigration,
  defineSeed,
  FAILURE_CODES,
  integer,
  json,
  maybe,
  one,
  openDatabase,
  sql,
  table,
  tableSchema,
  text,
  uuid,
} from '@plinth/data';
import { createTestDatabase, describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const code = (expected: string) => expect.objectContaining({ code: expected });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('table()', () => {
  test.each<[string, () => unknown]>([
    ['a bad name', () => table('users; drop', { id: integer() })],
    ['no columns', () => table('x', {})],
    ['two primary keys', () => table('x', { a: integer().primary(), b: integer().primary() })],
    ['a nullable key', () => table('x', { a: integer().nullable().primary() })],
    ['a column with a reserved name', () => table('x', { or: integer() })],
    ['two columns of one name', () => table('x', { userId: integer(), user_id: integer() })],
    ['a default that the column refuses', () => table('x', { a: text({ max: 2 }).default('abc') })],
    ['json as a key', () => table('x', { a: json().unique() })],
    ['an index over nothing known', () => table('x', { a: integer() }, { index: [['a', 'b'] as never] })],
  ])('refuses %s with DATA_TABLE', (_what, define) => expect(define).toThrow(code('DATA_TABLE')));
});

describe('on SQLite', () => {
  let db: Database;
  beforeAll(async () => {
    db = openDatabase({
      url: 'sqlite::memory:',
      statementTimeout: 100,
      migrations: [
        defineMigration('1', {
          up: async ({ createTable }) => (await createTable(users), await createTable(articles), await createTable(values)),
        }),
      ],
    });
    await db.migrate.up();
  });
  afterAll(() => db.close());

  test('a nested transaction that waits for a query outside of it ends with DATA_TRANSACTION_STUCK', async () => {
    await expect(
      db.transaction(async () => {
        let outer: (value: unknown) => void = () => undefined;
        const asked = new Promise((resolve) => (outer = resolve));
        const nested = db.transaction(async () => {
          await pause(5);
          await asked;
        });
        await pause(1);
        outer(db.repository(users).count());
        await nested;
      }),
    ).rejects.toMatchObject({ code: 'DATA_TRANSACTION_STUCK' });
    expect(db.pool.used).toBe(0);
  });

  test('a value that does not fit its column in the database is DATA_STORED_VALUE', async () => {
    await db.knex('value_types').insert({ id: 1, uuid: 'not a uuid' });
    await expect(db.repository(values).find(1)).rejects.toMatchObject({ code: 'DATA_STORED_VALUE' });
  });

  test('tables without a key, and relations that lead nowhere, are told', async () => {
    const keyless = table('keyless', { a: integer() });
    await expect(db.repository(keyless).find(1 as never)).rejects.toMatchObject({ code: 'DATA_PRIMARY_KEY' });
    await expect(db.repository(keyless).page()).rejects.toMatchObject({ code: 'DATA_PRIMARY_KEY' });
    const { id } = await db.repository(users).insert({ email: 'a', name: 'A' });
    await db.repository(articles).insert({ authorId: id, title: 't' });
    await expect(db.repository(articles).findMany({ with: { editor: one(users, 'editorId') } })).rejects.toMatchObject({
      code: 'DATA_RELATION',
    });
    await expect(db.repository(articles).findMany({ with: { title: maybe(users, 'editorId') } })).rejects.toMatchObject({
      code: 'DATA_RELATION',
    });
  });

  test('sql`` binds values, quotes tables, spreads lists and nests; it refuses what has no meaning', async () => {
    const evil = "x'; drop table users; --";
    const rows = await db.sql<{ found: string }>`select ${evil} as found`;
    expect(rows[0]!.found).toBe(evil);
    const condition = sql`${users.name} in (${['A', evil]})`;
    expect(await db.sql`select ${users.name} from ${users} where ${condition}`).toEqual([{ name: 'A' }]);
    expect((await db.sql`update ${users} set bio = ${null}`).affected).toBe(1);
    for (const value of [undefined, [], {}, NaN, new Date(NaN)])
      await expect(db.sql`select ${value as never}`).rejects.toMatchObject({ code: 'DATA_SQL' });
  });

  test('a knex query without any SQL is refused, and its connection goes back', async () => {
    await expect(db.knex.raw('')).rejects.toMatchObject({ code: 'DATA_KNEX_UNSUPPORTED' });
    expect(db.pool).toMatchObject({ open: 1, used: 0 });
    await db.ping();
  });

  test('a transaction that was begun by hand is rolled back, and an in-memory database keeps its rows', async () => {
    const before = await db.repository(users).count();
    await db.knex.raw('begin');
    await db.repository(users).insert({ email: 'after', name: 'the rollback' });
    expect(await db.repository(users).count()).toBe(before + 1);
    expect(db.pool.open).toBe(1);
  });

  test('seeds of one name are refused', () => {
    const seed = defineSeed('a', () => undefined);
    expect(() => openDatabase({ url: 'sqlite::memory:', seeds: [seed, seed] })).toThrow(code('DATA_SEED_NAME'));
    expect(() => openDatabase({ url: 'sqlite::memory:', seeds: [defineSeed('a b', () => undefined)] })).toThrow(code('DATA_SEED_NAME'));
  });

  test('the JSON Schema of a table has its columns, limits and nulls', () => {
    expect(tableSchema(users, { pick: ['email', 'name', 'bio', 'createdAt'] })).toEqual({
      type: 'object',
      properties: {
        email: { type: 'string', maxLength: 255 },
        name: { type: 'string', maxLength: 50 },
        bio: { type: ['string', 'null'] },
        createdAt: { type: 'string', format: 'date-time' },
      },
      required: ['email', 'name', 'bio', 'createdAt'],
      additionalProperties: false,
    });
    expect(tableSchema(users, { omit: ['id'], partial: true }).required).toEqual([]);
    expect(Object.keys(tableSchema(users, { omit: ['id'] }).properties)).not.toContain('id');
    expect(() => tableSchema(users, { pick: ['nope' as never] })).toThrow(code('DATA_COLUMN_UNKNOWN'));
  });
});

test('only the last directory of a SQLite path is made: a mistyped path begins no database', async () => {
  const root = mkdtempSync(join(tmpdir(), 'plinth-path-'));
  const wrong = openDatabase({ url: `sqlite:${root}/not/there/x.db` });
  await expect(wrong.ping()).rejects.toMatchObject({
    code: 'DATA_DIRECTORY',
    detail: expect.stringContaining(`${root}/not/there`) as string,
  });
  expect(existsSync(join(root, 'not'))).toBe(false);
  const right = openDatabase({ url: `sqlite:${root}/made/x.db` });
  await right.ping();
  await right.close();
  rmSync(root, { recursive: true });
});

test('codes are unique', () => {
  const codes = [...DATA_ERRORS.codes, ...FAILURE_CODES];
  expect(new Set(codes).size).toBe(codes.length);
});

await describeDialect('concurrency', { describe, test, beforeAll, afterAll }, (suite) => {
  const counters = table('counters', { id: uuid().primary(), value: integer() });
  const migrations = [defineMigration('1', { up: ({ createTable }) => createTable(counters) })];

  test('serializable transactions that collide are DATA_SERIALIZATION, or a deadlock where locks decide; SQLite lines them up', async () => {
    const db = suite.database.open({ migrations });
    await db.migrate.up();
    const { id } = await db.repository(counters).insert({ value: 0 });
    const add = () =>
      db.transaction(
        async () => {
          const { value } = await db.repository(counters).get(id);
          await pause(50);
          await db.repository(counters).update(id, { value: value + 1 });
        },
        { isolation: 'serializable' },
      );
    const outcomes = await Promise.allSettled([add(), add()]);
    const codes = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as { code: string }).code)).sort();
    expect(codes).toEqual(
      { postgres: ['DATA_SERIALIZATION', 'ok'], mysql: ['DATA_DEADLOCK', 'ok'], sqlite: ['ok', 'ok'], mssql: [] }[suite.dialect],
    );
  });

  test('a write in a read-only transaction is DATA_READ_ONLY', async () => {
    if (suite.dialect !== 'postgres') return;
    const db = suite.database.open();
    await expect(
      db.transaction(async () => {
        await db.knex.raw('set transaction read only');
        await db.repository(counters).insert({ value: 1 });
      }),
    ).rejects.toMatchObject({ code: 'DATA_READ_ONLY' });
  });

  test('waiting for another process that migrates ends with DATA_MIGRATION_LOCK', async () => {
    if (suite.dialect === 'sqlite') return;
    const fresh = await createTestDatabase(suite.dialect);
    let [begun, end]: (() => void)[] = [];
    const inside = new Promise<void>((resolve) => (begun = resolve));
    const ended = new Promise<void>((resolve) => (end = resolve));
    const held = defineMigration('1', { up: () => (begun!(), ended) });
    const slow = fresh.open({ migrations: [held] });
    const hasty = fresh.open({ migrations: [held], migrationLockTimeout: 200 });
    const running = slow.migrate.up();
    await inside;
    await expect(hasty.migrate.up()).rejects.toMatchObject({ code: 'DATA_MIGRATION_LOCK' });
    end!();
    expect(await running).toEqual(['1']);
    await fresh.drop();
  });
});
