import { request, createServer } from 'node:http';
import { type Database, defineMigration, defineSeed, integer, openDatabase, table, text } from '@plinth/data';
import { describeDialect, expectQueries, openSandbox, ownDatabase, queryCounter, type Sandbox, sandbox } from '@plinth/data/testing';
import { afterAll, afterEach, aroundEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const notes = table('notes', { id: integer().primary(), label: text().unique() });
const schema = defineMigration('001', { up: ({ createTable }) => createTable(notes) });

await describeDialect('sandboxes', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema], pool: { max: 3 } });
    await db.migrate.up();
    await db.repository(notes).insert({ id: 1, label: 'kept' });
  });
  const count = () => db.repository(notes).count();
  const codeOf = (work: PromiseLike<unknown>) =>
    Promise.resolve(work).then(
      () => 'no error',
      (error: { code: string }) => error.code,
    );

  describe('around each test', () => {
    aroundEach((runTest) => sandbox(db, runTest));
    for (const time of ['first', 'second']) {
      test(`the ${time} test finds what was there before, and leaves nothing`, async () => {
        expect(await count()).toBe(1);
        await db.repository(notes).insert({ id: 2, label: time });
        await db.transaction(() => db.repository(notes).insert({ id: 3, label: `${time} again` }));
        expect(await count()).toBe(3);
      });
    }
  });

  describe('with beforeEach and afterEach', () => {
    let opened: Sandbox;
    beforeEach(async () => void (opened = await openSandbox(db)));
    beforeEach(async () => {
      if ((await count()) !== 1 || db.pool.used > 1) throw new Error('The sandbox before has left something behind.');
    });
    afterEach(() => opened.rollback());

    test('holds for requests over a socket as well', async () => {
      const server = createServer((_, response) => {
        void db
          .repository(notes)
          .insert({ id: 2, label: 'by request' })
          .then(count)
          .then((n) => response.end(String(n)));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      const body = await new Promise<string>((resolve) =>
        request({ port }, (response) => response.on('data', (data) => resolve(String(data)))).end(),
      );
      server.close();
      expect(body).toBe('2');
      expect(await count()).toBe(2);
    });

    test('a statement that fails leaves the others intact, as it does outside of a transaction', async () => {
      await db.repository(notes).insert({ id: 2, label: 'two' });
      expect(await codeOf(db.repository(notes).insert({ id: 3, label: 'kept' }))).toBe('DATA_UNIQUE');
      expect(await codeOf(db.knex('notes').insert({ id: 3, label: 'kept' }))).toBe('DATA_UNIQUE');
      expect(await count()).toBe(2);
      expect(await codeOf(db.transaction(() => db.repository(notes).insert({ id: 3, label: 'kept' })))).toBe('DATA_UNIQUE');
      expect(await count()).toBe(2);
    });

    test('queries side by side, transactions with options and streams work as they do without it', async () => {
      await Promise.all([2, 3, 4].map((n) => db.repository(notes).insert({ id: n, label: `n${n}` })));
      await Promise.all([5, 6].map((n) => db.transaction(() => db.repository(notes).insert({ id: n, label: `n${n}` }), { retries: 3 })));
      await db.transaction(() => db.repository(notes).insert({ id: 7, label: 'n7' }), { isolation: 'serializable', mode: 'required' });
      expect(await count()).toBe(7);
    });

    test('hooks of afterCommit run where the code under test has its outermost commit, and never after its rollback', async () => {
      const seen: string[] = [];
      await db.transaction(async () => {
        await db.afterCommit(async () => void seen.push(`committed, ${await count()} rows`));
        await db.repository(notes).insert({ id: 2, label: 'two' });
        expect(seen).toEqual([]);
      });
      expect(seen).toEqual(['committed, 2 rows']);
      await db
        .transaction(async () => {
          await db.afterCommit(() => void seen.push('rolled back'));
          throw new Error('no');
        })
        .catch(() => undefined);
      await db.afterCommit(() => void seen.push('at once'));
      expect(seen).toEqual(['committed, 2 rows', 'at once']);
    });

    test('there is one at a time', async () => {
      await expect(openSandbox(db)).rejects.toMatchObject({ code: 'DATA_TRANSACTION_OPTIONS' });
    });
  });

  test('expectQueries gives back the result, or lists the statements that were too many', async () => {
    expect(await expectQueries(db, 1, () => count())).toBe(1);
    const tooMany = expectQueries(db, 1, () => db.transaction(async () => [await db.repository(notes).find(1), await count()]));
    await expect(tooMany).rejects.toMatchObject({ name: 'AssertionError', actual: 2, expected: 1 });
    await expect(tooMany).rejects.toThrow(/1 statement expected, 2 were sent:\n {2}1\. select/);
    using counter = queryCounter(db);
    await db.ping();
    expect(counter.count).toBe(0);
  });
});

describe.each(['sqlite', 'postgres', 'mysql'] as const)('a database of a test file on %s', (dialect) => {
  const dropped: string[] = [];
  afterAll(async () => {
    if (dialect === 'sqlite') return;
    const gone = openDatabase({ url: dropped[0]! });
    const code = await gone.ping().then(
      () => 'it is still there',
      (error: { code: string }) => error.code,
    );
    await gone.close();
    if (code !== 'DATA_UNAVAILABLE') throw new Error(`The database of the file: ${code}`);
  });
  const own = ownDatabase(
    { beforeAll, afterAll },
    { dialect, migrations: [schema], seeds: [defineSeed('first', (db) => db.repository(notes).insert({ id: 1, label: 'seeded' }))] },
  );

  test('is migrated and seeded before the tests, and gone after them', async () => {
    dropped.push(own.url);
    expect(await own.database.repository(notes).findMany({})).toEqual([{ id: 1, label: 'seeded' }]);
    expect(own.database.dialect).toBe(dialect);
  });
});

test('a sandbox wants a database of this package', async () => {
  await expect(sandbox({} as Database, () => 1)).rejects.toThrow(TypeError);
});
