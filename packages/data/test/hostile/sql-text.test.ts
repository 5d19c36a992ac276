import { type Database, defineMigration, json, integer, Sql, sql, table, text } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf, things } from './support.js';

const wrong = (value: unknown) => value as never;
const byText = (a: string | null, b: string | null) => (String(a) < String(b) ? -1 : 1);
const evil = [
  `x' or '1'='1`,
  `x\\' or 1=1 -- `,
  `x"; drop table hostile_things; --`,
  'x`; drop table hostile_things; #',
  '$1',
  '?',
  ':id',
  '@p0',
  '??',
  '%',
  '_',
  '!',
  '[a-z]',
  '\\',
  "'",
  '"',
  '`',
  '--',
  '/* */',
  '${id}',
  '{{id}}',
  '\u02bc or 1=1',
  '\uff07 or 1=1',
  '😀',
  'a\u0301',
] as const;

describe('names of tables and columns that are no names', () => {
  test.each([
    '',
    ' ',
    'a b',
    'a"b',
    'a`b',
    'a]b',
    "a'b",
    'a.b',
    'a;b',
    'a--',
    '1a',
    'a\0',
    'é',
    'a\n',
    'x'.repeat(61),
    'a/**/b',
    '__proto__ ',
    'a\u2028',
  ])('%j', async (name) => {
    expect(await outcomeOf(() => table(name, { id: integer() }))).toBe('DATA_TABLE');
    expect(await outcomeOf(() => table('t', { [name]: integer() }))).toBe('DATA_TABLE');
    expect(await outcomeOf(() => table('t', { id: integer().named(name) }))).toBe('DATA_TABLE');
    expect(await outcomeOf(() => table('t', { id: integer() }, { checks: { [name]: '1 = 1' } }))).toBe('DATA_TABLE');
  });

  test.each(['and', 'or', 'not', 'all', '__proto__', ...Object.getOwnPropertyNames(Object.prototype)])(
    'a column cannot be called %s',
    async (name) => {
      expect(await outcomeOf(() => table('t', JSON.parse(`{"${name}": 1}`) as never))).toBe('DATA_TABLE');
      expect(await outcomeOf(() => table('t', Object.fromEntries([[name, integer()]]) as never))).toBe('DATA_TABLE');
    },
  );

  test.each([[undefined], [null], [5], ['text'], [{}], [[]], [() => integer()]])('a column that is %j', async (column) => {
    expect(await outcomeOf(() => table('t', { a: wrong(column) }))).toBe('DATA_TABLE');
  });

  test.each([[undefined], [null], [5], [{ toString: () => 'users' }], [['users']], [Symbol('users')]])(
    'a name that is %s',
    async (name) => {
      expect(await outcomeOf(() => table(wrong(name), { id: integer() }))).toBe('DATA_TABLE');
      expect(await outcomeOf(() => table('t', { id: integer().named(wrong(name ?? 7)) }))).toBe('DATA_TABLE');
    },
  );
  test.each([[undefined], [null], [5], ['x']])('columns that are %s', async (columns) => {
    expect(await outcomeOf(() => table('t', wrong(columns)))).toBe('DATA_TABLE');
  });
});

/** Words of SQL and of JavaScript as names. */
const words = table('order', {
  select: integer().primary(),
  from: text().nullable(),
  then: text().nullable(),
  catch: text().nullable(),
  length: integer().default(0),
  name: text().nullable(),
  path: json<unknown>().nullable(),
  eq: text().nullable(),
  in: text().nullable(),
  increment: integer().default(0),
  count: integer().default(1),
  rows: integer().default(2),
  values: text().nullable(),
  user: text().nullable(),
  key: text().nullable(),
  index: integer().default(3),
  desc: text().nullable(),
  update: text().nullable(),
  where: text().nullable(),
  found: text().nullable(),
  excluded: text().nullable(),
  rowid_: text().nullable(),
});

