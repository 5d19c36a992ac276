import { type Database, defineMigration, id, integer, json, table, text, uuid } from '@plinth/data';
import { createTestDatabase, describeDialect, expectQueries, queryCounter } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const posts = table(
  'posts',
  { id: uuid().primary(), title: text({ max: 200 }), body: text().nullable(), views: integer().default(0) },
  { fullText: [['title', 'body']] },
);
const notes = table('notes', { id: id(), head: text(), text: text() }, { fullText: [['head'], ['head', 'text']] });

await describeDialect('full-text search', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  const titles = async (search: string | { for: string; prefix?: boolean }) =>
    (await db.repository(posts).findMany({ where: { $search: search } })).map(({ title }) => title).sort();

  beforeAll(async () => {
    db = suite.database.open({
      migrations: [defineMigration('1', { up: async ({ createTable }) => (await createTable(posts), await createTable(notes)) })],
    });
    await db.migrate.up();
    await db.repository(posts).insertMany([
      { title: 'The Cat of the School', body: "A cat sleeps. Übergröße, don't_worry: file.txt, 1.5, me@example.com" },
      { title: 'Catalogue', body: null, views: 7 },
      { title: 'Dogs and cats', body: 'The dog chases one cat or another dog in Ürümqi' },
      { title: 'école', body: 'Сегодня хорошая погода' },
      { title: 'ecole', body: '100% of_the "quotes"' },
    ]);
  });

  test('rows that hold every word match, whatever its case, and wherever it stands', async () => {
    expect(await titles('cat')).toEqual(['Dogs and cats', 'The Cat of the School']);
    expect(await titles('CAT School')).toEqual(['The Cat of the School']);
    expect(await titles('cat dog')).toEqual(['Dogs and cats']);
    expect(await titles('catalog')).toEqual([]);
    expect(await titles('сегодня ПОГОДА')).toEqual(['école']);
  });

  test('accents count, and words are parted by everything that is no letter and no digit', async () => {
    expect(await titles('école')).toEqual(['école']);
    expect(await titles('ecole')).toEqual(['ecole']);
    expect(await titles('ÉCOLE')).toEqual(['école']);
    expect(await titles('übergröße')).toEqual(['The Cat of the School']);
    for (const found of ['file', 'txt', 'file.txt', 'example', 'me@example.com', 'worry', '1.5', "don't_worry"])
      expect(await titles(found), found).toEqual(['The Cat of the School']);
    expect(await titles('quotes 100')).toEqual(['ecole']);
  });

  test('short words and those that are everywhere are words, too', async () => {
    expect(await titles('the')).toEqual(['Dogs and cats', 'The Cat of the School', 'ecole']);
    expect(await titles('of')).toEqual(['The Cat of the School', 'ecole']);
    expect(await titles('the cat of')).toEqual(['The Cat of the School']);
    expect(await titles('he')).toEqual([]);
  });

  test('with prefix, the last word may be the beginning of one', async () => {
    expect(await titles({ for: 'cat', prefix: true })).toEqual(['Catalogue', 'Dogs and cats', 'The Cat of the School']);
    expect(await titles({ for: 'catal', prefix: true })).toEqual(['Catalogue']);
    expect(await titles({ for: 'ca sch', prefix: true })).toEqual([]);
    expect(await titles({ for: 'cat sch', prefix: true })).toEqual(['The Cat of the School']);
    expect(await titles({ for: 'o', prefix: true })).toEqual(['Dogs and cats', 'The Cat of the School', 'ecole']);
    expect(await titles({ for: 'th', prefix: true })).toEqual(['Dogs and cats', 'The Cat of the School', 'ecole']);
  });

  test.each([
    ['cat" NOT "dogs', []],
    ['cat" OR "school', []],
    ['+cat -dog', ['Dogs and cats']],
    ['cat & !dog', ['Dogs and cats']],
    ['cat | school', ['The Cat of the School']],
    ["cat' ; drop table posts; --", []],
    ['cat*', ['Dogs and cats', 'The Cat of the School']],
    ['cat:*', ['Dogs and cats', 'The Cat of the School']],
    ['title:cat', []],
    ['NEAR(cat school, 9)', []],
    ['^cat', ['Dogs and cats', 'The Cat of the School']],
    ['"cat', ['Dogs and cats', 'The Cat of the School']],
    ['cat\\', ['Dogs and cats', 'The Cat of the School']],
    ['(((cat', ['Dogs and cats', 'The Cat of the School']],
    ['cat <-> school', ['The Cat of the School']],
    ['@@ ~cat >< %_', ['Dogs and cats', 'The Cat of the School']],
    ['cat\0school', ['The Cat of the School']],
    ['\ud800cat', ['Dogs and cats', 'The Cat of the School']],
    ['cat AND NOT dog', []],
    ['', []],
    [' \t\n', []],
    ['"*+-()', []],
    ['😀', []],
  ])('%j holds words and nothing else', async (hostile, found) => {
    for (const prefix of [false, true]) {
      const got = await titles({ for: hostile, prefix });
      if (prefix) expect(found.every((title) => got.includes(title))).toBe(true);
      else expect(got).toEqual(found);
    }
  });

  test("what is no text, or too long, is the client's mistake; columns without an index are the author's", async () => {
    const repository = db.repository(posts);
    for (const wrong of [
      1,
      null,
      {},
      ['cat'],
      { for: 1 },
      { for: 'x', mode: 'boolean' },
      { for: 'x', prefix: 1 },
      'x '.repeat(33),
      'x'.repeat(1_001),
    ])
      await expect(repository.findMany({ where: { $search: wrong as never } }), JSON.stringify(wrong)).rejects.toMatchObject({
        code: 'DATA_FILTER_OPERATOR',
      });
    await expect(repository.findMany({ where: { $search: undefined as never } })).rejects.toMatchObject({ code: 'DATA_FILTER_UNDEFINED' });
    await expect(repository.findMany({ where: { $search: { for: 'x', in: ['title'] } } })).rejects.toMatchObject({ code: 'DATA_SEARCH' });
    await expect(db.repository(notes).findMany({ where: { $search: 'x' } })).rejects.toMatchObject({ code: 'DATA_SEARCH' });
    const plain = table('posts', { id: uuid().primary(), title: text() });
    await expect(db.repository(plain).findMany({ where: { $search: 'x' } })).rejects.toMatchObject({ code: 'DATA_SEARCH' });
  });

  test('it is one condition among others, in every operation that takes a filter', async () => {
    const repository = db.repository(posts);
    expect(await repository.count({ $search: 'cat', title: { contains: 'School' } })).toBe(1);
    expect(await repository.count({ or: [{ $search: 'cat' }, { views: 7 }] })).toBe(3);
    expect(await repository.count({ not: { $search: 'cat' } })).toBe(3);
    expect(await repository.exists({ $search: 'погода' })).toBe(true);
    expect((await repository.findOne({ $search: 'catalogue' }))?.views).toBe(7);
    const first = await repository.page({ where: { $search: 'cat' }, orderBy: { title: 'asc' }, limit: 1 });
    const second = await repository.page({ where: { $search: 'cat' }, orderBy: { title: 'asc' }, limit: 1, after: first.after });
    expect([...first.rows, ...second.rows].map(({ title }) => title)).toEqual(['Dogs and cats', 'The Cat of the School']);
    expect(second.after).toBeUndefined();
    expect(await repository.updateMany({ $search: 'catalogue' }, { views: 8 })).toBe(1);
  });

  test('the order rank puts the best fit first', async () => {
    const repository = db.repository(posts);
    const where = { $search: 'dog' };
    await repository.insert({ title: 'dog dog dog', body: 'dog' });
    await repository.insert({ title: 'a long text about other matters', body: `${'words and more words '.repeat(40)} dog` });
    const ranked = await repository.findMany({ where, orderBy: 'rank' });
    expect(ranked[0]!.title).toBe('dog dog dog');
    expect(ranked).toHaveLength(3);
    const page = await repository.offsetPage({ where, orderBy: 'rank', limit: 1, offset: 1 });
    expect(page.total).toBe(3);
    expect(page.rows[0]!.title).toBe(ranked[1]!.title);
    expect((await repository.findOne({ $search: 'dog' }, { orderBy: 'rank', select: ['title'] }))!.title).toBe('dog dog dog');
    expect(await repository.findMany({ where: { $search: '' }, orderBy: 'rank' })).toEqual([]);
    await expect(repository.findMany({ orderBy: 'rank' })).rejects.toMatchObject({ code: 'DATA_ORDER' });
    await expect(repository.page({ where, orderBy: 'rank' as never })).rejects.toMatchObject({ code: 'DATA_ORDER' });
    await repository.deleteMany({ $search: 'dog', title: { ne: 'Dogs and cats' } });
    expect(await repository.count(where)).toBe(1);
  });

  test('the index follows every change of a row: update, upsert, delete, and a transaction that is rolled back', async () => {
    const repository = db.repository(posts);
    const { id: key } = await repository.insert({ title: 'Elephant', body: 'grey' });
    expect(await titles('elephant')).toEqual(['Elephant']);
    await repository.update(key, { title: 'Giraffe' });
    expect([await titles('elephant'), await titles('giraffe')]).toEqual([[], ['Giraffe']]);
    await repository.upsert({ id: key, title: 'Giraffe', body: 'yellow' });
    expect([await titles('grey'), await titles('yellow')]).toEqual([[], ['Giraffe']]);
    await db
      .transaction(async () => {
        await repository.update(key, { title: 'Zebra' });
        throw new Error('no');
      })
      .catch(() => undefined);
    expect([await titles('zebra'), await titles('giraffe')]).toEqual([[], ['Giraffe']]);
    await repository.delete(key);
    expect(await titles('giraffe')).toEqual([]);
  });

  test('a transaction finds what it has written itself, but for MariaDB and MySQL, whose index follows the commit', async () => {
    const repository = db.repository(posts);
    const before = await db.transaction(async () => {
      await repository.insert({ title: 'Rhinoceros' });
      return titles('rhinoceros');
    });
    expect(before).toEqual(suite.dialect === 'mysql' ? [] : ['Rhinoceros']);
    expect(await titles('rhinoceros')).toEqual(['Rhinoceros']);
    await repository.deleteMany({ $search: 'rhinoceros' });
  });

  test('a long text is found by its last word; one that PostgreSQL cannot index is DATA_STATEMENT', async () => {
    const repository = db.repository(posts);
    const many = (count: number) => Array.from({ length: count }, (_, index) => `word${index.toString(36)}`).join(' ');
    await repository.insert({ title: 'long', body: `${many(20_000)} needle` });
    // MariaDB misses words for a moment while it writes many of them to its index.
    await expect.poll(() => titles('needle'), { timeout: 20_000 }).toEqual(['long']);
    await repository.deleteMany({ title: 'long' });
    const beyond = repository.insert({ title: 'too long', body: many(200_000) });
    if (suite.dialect === 'postgres') await expect(beyond).rejects.toMatchObject({ code: 'DATA_STATEMENT' });
    else await repository.delete((await beyond).id);
  }, 60_000);

  test('of several indexes, in says which; the order of its columns does not matter', async () => {
    const repository = db.repository(notes);
    await repository.insertMany([
      { head: 'apple', text: 'pear' },
      { head: 'pear', text: 'plum' },
    ]);
    expect(await repository.count({ $search: { for: 'pear', in: ['head'] } })).toBe(1);
    expect(await repository.count({ $search: { for: 'pear', in: ['text', 'head'] } })).toBe(2);
  });

  test('a search is one statement, and uses the index on PostgreSQL', async () => {
    await expectQueries(db, 1, () => titles('cat'));
    if (suite.dialect !== 'postgres') return;
    using counter = queryCounter(db);
    await titles('cat');
    const [search] = counter.statements;
    const plan = await db.transaction(async () => {
      await db.sql`set local enable_seqscan = off`;
      return (await db.knex.raw(`explain ${search!.replace('$1', "'cat'").replaceAll('?', '\\?')}`)) as object;
    });
    expect(JSON.stringify(plan)).toContain('posts_title_body_search');
  });
});

