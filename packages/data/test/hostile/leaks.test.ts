import { inspect } from 'node:util';
import { type Database, defineMigration, queryChannel, type Repository, sql } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { things } from './support.js';

const mark = 'MARKERsecret';
const wrong = (value: unknown) => value as never;
type Probe = readonly [what: string, call: (db: Database, rows: Repository<typeof things>) => unknown];

/** Calls that carry a secret and fail: before any SQL, at the driver, or in the database. */
const probes: readonly Probe[] = [
  [
    'a unique value',
    (_db, rows) =>
      rows.insertMany([
        { name: mark, slug: mark },
        { name: mark, slug: mark },
      ]),
  ],
  [
    'a unique value of an update',
    async (_db, rows) => {
      await rows.upsert({ id: 900, name: mark, slug: `${mark}900` });
      await rows.upsert({ id: 901, name: 'x', slug: 'other' });
      await rows.update(901, { slug: `${mark}900` });
    },
  ],
  [
    'a key that is taken',
    async (_db, rows) => {
      await rows.upsert({ id: 902, name: mark });
      await rows.insert({ id: 902, name: mark, note: mark });
    },
  ],
  ['a text too long for its column', (_db, rows) => rows.insert({ name: mark.repeat(50) })],
  [
    'a text too long, by knex',
    (db) => db.knex('hostile_things').insert({ name: mark.repeat(50), slug: mark.repeat(50), count: 1, open: true, id: mark }),
  ],
  ['a wrong type', (_db, rows) => rows.insert({ name: 'x', count: wrong(mark) })],
  ['a wrong type, by knex', (db) => db.knex('hostile_things').insert({ name: mark, count: 'x', open: 1, at: mark, nothing: mark })],
  ['a null by knex', (db) => db.knex('hostile_things').insert({ name: null, slug: mark, note: mark, count: 1, open: true })],
  ['an id that is text', (_db, rows) => rows.get(wrong(mark))],
  ['an unknown column with a secret for a value', (_db, rows) => rows.findMany({ where: { nothing: mark } as never })],
  ['an operator that is unknown', (_db, rows) => rows.findMany({ where: { name: { like: mark } } as never })],
  ['a json that cannot be stored', (_db, rows) => rows.insert({ name: 'x', data: { [mark]: mark, at: new Date(), deep: [mark, 1n] } })],
  ['a cast that fails', (db) => db.sql`select cast(${mark} as ${sql`decimal(10, 2)`}) as v, ${mark} as w from nothing_here`],
  ['a table that is not there', (db) => db.sql`insert into nothing_here values (${mark})`],
  ['a statement that is none', (db) => db.sql`selct ${mark}`],
  [
    'a number beyond its column',
    (db) =>
      db.knex.raw('insert into hostile_things (id, name, slug, count, open) values (?, ?, ?, ?, ?)', [
        99999999999999,
        mark,
        mark.repeat(40),
        99999999999999,
        true,
      ]),
  ],
  ['bindings that do not fit', (db) => db.knex.raw('select ? as a, ? as b', [mark])],
  [
    'an object for a value',
    (db) =>
      db
        .knex('hostile_things')
        .where({ name: wrong({ a: mark }) })
        .update({ slug: wrong({ b: mark }), nothing: mark }),
  ],
  [
    'a transaction that is aborted',
    (db, rows) =>
      db.transaction(async () => {
        await rows.insert({ id: 902, name: mark, slug: mark }).catch(() => undefined);
        await rows.insert({ name: mark });
      }),
  ],
  ['a value of sql`` without a meaning', (db) => db.sql`select ${wrong({ [mark]: mark })}`],
  ['a cursor', (_db, rows) => rows.page({ after: mark })],
  [
    'a stored value that is none',
    async (db, rows) => {
      await db
        .knex('hostile_things')
        .insert({ name: mark, data: JSON.stringify(mark), price: 1, id: 903, count: 0, open: true, ref: null });
      await rows.upsert({ id: 903, name: mark, slug: mark.repeat(9) });
    },
  ],
];

await describeDialect('no bound value leaves with a failure', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  const told: string[] = [];
  const tell = (fields: object, message: string): void => void told.push(inspect(fields, { depth: 20 }), JSON.stringify(fields), message);
  const listen = (event: unknown): void => void told.push(inspect(event, { depth: 20, showHidden: true }));
  beforeAll(async () => {
    db = suite.database.open({
      logger: { debug: tell, warn: tell, error: tell },
      slowQuery: 0,
      migrations: [defineMigration('1', { up: ({ createTable }) => createTable(things) })],
    });
    await db.migrate.up();
    queryChannel.subscribe(listen);
  });
  afterAll(() => void queryChannel.unsubscribe(listen));

  test.each(probes)('%s', async (_what, call) => {
    told.length = 0;
    let failure: unknown;
    try {
      await call(db, db.repository(things));
    } catch (error) {
      failure = error;
    }
    for (
      let error = failure, depth = 0;
      error !== undefined && error !== null && depth < 10;
      error = (error as { cause?: unknown }).cause, depth++
    ) {
      const { message, stack } = error as Error;
      told.push(
        message,
        String(stack),
        inspect(error, { depth: 20, showHidden: true }),
        JSON.stringify(error),
        JSON.stringify(error, Object.getOwnPropertyNames(error)),
      );
    }
    expect(told.filter((line) => line.includes(mark))).toEqual([]);
    // SQLite takes any number into any column of a table that another tool writes to.
    if (suite.dialect !== 'sqlite' || _what !== 'a number beyond its column')
      expect(failure).toMatchObject({ code: expect.stringMatching(/^DATA_/) });
  });
});