await describeDialect('texts that look like SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({
      migrations: [defineMigration('1', { up: async ({ createTable }) => (await createTable(things), await createTable(words)) })],
    });
    await db.migrate.up();
  });

  test('a value comes back as it went in, and finds its own row only, in every position', async () => {
    const repository = db.repository(things);
    const rows = await repository.insertMany(
      evil.map((value, index) => ({ name: value, slug: value, note: value, data: { v: value, n: index } })),
    );
    for (const [index, value] of evil.entries()) {
      const { id } = rows[index]!;
      const where = [
        { name: value },
        { name: { eq: value } },
        { slug: { in: [value, 'none'] } },
        { note: [value] },
        { data: { path: ['v'], eq: value } },
        { data: { path: ['v'], in: [value] } },
        { and: [{ slug: { gte: value } }, { slug: { lte: value } }] },
      ];
      for (const filter of where)
        expect(
          (await repository.findMany({ where: filter as never })).map((row) => row.id),
          JSON.stringify(filter),
        ).toEqual([id]);
      expect(await repository.get(id)).toMatchObject({ name: value, slug: value, note: value, data: { v: value, n: index } });
      expect(
        (
          await db.sql<{ id: number }>`select id from ${things} where ${things.slug} = ${value} and ${things.slug} in (${[value, value]})`
        ).map((row) => row.id),
      ).toEqual([id]);
      expect((await db.knex('hostile_things').where({ slug: value }).select('id')).length).toBe(1);
      expect((await repository.update(id, { note: `${value}#${index}` }))?.note).toBe(`${value}#${index}`);
    }
    expect(await repository.count()).toBe(evil.length);
    for (const operator of ['contains', 'startsWith', 'endsWith'] as const)
      for (const value of evil) {
        const matching = evil.filter((text) =>
          operator === 'contains' ? text.includes(value) : operator === 'startsWith' ? text.startsWith(value) : text.endsWith(value),
        );
        const found = await repository.findMany({ where: { slug: { [operator]: value } } });
        expect(found.map((row) => row.slug).toSorted(byText), `${operator} ${value}`).toEqual([...matching].toSorted(byText));
        const inJson = await repository.findMany({ where: { data: { path: ['v'], [operator]: value } } as never });
        expect(inJson.map((row) => row.slug).toSorted(byText), `json ${operator} ${value}`).toEqual([...matching].toSorted(byText));
      }
    await repository.deleteMany({ all: true });
  });

  test.each([
    'a.b',
    "it's",
    'a b',
    '$',
    '$.x',
    '*',
    '[0]',
    '{}',
    '{a,b}',
    ',',
    'é',
    '😀',
    '?',
    '%',
    'null',
    'a-1',
    '0',
    'a]b',
    "a'] || '1",
    '#',
    '@',
    'last',
    'to',
    ' ',
    'a/b',
    '`',
  ])('json key %j reads its own place', async (key) => {
    const repository = db.repository(things);
    await repository.deleteMany({ all: true });
    const { id } = await repository.insert({ name: 'json', data: { [key]: { in: 'here' }, other: 'x' } });
    await repository.insert({ name: 'other', data: { a: { b: 'here', in: 'here' }, x: 1 } });
    expect((await repository.findMany({ where: { data: { path: [key, 'in'], eq: 'here' } } })).map((row) => row.id)).toEqual([id]);
    expect((await repository.findMany({ where: { data: { path: [key], exists: true } } })).map((row) => row.id)).toEqual([id]);
  });

  test('words of SQL and of JavaScript are names of tables and columns', async () => {
    const repository = db.repository(words);
    const row = await repository.insert({
      select: 1,
      from: 'a',
      then: 'b',
      catch: 'c',
      path: { path: ['x'] },
      eq: 'd',
      in: 'e',
      found: 'f',
    });
    expect(await repository.get(1)).toEqual(row);
    expect(await repository.update(1, { increment: { increment: 2 }, count: 5, then: 'z' })).toMatchObject({
      increment: 2,
      count: 5,
      then: 'z',
    });
    expect(
      await repository.findMany({
        where: { from: 'a', then: 'z', eq: { eq: 'd' }, in: { in: ['e'] }, found: 'f' },
        orderBy: { desc: 'desc', index: 'asc' },
      }),
    ).toHaveLength(1);
    expect(await repository.groupBy({ by: ['count', 'rows'], sum: ['length'], max: ['index'], orderBy: { count: 'asc' } })).toHaveLength(1);
    expect(await repository.upsert({ select: 1, excluded: 'g', values: 'h' })).toMatchObject({
      select: 1,
      excluded: 'g',
      values: 'h',
      count: 5,
    });
    expect((await repository.page({ orderBy: { where: 'asc' } })).rows).toHaveLength(1);
    expect(await db.sql`select ${words.from}, ${words.then} from ${words} where ${words.select} = ${1}`).toEqual([
      { from: 'a', then: 'z' },
    ]);
  });

  test.each<[string, unknown]>([
    ['an object with toString', { toString: () => '1 or 1=1' }],
    ['an object with valueOf', { valueOf: () => 1 }],
    ['an object with toSQL', { toSQL: () => ({ sql: '1 or 1=1', bindings: [] }) }],
    ['an object with toSqlString', { toSqlString: () => '1 or 1=1' }],
    ['an object with toPostgres', { toPostgres: () => '1 or 1=1' }],
    ['an object with toJSON', { toJSON: () => 1 }],
    ['an object with then', { then: (resolve: (value: unknown) => void) => resolve(1) }],
    ['an object with Symbol.toPrimitive', { [Symbol.toPrimitive]: () => 1 }],
    ['a promise', Promise.resolve(1)],
    ['a fake template', { texts: ['1 or 1=1'], parts: [] }],
    ['a fake template of the right class', JSON.parse('{"texts":["1 or 1=1"],"parts":[]}')],
    ['a fake table', { [Symbol('plinth.table')]: { name: 'x" --' } }],
    ['an object with operators', { $gt: '' }],
    ['a Map', new Map([['a', 1]])],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['undefined', undefined],
    ['an empty list', []],
    ['a list of an empty list', [[]]],
    ['a list with undefined', [1, undefined]],
    ['a boxed text', Object('x')],
    ['a boxed number', Object(1)],
    ['NaN', NaN],
    ['an invalid date', new Date(NaN)],
    ['a date beyond the years of databases', new Date(8.64e15)],
    ['a date before Christ', new Date(-8.64e15)],
    ['a text with NUL', 'a\0b'],
    ['a text with a lone surrogate', 'a\ud800'],
  ])('sql`` refuses %s', async (_name, value) => {
    expect(await outcomeOf(() => db.sql`select ${wrong(value)} as v`)).toMatch(/^DATA_/);
    expect(await outcomeOf(() => db.sql`select id from ${things} where ${things.name} = ${wrong(value)}`)).toMatch(/^DATA_/);
    expect(await outcomeOf(() => db.sql`select ${sql`${wrong(value)}`} as v`)).toMatch(/^DATA_/);
    expect(await outcomeOf(() => db.sql`select ${sql.join([wrong(value)])} as v`)).toMatch(/^DATA_/);
  });

  test.each<[string, unknown]>([
    ['a text', 'select 1'],
    ['a list', ['select 1']],
    ['an object', { 0: 'select 1', length: 1, raw: ['select 1'] }],
    ['nothing', undefined],
  ])('sql and db.sql called as functions with %s are refused', async (_name, texts) => {
    expect(await outcomeOf(() => db.sql(wrong(texts)))).toBe('DATA_SQL');
    expect(await outcomeOf(() => sql(wrong(texts)))).toBe('DATA_SQL');
  });

  test('numbers that are none on some databases are a value or a typed error', async () => {
    for (const value of [Infinity, -Infinity, -0, 1e308, 5e-324, 2 ** 53 + 2, 1e21]) {
      const outcome = await outcomeOf(async () => {
        const [row] = await db.sql<{
          v: number;
        }>`select ${db.dialect === 'postgres' ? sql`cast(${value} as double precision)` : sql`${value}`} as v`;
        if (Number(row!.v) !== value) throw new Error(`${value} came back as ${String(row!.v)}`);
      });
      expect(outcome, String(value)).toMatch(/^(?:ok|DATA_.*)$/);
    }
  });

  test('objects are never bound by knex: Knex CVE-2016-20018', async () => {
    const repository = db.repository(things);
    await repository.deleteMany({ all: true });
    await repository.insertMany([
      { name: 'a', slug: 'a' },
      { name: 'b', slug: 'b' },
    ]);
    for (const value of [
      { name: 1 },
      { id: { id: 1 } },
      [['name', 1]],
      { toSqlString: () => '1=1' },
      Object.create(null),
      [{ a: 1 }],
      new Map(),
      () => 1,
    ] as unknown[]) {
      for (const query of [
        () =>
          db
            .knex('hostile_things')
            .where({ name: wrong(value) })
            .select(),
        () => db.knex('hostile_things').where('name', wrong(value)).select(),
        () =>
          db
            .knex('hostile_things')
            .whereIn('name', wrong([value]))
            .select(),
        () => db.knex('hostile_things').update({ slug: wrong(value) }),
        () => db.knex.raw('select * from hostile_things where name = ?', wrong([value])),
      ]) {
        let rows: unknown;
        const outcome = await outcomeOf(async () => (rows = await query()));
        rows = (rows as { rows?: unknown } | undefined)?.rows ?? rows;
        const stored = (await repository.findMany({ orderBy: { id: 'asc' } })).map((row) => row.slug);
        // Lists are knex's own way to give several values; nothing else may match or change a row.
        if (outcome === 'ok')
          expect([
            Array.isArray(rows) ? rows.flat().filter((row) => (row as { name?: string } | null)?.name === 'a') : rows,
            stored,
          ]).toEqual([[], ['a', 'b']]);
        else expect(outcome).toMatch(/^DATA_/);
      }
    }
  });

  test('a filter nested 10,000 deep is refused, not a stack overflow', async () => {
    let where: object = { id: 1 };
    for (let depth = 0; depth < 10_000; depth++) where = depth % 2 === 0 ? { not: where } : { and: [where] };
    expect(await outcomeOf(() => db.repository(things).findMany({ where }))).toBe('DATA_FILTER_OPERATOR');
    expect(await outcomeOf(() => db.repository(things).deleteMany(where))).toBe('DATA_FILTER_OPERATOR');
    let shallow: object = { id: 1 };
    for (let depth = 0; depth < 60; depth++) shallow = { not: shallow };
    expect(await outcomeOf(() => db.repository(things).findMany({ where: shallow }))).toBe('ok');
  });

  test('the constructor of Sql is not a way in for data: a parsed body never is one', () => {
    expect(JSON.parse('{"texts":["drop table x"],"parts":[]}')).not.toBeInstanceOf(Sql);
  });
});