await describeDialect('full-text indexes in migrations', { describe, test, beforeAll, afterAll }, (suite) => {
  const plain = table('papers', { id: uuid().primary(), title: text(), body: text(), note: text().nullable() });
  const searched = table(
    'papers',
    { id: uuid().primary(), title: text(), body: text(), note: text().nullable() },
    { fullText: [['title', 'body'], ['note']] },
  );
  const renamed = table('essays', { id: uuid().primary(), heading: text(), body: text() }, { fullText: [['heading', 'body']] });

  test('an index is added to a table with rows, follows renames, goes with a dropped column, and with the table', async () => {
    const fresh = await createTestDatabase(suite.dialect, { driver: suite.driver });
    try {
      const db = fresh.open({
        migrations: [
          defineMigration('1', { up: ({ createTable }) => createTable(plain) }),
          defineMigration('2', {
            steps: [
              {
                up: ({ createFullText }) => createFullText(plain, ['title', 'body']),
                down: ({ dropFullText }) => dropFullText(plain, ['title', 'body']),
              },
              {
                up: ({ createFullText }) => createFullText('papers', ['note']),
                down: ({ dropFullText }) => dropFullText('papers', ['note']),
              },
            ],
          }),
          defineMigration('3', {
            steps: [
              { up: ({ dropColumn }) => dropColumn('papers', 'note') },
              { up: ({ renameColumn }) => renameColumn('papers', 'title', 'heading') },
              { up: ({ renameTable }) => renameTable('papers', 'essays') },
            ],
          }),
          defineMigration('4', { up: ({ dropTable }) => dropTable('essays') }),
          defineMigration('5', { up: ({ createTable }) => createTable(renamed) }),
        ],
      });
      await db.migrate.up({ to: '1' });
      const papers = db.repository(searched);
      await papers.insert({ title: 'old words', body: 'before the index', note: 'aside' });
      await db.migrate.up({ to: '2' });
      await papers.insert({ title: 'new words', body: 'after it' });
      expect(await papers.count({ $search: { for: 'words', in: ['title', 'body'] } })).toBe(2);
      expect(await papers.count({ $search: { for: 'aside', in: ['note'] } })).toBe(1);
      await db.migrate.down({ steps: 1 });
      await db.migrate.up({ to: '2' });
      await db.migrate.up({ to: '3' });
      const essays = db.repository(renamed);
      expect(await essays.count({ $search: 'words' })).toBe(2);
      await essays.insert({ heading: 'third words', body: 'b' });
      expect(await essays.count({ $search: 'words' })).toBe(3);
      await db.migrate.up({ to: '5' });
      expect(await db.migrate.status({ verify: true })).toMatchObject(
        ['1', '2', '3', '4', '5'].map((name) => ({ name, state: 'applied' })),
      );
      await essays.insert({ heading: 'fourth words', body: 'b' });
      expect(await essays.count({ $search: 'words' })).toBe(1);
    } finally {
      await fresh.drop();
    }
  });

  test('PostgreSQL stems in the language of the index', async () => {
    if (suite.dialect !== 'postgres') return;
    const db = suite.database.open({
      migrations: [defineMigration('1', { up: ({ createTable }) => createTable(english) })],
    });
    await db.migrate.up();
    await db.repository(english).insert({ body: 'He was running through the houses' });
    expect(await db.repository(english).count({ $search: 'run house' })).toBe(1);
    expect(await db.repository(english).count({ $search: { for: 'hous', prefix: true } })).toBe(1);
    expect(await db.repository(english).count({ $search: 'the' })).toBe(0);
  });

  test('SQLite finds the right rows after a vacuum, too', async () => {
    if (suite.dialect !== 'sqlite') return;
    const db = suite.database.open();
    await db.knex.schema.dropTableIfExists('plinth_migrations');
    const vacuumed = suite.database.open({ migrations: [defineMigration('1', { up: ({ createTable }) => createTable(posts) })] });
    await vacuumed.migrate.up();
    const repository = vacuumed.repository(posts);
    const rows = await repository.insertMany(Array.from({ length: 50 }, (_, index) => ({ title: `word${index}` })));
    for (const row of rows.slice(0, 30)) await repository.delete(row.id);
    await vacuumed.knex.raw('vacuum');
    for (let index = 0; index < 50; index++)
      expect((await repository.findMany({ where: { $search: `word${index}` } })).map(({ title }) => title)).toEqual(
        index < 30 ? [] : [`word${index}`],
      );
  });
});

const english = table('lessons', { id: id(), body: text() }, { fullText: [{ columns: ['body'], language: 'english' }] });

describe('the declaration of a full-text index', () => {
  test.each<[string, () => unknown]>([
    ['a column that is no text', () => table('x', { id: id(), a: integer() }, { fullText: [['a']] })],
    ['json', () => table('x', { id: id(), a: json() }, { fullText: [['a']] })],
    ['an unknown column', () => table('x', { id: id(), a: text() }, { fullText: [['b' as 'a']] })],
    ['no column', () => table('x', { id: id(), a: text() }, { fullText: [[] as never] })],
    ['a table without a key', () => table('x', { a: text() }, { fullText: [['a']] })],
    [
      'the same columns twice',
      () =>
        table(
          'x',
          { id: id(), a: text(), b: text() },
          {
            fullText: [
              ['a', 'b'],
              ['b', 'a'],
            ],
          },
        ),
    ],
    ['a language that is no name', () => table('x', { id: id(), a: text() }, { fullText: [{ columns: ['a'], language: "x'--" }] })],
  ])('refuses %s with DATA_TABLE', (_what, define) => expect(define).toThrow(expect.objectContaining({ code: 'DATA_TABLE' })));
});
