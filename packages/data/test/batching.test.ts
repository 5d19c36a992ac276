import { AsyncResource } from 'node:async_hooks';
import { articles, articleTags, tags, users } from './tables.js';
import { createContext, runInContext } from '@plinth/core';
import { type Database, defineMigration, integer, json, many, manyToMany, maybe, one, table, text } from '@plinth/data';
import { describeDialect, queryCounter } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const notes = table('notes', { id: integer().primary(), body: text(), meta: json<{ list: number[] }>() });
const schema = defineMigration('001', {
  async up({ createTable }) {
    for (const value of [users, articles, tags, articleTags, notes]) await createTable(value);
  },
});

await describeDialect('calls of one tick', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  let authors: { id: string; name: string }[];
  const batched = suite.dialect === 'postgres' || suite.dialect === 'mysql';
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
    await db.repository(notes).insertMany(Array.from({ length: 100 }, (_, id) => ({ id, body: `n${id}`, meta: { list: [id] } })));
    authors = await db.repository(users).insertMany(Array.from({ length: 3 }, (_, index) => ({ email: `${index}@x`, name: `U${index}` })));
    const written = await db.repository(articles).insertMany(
      Array.from({ length: 30 }, (_, index) => ({
        authorId: authors[index % 3]!.id,
        title: `t${String(index).padStart(2, '0')}`,
        views: index % 4,
      })),
    );
    const labels = await db.repository(tags).insertMany(Array.from({ length: 5 }, (_, index) => ({ label: `l${index}` })));
    await db
      .repository(articleTags)
      .insertMany(written.slice(0, 4).flatMap((article) => labels.map((tag) => ({ articleId: article.id, tagId: tag.id }))));
  });

  test('finds by key become one query; each caller gets a row of its own, and a missing one is undefined', async () => {
    const repository = db.repository(notes);
    const counter = queryCounter(db);
    const rows = await Promise.all([
      ...Array.from({ length: 20 }, (_, id) => repository.find(id)),
      repository.find(7),
      repository.find(5_000),
    ]);
    counter.stop();
    expect(counter.count).toBe(batched ? 1 : 22);
    expect(rows.slice(0, 20).map((row) => row?.body)).toEqual(Array.from({ length: 20 }, (_, id) => `n${id}`));
    expect(rows[20]).toEqual(rows[7]);
    expect(rows[20]).not.toBe(rows[7]);
    rows[20]!.meta.list.push(1);
    expect(rows[7]!.meta.list).toEqual([7]);
    expect(rows[21]).toBeUndefined();
  });

  test('a wrong key fails its own call only', async () => {
    const repository = db.repository(notes);
    const outcomes = await Promise.allSettled([
      repository.find(1),
      repository.find('2' as never),
      repository.get(9_999),
      repository.find(undefined as never),
      repository.find(3),
    ]);
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value?.id : (outcome.reason as { code: string }).code)),
    ).toEqual([1, 'DATA_VALUE', 'DATA_NOT_FOUND', 'DATA_FILTER_UNDEFINED', 3]);
  });

  test('a request that is over fails its own finds, not those of another one in the same tick', async () => {
    const repository = db.repository(notes);
    const gone = AbortSignal.abort(new Error('the caller has left'));
    const inRequest = (signal: AbortSignal | undefined, id: number) =>
      runInContext(createContext({ requestId: String(id), ...(signal && { signal }) } as never), () => repository.find(id));
    const counter = queryCounter(db);
    const outcomes = await Promise.allSettled([inRequest(undefined, 1), inRequest(gone, 2), inRequest(undefined, 3), repository.find(4)]);
    counter.stop();
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value?.id : (outcome.reason as { code: string }).code)),
    ).toEqual([1, 'DATA_REQUEST_ENDED', 3, 4]);
    expect(counter.count).toBe(3);
  });

  test('finds see their own transaction, and nothing of another one; statements of a transaction keep their order', async () => {
    const repository = db.repository(notes);
    let outside: Promise<unknown> = Promise.resolve();
    await db
      .transaction(async () => {
        const before = repository.find(50);
        const changing = repository.update(50, { body: 'changed' });
        const after = Promise.all([repository.find(50), repository.find(51)]);
        expect((await before)!.body).toBe('n50');
        await changing;
        expect((await after).map((row) => row!.body)).toEqual(['changed', 'n51']);
        throw new Error('undo');
      })
      .catch((error: Error) => expect(error.message).toBe('undo'));
    outside = repository.find(50);
    expect(await outside).toMatchObject({ body: 'n50' });
    await db.transaction(async () => void repository.find(1));
  });

  test('a find that was called before a nested transaction or a template runs before it', async () => {
    const repository = db.repository(notes);
    await db.transaction(async () => {
      const asked = repository.find(70);
      await db.transaction(async () => expect(await asked).toMatchObject({ body: 'n70' }));
      const before = repository.find(70);
      const changing = db.sql`update ${notes} set body = ${'changed'} where id = ${70}`;
      expect((await before)!.body).toBe('n70');
      await changing;
    });
  });

  test('a find outside of the transaction that is called in the same tick sees nothing of it', async () => {
    // SQLite has one connection, which the transaction holds.
    if (!batched) return;
    const repository = db.repository(notes);
    const outside = AsyncResource.bind(() => repository.find(60));
    await db.transaction(async () => {
      await repository.update(60, { body: 'unseen' });
      const [inner, outer] = await Promise.all([repository.find(60), outside()]);
      expect([inner!.body, outer!.body]).toEqual(['unseen', 'n60']);
      const [outerFirst, innerSecond] = await Promise.all([outside(), repository.find(60)]);
      expect([outerFirst!.body, innerSecond!.body]).toEqual(['n60', 'unseen']);
    });
  });

  test('a failing database fails every find of the batch with its own typed error', async () => {
    const missing = table('missing_table', { id: integer().primary() });
    const outcomes = await Promise.allSettled([1, 2, 3].map((id) => db.repository(missing).find(id)));
    expect(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as unknown)).toEqual(
      [1, 2, 3].map(() => expect.objectContaining({ code: 'DATA_SCHEMA_MISMATCH' }) as unknown),
    );
  });

  test('load() of one tick is one query per relation; each caller gets its own related rows and its own error', async () => {
    const repository = db.repository(articles);
    const rows = await repository.findMany({ orderBy: { id: 'asc' }, limit: 6 });
    const counter = queryCounter(db);
    const loaded = await Promise.all(
      rows.map((row) =>
        repository.load([row], {
          author: one(users, 'authorId', { with: { articles: many(articles, 'authorId', { limit: 2, orderBy: { id: 'asc' } }) } }),
        }),
      ),
    );
    counter.stop();
    expect(counter.count).toBe(2);
    expect(loaded.map(([row]) => row!.author.name)).toEqual(['U0', 'U1', 'U2', 'U0', 'U1', 'U2']);
    expect(loaded[0]![0]!.author).toEqual(loaded[3]![0]!.author);
    expect(loaded[0]![0]!.author).not.toBe(loaded[3]![0]!.author);
    expect(loaded[0]![0]!.author.articles.map((article) => article.title)).toEqual(['t00', 't03']);
    const outcomes = await Promise.allSettled([
      repository.load([{ ...rows[0]!, editorId: authors[1]!.id }], { editor: one(users, 'editorId') }),
      repository.load([rows[1]!], { editor: one(users, 'editorId') }),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
    expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'DATA_RELATION' });
  });

  test('a limit is per parent, on each side of a joining table, with one query per relation [DA-14]', async () => {
    const counter = queryCounter(db);
    const list = await db.repository(users).findMany({
      orderBy: { name: 'asc' },
      with: {
        popular: many(articles, 'authorId', { orderBy: [{ views: 'desc' }, { id: 'asc' }], limit: 2 }),
        unread: many(articles, 'authorId', { where: { views: 0 }, limit: 1, with: { editor: maybe(users, 'editorId') } }),
      },
    });
    counter.stop();
    expect(counter.count).toBe(3);
    for (const [index, user] of list.entries()) {
      const own = (
        await db.repository(articles).findMany({ where: { authorId: user.id }, orderBy: [{ views: 'desc' }, { id: 'asc' }] })
      ).slice(0, 2);
      expect(user.popular).toEqual(own);
      expect(user.unread).toHaveLength(1);
      expect(Object.keys(user.popular[0]!)).toEqual(Object.keys(own[0]!));
      expect(user.name).toBe(`U${index}`);
    }
    const tagged = await db.repository(articles).findMany({
      orderBy: { id: 'asc' },
      limit: 5,
      with: { tags: manyToMany(tags, { through: articleTags, from: 'articleId', to: 'tagId' }, { orderBy: { label: 'desc' }, limit: 2 }) },
    });
    expect(tagged.map((row) => row.tags.map((tag) => tag.label))).toEqual([...Array.from({ length: 4 }, () => ['l4', 'l3']), []]);
    await expect(db.repository(users).findMany({ with: { none: many(articles, 'authorId', { limit: 0 }) } })).rejects.toMatchObject({
      code: 'DATA_LIMIT',
    });
  });

  test('relations of more parents than a statement takes values are found for all of them', async () => {
    const parents = Array.from({ length: 40_000 }, (_, id) => ({ id, authorId: authors[0]!.id, editorId: null, title: '', views: 0 }));
    const loaded = await db
      .repository(articles)
      .load(parents, { tags: manyToMany(tags, { through: articleTags, from: 'articleId', to: 'tagId' }), author: one(users, 'authorId') });
    expect(loaded.reduce((sum, row) => sum + row.tags.length, 0)).toBe(20);
    expect(loaded.every((row) => row.author.name === 'U0')).toBe(true);
  });
});
