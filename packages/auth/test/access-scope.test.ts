import { Injectable } from '@plinth/core';
import { DATABASE, DataModule, defineMigration, enumOf, integer, table, text, type Database } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { guarded, HttpModule, inject } from '@plinth/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, Tokens } from '@plinth/auth';
import { allowed, scoped, tablePolicy } from '@plinth/auth/data';
import { startAuth } from './support.js';

interface User {
  readonly id: string;
  readonly admin?: boolean;
}

const articles = table('policy_articles', {
  id: integer().primary(),
  author: text({ max: 40 }),
  status: enumOf('draft', 'published').default('draft'),
  title: text(),
  note: text().nullable(),
});
const create = defineMigration('2026_11_policy_articles', { up: ({ createTable }) => createTable(articles) });
const policy = tablePolicy({ name: 'article', table: articles })(
  {
    read: (user: User) => user.admin === true || { or: [{ status: 'published' }, { author: user.id }] },
    create: (user: User) => ({ author: user.id, status: 'draft' }),
    update: (user: User) => ({ author: user.id }),
    delete: (user: User) => ({ author: user.id, status: 'draft' }),
  },
  { fields: { update: () => ['title', 'author', 'status'] } },
);
const ann: User = { id: 'ann' };
const root: User = { id: 'root', admin: true };
const code = (name: string): unknown => expect.objectContaining({ code: name });

@Injectable({ deps: [] })
class People {
  findById(id: string): User {
    return id === 'root' ? root : { id };
  }
}

