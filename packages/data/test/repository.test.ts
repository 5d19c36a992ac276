import { articles, articleTags, tags, users } from './tables.js';
import { type Database, defineMigration, many, manyToMany, maybe, one, type UniqueViolation, type Where } from '@plinth/data';
import { describeDialect, queryCounter } from '@plinth/data/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const schema = defineMigration('001', {
  async up({ createTable }) {
    for (const value of [users, articles, tags, articleTags]) await createTable(value);
  },
});

await describeDialect('repository', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
  });
  beforeEach(async () => {
    await db.repository(articleTags).deleteMany({ all: true });
    await db.repository(articles).deleteMany({ all: true });
    await db.repository(tags).deleteMany({ all: true });
    await db.repository(users).deleteMany({ all: true });
  });
  const ann = () => db.repository(users).insert({ email: 'ann@example.org', name: 'Ann' });

  test('an inserted row comes back with its defaults and can be found, on every database [DA-07] [DA-11]', async () => {
    const row = await ann();
    expect(row).toMatchObject({ email: 'ann@example.org', name: 'Ann', bio: null, age: null, active: true });
    expect(row.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(row.createdAt).toBeInstanceOf(Date);
    expect(await db.repository(users).find(row.id)).toEqual(row);
    expect(await db.repository(users).findOne({ email: 'ann@example.org' })).toEqual(row);
    expect(await db.repository(users).findOne({ email: 'ANN@example.org' })).toBeUndefined();
  });

  test('an update gives back the changed row and touches updatedAt; an absent row is undefined', async () => {
    const row = await ann();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const changed = await db.repository(users).update(row.id, { name: 'Anna', bio: undefined });
    expect(changed).toEqual({ ...row, name: 'Anna', updatedAt: changed!.updatedAt });
    expect(changed!.updatedAt.getTime()).toBeGreaterThan(row.updatedAt.getTime());
    expect(await db.repository(users).update('00000000-0000-7000-8000-000000000000', { name: 'x' })).toBeUndefined();
    expect(await db.repository(users).delete(row.id)).toBe(true);
    expect(await db.repository(users).delete(row.id)).toBe(false);
    await expect(db.repository(users).get(row.id)).rejects.toMatchObject({ code: 'DATA_NOT_FOUND', kind: 'not-found' });
  });

  test('generated keys come back in the order of the rows, also of many', async () => {
    const { id: authorId } = await ann();
    const rows = Array.from({ length: 2_500 }, (_, index) => ({ authorId, title: `t${index}` }));
    const counter = queryCounter(db);
    const inserted = await db.repository(articles).insertMany(rows);
    counter.stop();
    expect(counter.count).toBeLessThanOrEqual(3);
    expect(inserted.map((row) => row.title)).toEqual(rows.map((row) => row.title));
    const read = await db.repository(articles).findMany({ orderBy: { id: 'asc' } });
    expect(read).toEqual(inserted);
  });

  test('filters compare, combine and escape', async () => {
    const repository = db.repository(users);
    await repository.insertMany([
      { email: 'a@x', name: '100% sure', age: 10 },
      { email: 'b@x', name: '100 years', age: 20, bio: 'old_man' },
      { email: 'c@x', name: 'oldman', age: null, bio: 'oldXman', active: false },
    ]);
    const emails = async (
      where: Parameters<typeof repository.findMany>[0] extends infer O ? (NonNullable<O> extends { where?: infer W } ? W : never) : never,
    ) => (await repository.findMany({ where: where!, orderBy: { email: 'asc' } })).map((row) => row.email[0]).join('');
    expect(await emails({ name: { contains: '100%' } })).toBe('a');
    expect(await emails({ name: { startsWith: '100' } })).toBe('ab');
    expect(await emails({ name: { startsWith: 'OLD' } })).toBe('');
    expect(await emails({ bio: { contains: 'd_m' } })).toBe('b');
    expect(await emails({ name: { endsWith: 'man' } })).toBe('c');
    expect(await emails({ age: null })).toBe('c');
    expect(await emails({ age: { ne: 10 } })).toBe('bc');
    expect(await emails({ age: { gte: 10, lt: 20 } })).toBe('a');
    expect(await emails({ age: [10, 20] })).toBe('ab');
    expect(await emails({ age: { notIn: [10] } })).toBe('bc');
    expect(await emails({ age: [] })).toBe('');
    expect(await emails({ or: [{ age: 10 }, { active: false }] })).toBe('ac');
    expect(await emails({ or: [] })).toBe('');
    expect(await emails({ not: { email: 'a@x' }, and: [{ active: true }] })).toBe('b');
    expect(await emails({ or: [{}, { age: 10 }] })).toBe('abc');
    expect(await repository.count({ active: true })).toBe(2);
    expect(await repository.count()).toBe(3);
    expect(await repository.exists({ age: { gt: 20 } })).toBe(false);
  });

  test('an object where a value belongs matches nobody: {} from a client is refused', async () => {
    const repository = db.repository(users);
    await ann();
    for (const where of [{ email: {} }, { or: [{ email: {} }] }, { not: { age: {} } }] as never[]) {
      await expect(repository.findOne(where)).rejects.toMatchObject({ code: 'DATA_FILTER_OPERATOR' });
      await expect(repository.exists(where)).rejects.toMatchObject({ code: 'DATA_FILTER_OPERATOR' });
      await expect(repository.findMany({ where })).rejects.toMatchObject({ code: 'DATA_FILTER_OPERATOR' });
      await expect(repository.count(where)).rejects.toMatchObject({ code: 'DATA_FILTER_OPERATOR' });
    }
  });

  test('what a client may send as a filter is refused or means itself', async () => {
    const repository = db.repository(users);
    await ann();
    const text = { toString: () => 'ann@example.org' };
    const hostile: [unknown, string][] = [
      [{ email: { eq: text } }, 'DATA_VALUE'],
      [{ email: { eq: { eq: 'ann@example.org' } } }, 'DATA_VALUE'],
      [{ email: [['ann@example.org']] }, 'DATA_VALUE'],
      [{ email: [{ ne: '' }] }, 'DATA_VALUE'],
      [{ email: { in: 'ann@example.org' } }, 'DATA_FILTER_OPERATOR'],
      [{ email: { $ne: null } }, 'DATA_FILTER_OPERATOR'],
      [{ email: { constructor: 'x' } }, 'DATA_FILTER_OPERATOR'],
      [{ email: { contains: 'a\0' } }, 'DATA_FILTER_OPERATOR'],
      [{ email: 'a\0' }, 'DATA_VALUE'],
      [{ email: '\ud800' }, 'DATA_VALUE'],
      [{ age: NaN }, 'DATA_VALUE'],
      [{ age: '1 or 1=1' }, 'DATA_VALUE'],
      [{ active: 'true' }, 'DATA_VALUE'],
      [{ id: '%' }, 'DATA_VALUE'],
      [{ all: 'true' }, 'DATA_COLUMN_UNKNOWN'],
      [{ 'users.email': 'x' }, 'DATA_COLUMN_UNKNOWN'],
      [{ '"email"': 'x' }, 'DATA_COLUMN_UNKNOWN'],
      [JSON.parse('{"__proto__":{"email":"ann@example.org"}}'), 'DATA_COLUMN_UNKNOWN'],
      [{ toString: 'x' }, 'DATA_COLUMN_UNKNOWN'],
    ];
    for (const [where, expected] of hostile) {
      await expect(repository.findOne(where as never), JSON.stringify(where)).rejects.toMatchObject({ code: expected });
      await expect(repository.deleteMany(where as never), JSON.stringify(where)).rejects.toMatchObject({ code: expected });
      await expect(repository.updateMany(where as never, { bio: 'x' }), JSON.stringify(where)).rejects.toMatchObject({ code: expected });
    }
    expect(await repository.count({ bio: null })).toBe(1);
    for (const orderBy of [
      { constructor: 'asc' },
      { name: 'ASC' },
      { name: ['asc'] },
      { name: null },
      ['name'],
      'name',
      { name: 'asc; --' },
    ] as never[])
      await expect(repository.findMany({ orderBy }), JSON.stringify(orderBy)).rejects.toMatchObject({
        code: expect.stringMatching(/^DATA_(?:ORDER|COLUMN_UNKNOWN)$/) as string,
      });
  });

  test('filters that match every row are no filters: one row, or a change of rows, wants a condition or { all: true }', async () => {
    const repository = db.repository(users);
    const row = await ann();
    const unfiltered: Where<typeof users>[] = [
      {},
      { and: [] },
      { and: [{}, { and: [{}] }] },
      { or: [{}, { age: 10 }] },
      { id: { notIn: [] } },
      { not: { or: [] } },
      { not: { id: [] } },
      { not: { id: { in: [] }, age: 10 } },
      { not: { not: {} } },
      { or: [{ age: 10 }, { not: { id: { in: [] } } }] },
      { id: { ne: null as never } },
      { not: { id: null as never } },
      { name: { contains: '', startsWith: '', endsWith: '' } },
    ];
    for (const where of unfiltered) {
      const refused = expect.objectContaining({ code: 'DATA_UNFILTERED' }) as Error;
      for (const attempt of [
        repository.deleteMany(where),
        repository.updateMany(where, { name: 'x' }),
        repository.findOne(where),
        repository.exists(where),
      ]) {
        await expect(attempt, JSON.stringify(where)).rejects.toEqual(refused);
      }
      expect(await repository.count(where)).toBe(1);
    }
    for (const where of [{ age: { notIn: [] }, name: 'Ann' }, { bio: { ne: null } }, { or: [] }, { not: { age: 10 } }] as Where<
      typeof users
    >[])
      await repository.exists(where);
    expect(await repository.findOne({ all: true }, { orderBy: { name: 'asc' } })).toEqual(row);
    expect(await repository.exists({ all: true })).toBe(true);
    await expect(repository.deleteMany({ and: [{ all: true }] } as never)).rejects.toMatchObject({ code: 'DATA_COLUMN_UNKNOWN' });
    expect(await repository.deleteMany({ all: true })).toBe(1);
  });

  test('undefined, unknown columns, wrong types and unfiltered writes are refused before any SQL [DA-12]', async () => {
    const repository = db.repository(users);
    await ann();
    const counter = queryCounter(db);
    await expect(repository.findOne({ id: undefined as never })).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
    await expect(repository.findOne(undefined as never)).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
    await expect(repository.deleteMany(undefined as never)).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
    await expect(repository.exists(undefined as never)).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
    for (const where of [
      { not: undefined },
      { or: [undefined] },
      { or: [{ age: undefined }] },
      { and: [{ not: { age: [undefined] } }] },
    ] as never[]) {
      await expect(repository.findOne(where)).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
      await expect(repository.deleteMany(where)).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
    }
    for (const where of [{ or: {} }, { not: [] }, { and: [null] }, { not: 'x' }] as never[])
      await expect(repository.deleteMany(where)).rejects.toMatchObject({ code: 'DATA_FILTER_OPERATOR' });
    await expect(repository.findMany({ where: { age: { gt: undefined } } })).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
    await expect(repository.findMany({ where: { 'id; drop table users': 1 } as never })).rejects.toMatchObject({
      code: 'DATA_COLUMN_UNKNOWN',
    });
    await expect(repository.findMany({ where: { email: 0 } as never })).rejects.toMatchObject({ code: 'DATA_VALUE' });
    await expect(repository.findMany({ where: { email: { like: '%' } } as never })).rejects.toMatchObject({ code: 'DATA_FILTER_OPERATOR' });
    await expect(repository.findMany({ orderBy: { 'name desc; --': 'asc' } as never })).rejects.toMatchObject({
      code: 'DATA_COLUMN_UNKNOWN',
    });
    await expect(repository.findMany({ orderBy: { name: 'desc; drop table users' } as never })).rejects.toMatchObject({
      code: 'DATA_ORDER',
    });
    await expect(repository.findMany({ limit: -1 })).rejects.toMatchObject({ code: 'DATA_LIMIT' });
    await expect(repository.findMany({ limit: '1' as never })).rejects.toMatchObject({ code: 'DATA_LIMIT' });
    await expect(repository.deleteMany({})).rejects.toMatchObject({ code: 'DATA_UNFILTERED' });
    await expect(repository.deleteMany({ and: [{}] })).rejects.toMatchObject({ code: 'DATA_UNFILTERED' });
    await expect(repository.updateMany({ or: [{}, { name: 'x' }] }, { name: 'y' })).rejects.toMatchObject({ code: 'DATA_UNFILTERED' });
    await expect(repository.insert({ email: 'x' } as never)).rejects.toMatchObject({ code: 'DATA_COLUMN_REQUIRED' });
    await expect(repository.insert({ email: 'x', name: null as never })).rejects.toMatchObject({ code: 'DATA_NOT_NULL' });
    await expect(repository.insert({ email: 'x', name: 'y'.repeat(51) })).rejects.toMatchObject({ code: 'DATA_TOO_LONG' });
    await expect(repository.insert({ email: 'x', name: 'y', age: 2 ** 31 })).rejects.toMatchObject({ code: 'DATA_OUT_OF_RANGE' });
    await expect(repository.insert({ email: 'x', name: 'y', admin: true } as never)).rejects.toMatchObject({ code: 'DATA_COLUMN_UNKNOWN' });
    expect(counter.count).toBe(0);
    counter.stop();
    expect(await repository.count()).toBe(1);
  });

  test('a list of 70,000 values works as a filter', async () => {
    const { id: authorId } = await ann();
    const { id } = await db.repository(articles).insert({ authorId, title: 'one' });
    const ids = Array.from({ length: 70_000 }, (_, index) => index + id);
    expect(await db.repository(articles).count({ id: { in: ids } })).toBe(1);
    expect(await db.repository(articles).count({ id: { notIn: ids } })).toBe(0);
  });

  test('an upsert inserts, then updates the row with the same key and leaves the rest', async () => {
    const repository = db.repository(users);
    const first = await repository.upsert({ email: 'u@x', name: 'One', bio: 'kept' }, { on: ['email'] });
    const second = await repository.upsert({ email: 'u@x', name: 'Two' }, { on: ['email'] });
    expect(second).toEqual({ ...first, name: 'Two', updatedAt: second.updatedAt });
    expect(await repository.count()).toBe(1);
    const pair = await tagged();
    expect(await db.repository(articleTags).upsert(pair)).toEqual(pair);
    expect(await db.repository(articleTags).count()).toBe(1);
    await repository.insert({ id: '00000000-0000-7000-8000-000000000001', email: 'other@x', name: 'Other' });
    await expect(
      repository.upsert({ id: '00000000-0000-7000-8000-000000000001', email: 'new@x', name: 'N' }, { on: ['email'] }),
    ).rejects.toMatchObject({ code: 'DATA_UNIQUE' });
  });
  const tagged = async () => {
    const { id: authorId } = await ann();
    const { id: articleId } = await db.repository(articles).insert({ authorId, title: 'one' });
    const { id: tagId } = await db.repository(tags).insert({ label: 'red' });
    return db.repository(articleTags).insert({ articleId, tagId });
  };

  test('a composite key finds, and needs all its parts', async () => {
    const pair = await tagged();
    expect(await db.repository(articleTags).find(pair)).toEqual(pair);
    await expect(db.repository(articleTags).find({ articleId: 1 } as never)).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
    expect(await db.repository(articleTags).delete(pair)).toBe(true);
  });

  test('relations take one query each, whatever the number of rows [DA-14]', async () => {
    const [a, b] = await db.repository(users).insertMany([
      { email: 'a', name: 'A' },
      { email: 'b', name: 'B' },
    ]);
    const written = await db.repository(articles).insertMany(
      Array.from({ length: 20 }, (_, index) => ({
        authorId: index % 2 ? a!.id : b!.id,
        editorId: index === 0 ? a!.id : null,
        title: `t${String(index).padStart(2, '0')}`,
      })),
    );
    const [red, blue] = await db.repository(tags).insertMany([{ label: 'red' }, { label: 'blue' }]);
    await db.repository(articleTags).insertMany([
      { articleId: written[0]!.id, tagId: red!.id },
      { articleId: written[0]!.id, tagId: blue!.id },
      { articleId: written[1]!.id, tagId: red!.id },
    ]);
    const counter = queryCounter(db);
    const list = await db.repository(articles).findMany({
      orderBy: { id: 'asc' },
      with: {
        author: one(users, 'authorId'),
        editor: maybe(users, 'editorId'),
        tags: manyToMany(tags, { through: articleTags, from: 'articleId', to: 'tagId' }, { orderBy: { label: 'asc' } }),
      },
    });
    counter.stop();
    expect(counter.count).toBe(4);
    expect(list[0]!.author.name).toBe('B');
    expect(list[0]!.editor?.name).toBe('A');
    expect(list[1]!.editor).toBeNull();
    expect(list.slice(0, 3).map((row) => row.tags.map((tag) => tag.label))).toEqual([['blue', 'red'], ['red'], []]);
    const authors = await db.repository(users).findMany({
      orderBy: { name: 'asc' },
      with: { articles: many(articles, 'authorId', { orderBy: { title: 'desc' }, with: { author: one(users, 'authorId') } }) },
    });
    expect(authors.map((row) => row.articles.length)).toEqual([10, 10]);
    expect(authors[0]!.articles[0]!.title).toBe('t19');
    expect(authors[0]!.articles[0]!.author.id).toBe(authors[0]!.id);
  });

  test('a unique violation names table, columns or constraint, and never the value', async () => {
    await ann();
    const error = await db
      .repository(users)
      .insert({ email: 'ann@example.org', name: 'Secret' })
      .catch((reason: UniqueViolation) => reason);
    expect(error).toMatchObject({ name: 'UniqueViolation', code: 'DATA_UNIQUE', kind: 'conflict' });
    const text =
      JSON.stringify(error) +
      String((error as Error).stack) +
      String(((error as Error).cause as Error).stack) +
      JSON.stringify((error as Error).cause);
    expect(text).not.toContain('ann@example.org');
    expect(text).not.toContain('Secret');
  });
});
