import { type Database, defineMigration, integer, type Repository, sql, table, text } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf, things } from './support.js';

/** What a client sent as JSON. */
const sent = (body: string) => JSON.parse(body) as never;

await describeDialect('advisories of SQL libraries', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  let rows: Repository<typeof things>;
  const stored = async () => (await rows.findMany({ orderBy: { id: 'asc' } })).map(({ name, slug, count }) => ({ name, slug, count }));
  const expected = [
    { name: 'ann', slug: 'a', count: 1 },
    { name: 'bob', slug: 'b', count: 2 },
  ];
  beforeAll(async () => {
    db = suite.database.open({ migrations: [defineMigration('1', { up: ({ createTable }) => createTable(things) })] });
    await db.migrate.up();
    rows = db.repository(things);
    await rows.insertMany(expected.map((row) => ({ ...row, data: { role: 'user', name: row.name } })));
  });

  test('Knex CVE-2016-20018, mysql2 stringifyObjects: an object for a value is no condition, neither in a filter nor in knex nor in sql``', async () => {
    for (const value of ['{"name":1}', '{"slug":{"name":1}}', '[["name",1]]', '{"toSqlString":"1"}']) {
      expect(await outcomeOf(() => rows.findMany({ where: { name: sent(value) } })), value).toMatch(/^DATA_/);
      expect(await outcomeOf(() => rows.deleteMany({ name: { eq: sent(value) } })), value).toMatch(/^DATA_/);
      expect(
        await outcomeOf(async () =>
          expect(
            await db
              .knex('hostile_things')
              .where({ name: sent(value) })
              .update({ count: 9 }),
          ).toBe(0),
        ),
        value,
      ).toMatch(/^(?:ok|DATA_.*)$/);
      expect(
        await outcomeOf(async () => expect(await db.sql`select id from ${things} where ${things.name} = ${sent(value)}`).toEqual([])),
        value,
      ).toMatch(/^(?:ok|DATA_.*)$/);
    }
    expect(await stored()).toEqual(expected);
  });

  test('Sequelize CVE-2019-10748: a key of a json path is a value, whatever it holds', async () => {
    for (const key of [
      "role')) or 1=1 --",
      "role' = 'user' or '1",
      '$.role',
      'role"."name',
      "a'}') or true; --",
      'role\\',
      '{role}',
      'role,name',
    ])
      expect(
        await outcomeOf(async () => expect(await rows.findMany({ where: { data: { path: [key], eq: 'user' } } })).toEqual([])),
        key,
      ).toMatch(/^(?:ok|DATA_FILTER_OPERATOR)$/);
    expect(await rows.count({ data: { path: ['role'], eq: 'user' } })).toBe(2);
  });

  test('Sequelize CVE-2023-22578: what is selected, grouped, sorted and summed are declared columns only', async () => {
    for (const name of [
      'count(*)',
      '(select 1)',
      'name) from hostile_things --',
      'name as x',
      '*',
      'hostile_things.name',
      '"name"',
      'NAME',
      'constructor',
    ]) {
      const named = name as never;
      for (const call of [
        () => rows.findMany({ select: [named] }),
        () => rows.findMany({ orderBy: { [name]: 'asc' } as never }),
        () => rows.page({ orderBy: [{ [name]: 'desc' } as never] }),
        () => rows.groupBy({ by: [named] }),
        () => rows.aggregate({ max: [named] }),
        () => rows.upsert({ name: 'x' }, { on: [named] }),
        () => rows.update(1, { [name]: 1 } as never),
        () => rows.insert({ name: 'x', [name]: 1 } as never),
      ])
        expect(await outcomeOf(call), name).toBe('DATA_COLUMN_UNKNOWN');
    }
    for (const direction of ['asc nulls first', 'desc; drop table hostile_things', 'ASC', '', null, { toString: () => 'asc' }] as never[])
      expect(await outcomeOf(() => rows.findMany({ orderBy: { name: direction } }))).toBe('DATA_ORDER');
  });

  test('TypeORM CVE-2022-33171: an object for an id is no query', async () => {
    for (const id of ['{"where":"1=1"}', '{"where":{"id":1}}', '{"id":1}', '{"all":true}', '[1]', '"1 or 1=1"', 'null', '{}'])
      for (const call of [() => rows.find(sent(id)), () => rows.update(sent(id), { count: 9 }), () => rows.delete(sent(id))])
        expect(await outcomeOf(call), id).toMatch(/^DATA_(?:VALUE|PRIMARY_KEY)$/);
    expect(await outcomeOf(() => rows.findOne(sent('{"where":"1=1"}')))).toBe('DATA_COLUMN_UNKNOWN');
    expect(await stored()).toEqual(expected);
  });

  test('TypeORM CVE-2025-60542: an object in a row or a change does not become other columns', async () => {
    for (const value of ['{"name":"x","count":9}', '{"increment":1}', '[{"name":"x"}]']) {
      expect(await outcomeOf(() => rows.update(1, { slug: sent(value) })), value).toBe('DATA_VALUE');
      expect(await outcomeOf(() => rows.insert({ name: sent(value) })), value).toBe('DATA_VALUE');
      expect(await outcomeOf(() => rows.upsert({ id: 1, name: sent(value) })), value).toBe('DATA_VALUE');
      await outcomeOf(() =>
        db
          .knex('hostile_things')
          .where({ id: 99 })
          .update({ slug: sent(value) }),
      );
    }
    expect(await stored()).toEqual(expected);
  });

  test('MikroORM CVE-2026-34220: what looks like a piece of SQL in JSON is a value or refused', async () => {
    for (const body of [
      '{"texts":["1=1"],"parts":[]}',
      '{"sql":"1=1","params":[]}',
      '{"__raw":true,"sql":"1=1"}',
      '{"$or":[{}]}',
      '{"$ne":null}',
      '{"ne":null,"$raw":"1=1"}',
    ]) {
      expect(await outcomeOf(() => rows.findMany({ where: sent(body) })), body).toMatch(/^DATA_/);
      expect(await outcomeOf(() => rows.findMany({ where: { name: sent(body) } })), body).toMatch(/^DATA_/);
      expect(await outcomeOf(() => rows.deleteMany({ and: [sent(body)] })), body).toMatch(/^DATA_/);
      expect(await outcomeOf(() => db.sql`select ${sent(body)}`), body).toBe('DATA_SQL');
      expect(await outcomeOf(() => db.sql`select ${sql.join([sent(body)])}`), body).toBe('DATA_SQL');
    }
    expect(await stored()).toEqual(expected);
  });

  test('MikroORM CVE-2026-34221: no key of a row, a change, a filter or stored JSON reaches a prototype', async () => {
    for (const body of [
      '{"__proto__":{"polluted":1}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '{"name":"x","__proto__":{"polluted":1}}',
    ]) {
      expect(await outcomeOf(() => rows.insert(sent(body))), body).toMatch(/^DATA_/);
      expect(await outcomeOf(() => rows.update(1, sent(body))), body).toMatch(/^DATA_/);
      expect(await outcomeOf(() => rows.findMany({ where: sent(body) })), body).toMatch(/^DATA_/);
    }
    const data = sent('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":{"polluted":1}}}');
    await rows.update(1, { data });
    expect(JSON.stringify((await rows.get(1)).data)).toContain('"__proto__":{"polluted":1}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(await stored()).toEqual(expected);
  });

  test('Drizzle CVE-2026-39356: a quote in a name is never written, as such a name cannot be declared', async () => {
    for (const name of ['a"b', 'a`b', 'a]b', 'a" as x, "', 'a"; drop table hostile_things; --']) {
      expect(await outcomeOf(() => table(name, { id: integer() })), name).toBe('DATA_TABLE');
      expect(await outcomeOf(() => table('t', { id: text().named(name) })), name).toBe('DATA_TABLE');
      expect(await outcomeOf(() => table('t', { [name]: text() })), name).toBe('DATA_TABLE');
      expect(await outcomeOf(() => rows.findMany({ with: { [name]: { kind: 'many', target: { name } } } as never })), name).toMatch(
        /^DATA_/,
      );
    }
    expect(await stored()).toEqual(expected);
  });
});