await describeDialect('policies as query filters', { describe, test, beforeAll, afterAll }, (suite) => {
  const open = async (): Promise<Database & AsyncDisposable> => {
    const db = suite.database.open({ migrations: [create] });
    await db.migrate.up();
    await db.repository(articles).deleteMany({ all: true });
    await db.repository(articles).insertMany([
      { id: 1, author: 'ann', status: 'draft', title: 'a' },
      { id: 2, author: 'ann', status: 'published', title: 'b' },
      { id: 3, author: 'bob', status: 'draft', title: 'c' },
      { id: 4, author: 'bob', status: 'published', title: 'd' },
    ]);
    return Object.assign(db, { [Symbol.asyncDispose]: () => db.close() });
  };

  test('lists, pages and counts show only what may be seen [AU-15]', async () => {
    await using db = await open();
    const hers = scoped(db, policy, ann);
    const ids = (rows: readonly { readonly id: number }[]): readonly number[] => rows.map(({ id }) => id);
    const orderBy = { id: 'asc' } as const;
    expect(ids(await hers.findMany({ orderBy }))).toEqual([1, 2, 4]);
    expect(ids(await hers.findMany({ where: { or: [{ status: 'draft' }, { id: 4 }] }, orderBy, select: ['id'] }))).toEqual([1, 4]);
    expect(ids((await hers.page({ orderBy, limit: 2 })).rows)).toEqual([1, 2]);
    expect(await hers.offsetPage({ orderBy, limit: 1 })).toMatchObject({ total: 3, rows: [{ id: 1 }] });
    expect(await hers.count()).toBe(3);
    expect(await hers.count({ author: 'bob' })).toBe(1);
    expect(await hers.exists({ id: 3 })).toBe(false);
    expect(await hers.findOne({ id: 3 })).toBeUndefined();
    expect(await hers.findOne({ all: true }, { orderBy: { id: 'desc' } })).toMatchObject({ id: 4 });
    const seen: number[] = [];
    for await (const row of hers.iterate({ orderBy })) seen.push(row.id);
    expect(seen).toEqual([1, 2, 4]);
    expect(await scoped(db, policy, root).count()).toBe(4);
  });

  test('what may not be seen is not there: 404, as if it never was', async () => {
    await using db = await open();
    const hers = scoped(db, policy, ann);
    const errors = await Promise.all([3, 99].map((id) => hers.get(id).catch((error: unknown) => error)));
    expect(errors[0]).toMatchObject({ code: 'DATA_NOT_FOUND', kind: 'not-found' });
    expect((errors[0] as Error).message).toBe((errors[1] as Error).message);
    expect(await hers.update(3, { title: 'x' })).toBeUndefined();
    expect(await hers.delete(3)).toBe(false);
    expect(await db.repository(articles).get(3)).toMatchObject({ title: 'c' });
  });

  test('what may be seen but not changed is 403, and stays', async () => {
    await using db = await open();
    const hers = scoped(db, policy, ann);
    await expect(hers.update(4, { title: 'x' })).rejects.toEqual(code('AUTH_POLICY_DENIED'));
    await expect(hers.delete(2)).rejects.toEqual(code('AUTH_POLICY_DENIED'));
    expect(await db.repository(articles).count()).toBe(4);
    expect(await hers.update(1, { title: 'x' })).toMatchObject({ id: 1, title: 'x' });
    expect(await hers.delete(1)).toBe(true);
  });

  test('a change must be allowed as the row becomes, too: nobody gives a row away', async () => {
    await using db = await open();
    await expect(scoped(db, policy, ann).update(1, { author: 'bob' })).rejects.toEqual(code('AUTH_POLICY_DENIED'));
    expect(await db.repository(articles).get(1)).toMatchObject({ author: 'ann' });
    await expect(scoped(db, policy, ann).update(1, { note: 'x' })).rejects.toEqual(code('AUTH_FIELD_DENIED'));
  });

  test('a new row must be allowed as it is stored, with its defaults', async () => {
    await using db = await open();
    const hers = scoped(db, policy, ann);
    expect(await hers.insert({ id: 5, author: 'ann', title: 'e' })).toMatchObject({ status: 'draft' });
    await expect(hers.insert({ id: 6, author: 'bob', title: 'f' })).rejects.toEqual(code('AUTH_POLICY_DENIED'));
    await expect(hers.insert({ id: 7, author: 'ann', status: 'published', title: 'g' })).rejects.toEqual(code('AUTH_POLICY_DENIED'));
    expect(await db.repository(articles).count()).toBe(5);
  });

  test('writes of many rows touch only those that are allowed', async () => {
    await using db = await open();
    const hers = scoped(db, policy, ann);
    expect(await hers.updateMany({ all: true }, { title: 'x' })).toBe(2);
    await expect(hers.updateMany({ id: 1 }, { author: 'bob' })).rejects.toEqual(code('AUTH_FIELD_DENIED'));
    await expect(hers.updateMany({}, { title: 'y' })).rejects.toEqual(code('DATA_UNFILTERED'));
    await expect(hers.deleteMany({})).rejects.toEqual(code('DATA_UNFILTERED'));
    expect(await hers.deleteMany({ all: true })).toBe(1);
    expect(await db.repository(articles).count({ title: 'c' })).toBe(1);
  });

  test('a row that is given away while its former owner deletes it stays', async () => {
    await using db = await open();
    let asked: () => void = () => undefined;
    const judged = new Promise<void>((resolve) => (asked = resolve));
    const movers = tablePolicy({ name: 'article', table: articles })({
      read: (_user: User) => true,
      delete: (user) => {
        asked();
        return { author: user.id };
      },
    });
    let given: () => void = () => undefined;
    const moved = new Promise<void>((resolve) => (given = resolve));
    const move = db.transaction(async () => {
      await db.repository(articles).update(1, { author: 'bob' });
      given();
      // Whoever judges the row without waiting for this transaction does it now; who waits must be waited for no longer.
      await Promise.race([judged, new Promise((resolve) => setTimeout(resolve, 300))]);
    });
    await moved;
    const deleted = scoped(db, movers, ann).delete(1);
    await Promise.all([move, expect(deleted).rejects.toEqual(code('AUTH_POLICY_DENIED'))]);
    expect(await db.repository(articles).get(1)).toMatchObject({ author: 'bob' });
  });

  test('a guard hands the row to the handler, is 404 for what is hidden and 403 for what is only seen [AU-15]', async () => {
    await using _rows = await open();
    const data = DataModule.with({ migrations: [create] });
    const returns = { type: 'string' } as const;
    const user = bearer({ users: People });
    await using app = await startAuth(
      { imports: [data] },
      {
        env: { DATABASE_URL: suite.database.url },
        module: {
          imports: [HttpModule.with({}), data],
          providers: [People],
          routes: [
            guarded(user, allowed(policy, 'update', { as: 'article' })).put('/articles/:id', { returns }, ({ article }) => article.title),
            guarded(user, allowed(policy, 'read', { param: 'key' })).get('/read/:key', { returns }, ({ row }) => row.title),
            guarded(user, allowed(policy, 'read', { param: 'other' })).get('/wrong/:key', { returns }, ({ row }) => row.title),
          ],
        },
      },
    );
    const call = async (method: string, url: string, id: string): Promise<readonly [number, string | undefined]> => {
      const headers = { authorization: `Bearer ${(await app.get(Tokens).sign(id)).token}` };
      const answer = await inject(app, { method, url, headers });
      return [answer.status, (answer.json() as { code?: string }).code];
    };
    expect(await call('PUT', '/articles/1', 'ann')).toEqual([200, undefined]);
    expect(await call('PUT', '/articles/4', 'ann')).toEqual([403, 'AUTH_POLICY_DENIED']);
    for (const id of ['3', '99', 'x', '1e0', '01', '99999999999', '-0'])
      expect([id, ...(await call('PUT', `/articles/${id}`, 'ann'))]).toEqual([id, 404, 'DATA_NOT_FOUND']);
    expect(await call('GET', '/read/3', 'ann')).toEqual([404, 'DATA_NOT_FOUND']);
    expect(await call('GET', '/read/3', 'root')).toEqual([200, undefined]);
    expect((await call('GET', '/wrong/1', 'ann'))[0]).toBe(500);
    expect(app.get(DATABASE).dialect).toBe(suite.dialect);
  });
});

test('a table whose rows are found by several values has no guard', () => {
  const pairs = table('policy_pairs', { a: integer(), b: integer() }, { primary: ['a', 'b'] });
  const both = tablePolicy({ name: 'pair', table: pairs })({ read: () => true });
  expect(() => allowed(both, 'read')).toThrow(code('AUTH_POLICY_FAILED') as Error);
});
