import { type Database, defineMigration, id, integer, many, one, sql, table, text } from '@plinth/data';
import { describeDialect, expectQueries, queryCounter } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const authors = table('authors', { id: id(), name: text({ max: 40 }) });
const books = table('books', { id: id(), authorId: integer(), title: text({ max: 40 }), pages: integer() });
const prizes = table('prizes', { id: id(), bookId: integer(), name: text({ max: 40 }) });
const schema = defineMigration('001', {
  async up({ createTable }) {
    for (const value of [authors, books, prizes]) await createTable(value);
  },
});
const wrote = (name: string) => sql`${books.authorId} in (select ${authors.id} from ${authors} where ${authors.name} = ${name})`;
const won = (prize: string) => sql`${books.id} in (select ${prizes.bookId} from ${prizes} where ${prizes.name} = ${prize})`;

await describeDialect('conditions in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
    const [ann, bob] = await db.repository(authors).insertMany([{ name: 'ann' }, { name: 'bob' }]);
    const rows = await db.repository(books).insertMany([
      { authorId: ann!.id, title: 'a1', pages: 10 },
      { authorId: ann!.id, title: 'a2', pages: 20 },
      { authorId: bob!.id, title: 'b1', pages: 30 },
    ]);
    await db.repository(prizes).insertMany([
      { bookId: rows[1]!.id, name: 'gold' },
      { bookId: rows[2]!.id, name: 'gold' },
      { bookId: rows[2]!.id, name: 'gold' },
    ]);
  });
  const titles = (rows: readonly { readonly title: string }[]) => rows.map((row) => row.title).join(' ');

  test('combine with other conditions, whose values keep their places', async () => {
    const repository = db.repository(books);
    const find = async (where: Parameters<typeof repository.count>[0]) =>
      titles(await repository.findMany({ ...(where && { where }), orderBy: { title: 'asc' } }));
    expect(await find({ and: [wrote('ann')] })).toBe('a1 a2');
    expect(await find({ pages: { gte: 20 }, and: [wrote('ann'), won('gold')], title: ['a1', 'a2', 'b1'] })).toBe('a2');
    expect(await find({ or: [wrote('bob'), { title: 'a1' }] })).toBe('a1 b1');
    expect(await find({ not: won('gold') })).toBe('a1');
    expect(await find({ and: [sql`${books.pages} = ${10} or ${books.pages} = ${20}`, wrote('bob')] })).toBe('');
    expect(await find({ and: [] })).toBe('a1 a2 b1');
  });

  test('choose the rows of counts, pages, aggregates, updates and relations', async () => {
    const repository = db.repository(books);
    expect(await repository.count({ and: [won('gold')] })).toBe(2);
    expect(await repository.exists({ and: [won('tin')] })).toBe(false);
    expect(await repository.aggregate({ where: { and: [wrote('ann')] }, sum: ['pages'] })).toMatchObject({ sum: { pages: 30 } });
    const page = await repository.offsetPage({ where: { and: [won('gold')] }, orderBy: { title: 'desc' }, limit: 1 });
    expect([titles(page.rows), page.total]).toEqual(['b1', 2]);
    expect(await repository.updateMany({ and: [wrote('bob')] }, { pages: 31 })).toBe(1);
    const [ann] = await db.repository(authors).findMany({
      where: { name: 'ann' },
      with: { winners: many(books, 'authorId', { where: { and: [won('gold')] } }) },
    });
    expect(titles(ann!.winners)).toBe('a2');
  });

  test('a cursor belongs to its condition with its values', async () => {
    const repository = db.repository(books);
    const first = await repository.page({ where: { and: [wrote('ann')] }, orderBy: { title: 'asc' }, limit: 1 });
    const next = await repository.page({ where: { and: [wrote('ann')] }, orderBy: { title: 'asc' }, limit: 1, after: first.after });
    expect([titles(first.rows), titles(next.rows)]).toEqual(['a1', 'a2']);
    for (const other of [wrote('bob'), sql`${books.id} in (select ${authors.name} from ${authors} where ${authors.id} = ${'ann'})`])
      await expect(
        repository.page({ where: { and: [other] }, orderBy: { title: 'asc' }, limit: 1, after: first.after }),
      ).rejects.toMatchObject({
        code: 'DATA_CURSOR',
      });
  });

  test('loads of one tick share a query only where their conditions are the same', async () => {
    const rows = await db.repository(books).findMany({ where: { title: ['a2'] } });
    const load = (condition: ReturnType<typeof sql>) =>
      db.repository(books).load(rows, { found: many(prizes, 'bookId', { where: { and: [condition] } }) });
    const conditions = [
      sql`${prizes.id} > ${prizes.bookId}`,
      sql`${prizes.bookId} > ${prizes.id}`,
      sql`${prizes.name} = ${'gold'}`,
      sql`${prizes.name} = ${'tin'}`,
    ];
    const loaded = await expectQueries(db, 4, () => Promise.all([...conditions, sql`${prizes.name} = ${'gold'}`].map(load)));
    expect(loaded.map(([row]) => row!.found.length)).toEqual([0, 1, 1, 0, 1]);
  });

  test('a relation that is undefined is not loaded', async () => {
    const read = (prize: string | undefined) =>
      db.repository(books).findMany({
        where: { title: 'b1' },
        select: ['title'],
        with: {
          author: one(authors, 'authorId'),
          prizes: prize === undefined ? undefined : many(prizes, 'bookId', { where: { name: prize } }),
        },
      });
    using counter = queryCounter(db);
    expect((await read(undefined))[0]).toEqual({ title: 'b1', author: { id: 2, name: 'bob' } });
    expect(counter.count).toBe(2);
    expect((await read('gold'))[0]!.prizes?.length).toBe(2);
    expect(counter.count).toBe(5);
    const [loaded] = await db.repository(authors).load([{ id: 2, name: 'bob' }], { books: undefined });
    expect(loaded).toEqual({ id: 2, name: 'bob' });
  });

  test('an offset may be any whole number', async () => {
    expect(await db.repository(books).offsetPage({ offset: Number.MAX_SAFE_INTEGER })).toEqual({ rows: [], total: 3 });
  });
});
