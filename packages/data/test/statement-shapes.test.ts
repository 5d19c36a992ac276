import { type Database, defineMigration, id, integer, many, one, queryChannel, type QueryEvent, table, text } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const shelves = table('shelves', { id: id(), name: text({ max: 40 }) });
const volumes = table('volumes', { id: id(), shelfId: integer(), title: text({ max: 40 }), note: text({ max: 40 }).nullable() });
const schema = defineMigration('001', {
  async up({ createTable }) {
    for (const value of [shelves, volumes]) await createTable(value);
  },
});

/** The texts of what runs meanwhile, in the order in which they were answered. */
async function textsOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const note = (event: unknown): void => void texts.push((event as QueryEvent).sql);
  queryChannel.subscribe(note);
  try {
    await work();
  } finally {
    queryChannel.unsubscribe(note);
  }
  return texts;
}

await describeDialect('statements by the shape of a call', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
    await db.repository(shelves).insertMany([{ name: 'north' }, { name: 'south' }]);
    await db.repository(volumes).insertMany([
      { shelfId: 1, title: 'a', note: 'x' },
      { shelfId: 1, title: 'b' },
      { shelfId: 2, title: 'c' },
    ]);
  });

  test('calls of one shape share their text, and each gets its own rows', async () => {
    const rows = db.repository(volumes);
    const titles: (string | undefined)[] = [];
    const texts = await textsOf(async () => {
      for (const key of [1, 2, 3, 99]) titles.push((await rows.findOne({ id: key }))?.title);
      for (const shelfId of [1, 2]) {
        const found = await rows.findMany({ where: { shelfId }, orderBy: { title: 'desc' }, limit: 10 });
        titles.push(found.map((row) => row.title).join(''));
      }
    });
    expect(titles).toEqual(['a', 'b', 'c', undefined, 'ba', 'c']);
    expect(new Set(texts).size).toBe(2);
  });

  test('a filter with null, a list or operators is another shape than one with a value', async () => {
    const rows = db.repository(volumes);
    const count = async (where: Parameters<typeof rows.findMany>[0]): Promise<number> => (await rows.findMany(where)).length;
    expect(await count({ where: { note: 'x' } })).toBe(1);
    expect(await count({ where: { note: null } })).toBe(2);
    expect(await count({ where: { note: 'x', shelfId: 2 } })).toBe(0);
    expect(await count({ where: { note: { ne: 'x' } } })).toBe(2);
    expect(await count({ where: { title: ['a', 'c'] } })).toBe(2);
    expect(await count({ where: { shelfId: 1 }, limit: 1 })).toBe(1);
    expect(await count({ where: { shelfId: 1 }, limit: 0 })).toBe(0);
    expect(await count({ where: { shelfId: 1 }, limit: 2 })).toBe(2);
    expect(await count({ where: { shelfId: 1 }, offset: 1, limit: 2 })).toBe(1);
  });

  test('what the first call of a shape is refused, later ones are refused as well', async () => {
    const rows = db.repository(volumes);
    await rows.findOne({ id: 1 });
    await rows.findMany({ where: { id: 1 }, orderBy: { id: 'asc', title: 'desc' }, limit: 5 });
    await rows.updateMany({ id: 99 }, { title: 'z' });
    const refused = async (work: () => Promise<unknown>): Promise<unknown> => work().catch((error: { code: string }) => error.code);
    expect(await refused(() => rows.findOne({ id: 'one' as never }))).toBe('DATA_VALUE');
    expect(await refused(() => rows.findOne({ id: undefined as never }))).toBe('DATA_FILTER_UNDEFINED');
    expect(await refused(() => rows.findOne({ id: Number.NaN }))).toBe('DATA_VALUE');
    expect(await refused(() => rows.findMany({ where: { id: 1 }, orderBy: { 'id asc title': 'desc' } as never, limit: 5 }))).toBe(
      'DATA_COLUMN_UNKNOWN',
    );
    expect(await refused(() => rows.findMany({ where: { id: 1 }, orderBy: { id: 'asc', title: 'desc' }, limit: '5' as never }))).toBe(
      'DATA_LIMIT',
    );
    expect(await refused(() => rows.updateMany({ id: 2 ** 40 }, { title: 'z' }))).toBe('DATA_OUT_OF_RANGE');
    expect(await refused(() => rows.updateMany({ id: 99 }, { title: 5 as never }))).toBe('DATA_VALUE');
    expect(await refused(() => rows.updateMany({}, { title: 'z' }))).toBe('DATA_UNFILTERED');
  });

  test('updates of one shape share their text, and change what they are told to', async () => {
    const rows = db.repository(volumes);
    const texts = await textsOf(async () => {
      expect(await rows.updateMany({ id: 1 }, { title: 'a1' })).toBe(1);
      expect(await rows.updateMany({ id: 2 }, { title: 'b1' })).toBe(1);
      expect(await rows.updateMany({ id: 99 }, { title: 'z' })).toBe(0);
    });
    expect(new Set(texts).size).toBe(1);
    expect((await rows.findMany({ orderBy: { id: 'asc' } })).map((row) => row.title)).toEqual(['a1', 'b1', 'c']);
  });

  test('a limit stands in the text where a plan depends on it, but not every limit that a client makes up is prepared', async () => {
    const [text] = await textsOf(() => db.repository(volumes).findMany({ where: { shelfId: 1 }, orderBy: { id: 'asc' }, limit: 20 }));
    if (db.dialect === 'postgres' || db.dialect === 'mysql') expect(text).toMatch(/ limit 20$/);
    for (const limit of [1, 7, 20, 21, 101, 103, 1_000, 2 ** 31 - 1]) {
      expect(await db.repository(volumes).findMany({ where: { shelfId: 1 }, limit })).toHaveLength(limit === 1 ? 1 : 2);
    }
  });

  test('relations, nested and limited, are as whole as alone', async () => {
    const read = () =>
      db.repository(shelves).findMany({
        orderBy: { id: 'asc' },
        with: {
          all: many(volumes, 'shelfId', { orderBy: { id: 'asc' }, with: { shelf: one(shelves, 'shelfId') } }),
          last: many(volumes, 'shelfId', { orderBy: { id: 'desc' }, limit: 1 }),
        },
      });
    for (const found of [await read(), await db.transaction(read)]) {
      expect(found.map((shelf) => shelf.all.map((row) => [row.id, row.shelf.name]))).toEqual([
        [
          [1, 'north'],
          [2, 'north'],
        ],
        [[3, 'south']],
      ]);
      expect(found.map((shelf) => shelf.last)).toEqual([
        [expect.objectContaining({ id: 2, shelfId: 1 })],
        [expect.objectContaining({ id: 3, shelfId: 2 })],
      ]);
      expect(Object.keys(found[0]!.last[0]!)).toEqual(['id', 'shelfId', 'title', 'note']);
    }
  });

  test('a failed statement tells in its stack who asked for it', async () => {
    // SQLite answers within the call: the stack is whole by itself, as deep as V8 looks.
    if (db.dialect === 'sqlite') return;
    const missing = table('no_such_table', { id: id(), name: text() });
    const ask = async (work: () => Promise<unknown>): Promise<string> => work().then(String, (error: Error) => error.stack!);
    // `async` is what puts a function on the stack.
    async function theCaller(): Promise<unknown> {
      return await db.repository(missing).findOne({ id: 1 });
    }
    async function theWriter(): Promise<unknown> {
      return await db.repository(missing).updateMany({ id: 1 }, { name: 'x' });
    }
    expect(await ask(theCaller)).toContain('theCaller');
    expect(await ask(theWriter)).toContain('theWriter');
  });
});
