import { type Database, defineMigration, defineSeed, integer, type Seed, table, text } from '@plinth/data';
import { createTestDatabase, describeDialect, type TestDatabase } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const users = table('users', { id: integer().primary(), label: text({ max: 40 }).unique() });
const migrations = [defineMigration('1', { up: ({ createTable }) => createTable(users) })];

await describeDialect('seeds', { describe, test, beforeAll, afterAll }, (suite) => {
  let database: TestDatabase;
  let order: string[] = [];
  beforeEach(async () => {
    order = [];
    database = await createTestDatabase(suite.dialect, { driver: suite.driver });
    await database.open({ migrations }).migrate.up();
  });
  afterEach(() => database.drop());
  const open = (...seeds: readonly Seed[]): Database => database.open({ seeds });
  const noting = (name: string, options?: Parameters<typeof defineSeed>[2]): Seed => defineSeed(name, () => void order.push(name), options);

  test('seeds run in the order they are listed, where they belong [DA-06]', async () => {
    const db = open(
      noting('b'),
      noting('a', { when: 'always' }),
      noting('dev', { only: 'development' }),
      noting('live', { only: 'production' }),
    );
    expect(await db.seed.run({ production: true })).toEqual(['b', 'a', 'live']);
    expect(await db.seed.run()).toEqual(['a', 'dev']);
    expect(order).toEqual(['b', 'a', 'live', 'a', 'dev']);
    expect(await db.seed.status()).toMatchObject([
      { name: 'b', when: 'once', ranAt: expect.any(Date) },
      { name: 'a', when: 'always' },
      { name: 'dev', only: 'development', ranAt: expect.any(Date) },
      { name: 'live', only: 'production' },
    ]);
    expect(await db.seed.run({ names: ['a', 'b'] })).toEqual(['a']);
  });

  test('a seed that fails leaves nothing, is named, and runs again', async () => {
    let fails = true;
    const seed = defineSeed('users', async (db) => {
      await db.repository(users).insert({ id: 1, label: 'a' });
      await db.repository(users).insert({ id: 2, label: fails ? 'a' : 'b' });
    });
    const db = open(noting('before'), seed, noting('after'));
    const error = (await db.seed.run().catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'DATA_SEED_FAILED', cause: { code: 'DATA_UNIQUE' } });
    expect(error.message).toContain('The seed users failed');
    expect(await db.repository(users).count()).toBe(0);
    fails = false;
    expect(await db.seed.run()).toEqual(['users', 'after']);
    const thrower = open(
      defineSeed('odd', () => {
        throw 'text';
      }),
    );
    await expect(thrower.seed.run()).rejects.toMatchObject({ code: 'DATA_SEED_FAILED', message: expect.stringContaining('no Error') });
  });

  test('names that are not listed, not for here, given twice or not well formed', async () => {
    const db = open(noting('live', { only: 'production' }));
    await expect(db.seed.run({ names: ['other'] })).rejects.toMatchObject({
      code: 'DATA_SEED_UNKNOWN',
      help: expect.stringContaining('live'),
    });
    await expect(db.seed.run({ names: ['live'] })).rejects.toMatchObject({ code: 'DATA_SEED_UNKNOWN' });
    for (const seeds of [[noting('a'), noting('a')], [noting('a b')]])
      expect(() => open(...seeds)).toThrow(expect.objectContaining({ code: 'DATA_SEED_NAME' }));
  });

  test('before anything was seeded the status says so, and creates nothing', async () => {
    expect(await open(noting('a')).seed.status()).toEqual([{ name: 'a', when: 'once' }]);
    expect(await open().knex.schema.hasTable('plinth_seeds')).toBe(false);
  });
});
