import {
  type Database,
  decimal,
  defineMigration,
  enumOf,
  id,
  integer,
  json,
  table,
  tableSchema,
  text,
  timestamp,
  bytes,
} from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const longName = 'a_table_whose_name_and_columns_are_long_enough_for_a_hash';
const words = table('words', { id: id(), word: text({ max: 40 }).unique(), note: text().default(`it's \\ what?`) });
const goods = table(
  'goods',
  {
    id: id(),
    price: decimal(8, 2).default('1.50').comment(`it's the price`),
    state: enumOf('new', 'old').default('new'),
    tags: json<string[]>().default(['a']),
    parentId: integer().nullable(),
    word: integer()
      .nullable()
      .references(() => words.id, { onDelete: 'set null' }),
    version: integer().version(),
    deletedAt: timestamp().softDelete(),
  },
  { checks: { price_positive: 'price >= 0' }, comment: 'what is sold', unique: [['price', 'state']], index: [['state', 'price']] },
);
const long = table(longName, { id: id(), aColumn: text({ max: 10 }).unique(), anotherColumn: text({ max: 10 }).unique() });
const schema = defineMigration('001', {
  async up({ createTable }) {
    for (const one of [words, goods, long]) await createTable(one);
  },
});

await describeDialect('tables', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
  });
  beforeEach(async () => {
    await db.knex('goods').del();
    await db.knex('words').del();
  });

  test('texts that differ in case, accents, composition or blanks at the end are different, in filters and unique columns', async () => {
    const different = ['word', 'Word', 'wörd', 'wo\u0308rd', 'word ', ' word', 'wo\u0301rd', 'ß', 'ss', 'ﬁ', 'fi', '😀', '😁'];
    const rows = db.repository(words);
    for (const word of different) await rows.insert({ word });
    for (const word of different) expect([word, await rows.count({ word })]).toEqual([word, 1]);
    await expect(rows.insert({ word: 'Word' })).rejects.toMatchObject({ code: 'DATA_UNIQUE' });
  });

  test('rows that others insert get the defaults, and meet the checks, uniques and references', async () => {
    await db.knex('words').insert({ word: 'x' });
    const [word] = await db.repository(words).findMany();
    expect(word!.note).toBe(`it's \\ what?`);
    await db.knex('goods').insert({ word: word!.id });
    expect(await db.repository(goods).findMany()).toMatchObject([
      { price: '1.50', state: 'new', tags: ['a'], version: 1, deletedAt: null },
    ]);
    const fails = async (row: object) =>
      (await Promise.resolve(db.knex('goods').insert(row)).catch((error: { code: string }) => error)) as object;
    expect(await fails({ price: '-1' })).toMatchObject({ code: 'DATA_CHECK', constraint: 'goods_price_positive_check' });
    expect(await fails({ state: 'odd' })).toMatchObject({ code: 'DATA_CHECK', constraint: 'goods_state_check' });
    expect(await fails({})).toMatchObject({ code: 'DATA_UNIQUE' });
    expect(await fails({ price: '2', word: 99_999 })).toMatchObject({ code: 'DATA_FOREIGN_KEY' });
    await db.repository(words).delete(word!.id);
    expect((await db.repository(goods).findMany())[0]!.word).toBeNull();
  });

  test('long names of constraints are cut alike everywhere, and stay different', async () => {
    await db.repository(long).insert({ aColumn: 'a', anotherColumn: 'a' });
    const failure = await db
      .repository(long)
      .insert({ aColumn: 'a', anotherColumn: 'b' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DATA_UNIQUE' });
    if (suite.dialect !== 'sqlite') expect((failure as { constraint: string }).constraint).toMatch(/^a_table_whose_name.*_[0-9a-f]{12}$/);
  });

  test('comments are kept where the database keeps any', async () => {
    if (suite.dialect === 'sqlite') return;
    const query =
      suite.dialect === 'postgres'
        ? db.sql<{ comment: string }>`select col_description('goods'::regclass, 2) as comment`
        : db.sql<{
            comment: string;
          }>`select column_comment as comment from information_schema.columns where table_schema = database() and table_name = 'goods' and column_name = 'price'`;
    expect((await query)[0]!.comment).toBe(`it's the price`);
  });
});

describe('tableSchema', () => {
  const items = table('items', {
    id: id(),
    name: text({ max: 30 }),
    note: text().nullable(),
    photo: bytes({ max: 4 }),
    state: enumOf('new', 'old').nullable(),
    price: decimal(6, 2),
    at: timestamp().defaultNow(),
  });

  test('a row: every column, with lengths, ranges, formats, enums and null', () => {
    expect(tableSchema(items)).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['id', 'name', 'note', 'photo', 'state', 'price', 'at'],
      properties: {
        id: { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
        name: { type: 'string', maxLength: 30 },
        note: { type: ['string', 'null'] },
        photo: { contentEncoding: 'base64', maxLength: 8 },
        state: { type: ['string', 'null'], enum: ['new', 'old', null] },
        price: { type: 'string', pattern: '^-?(?:0|[1-9][0-9]{0,3})(?:\\.[0-9]{1,2})?$' },
        at: { format: 'date-time' },
      },
    });
  });

  test('a row to insert may leave out defaults and null; a patch has no key and requires nothing', () => {
    expect(tableSchema(items, { for: 'insert' }).required).toEqual(['name', 'photo', 'price']);
    expect(tableSchema(items, { for: 'insert', omit: ['photo'], partial: true }).required).toEqual([]);
    const patch = tableSchema(items, { for: 'patch', pick: ['id', 'name', 'at'] });
    expect([Object.keys(patch.properties), patch.required]).toEqual([['name', 'at'], []]);
    expect(() => tableSchema(items, { omit: ['nothing' as 'name'] })).toThrow(expect.objectContaining({ code: 'DATA_COLUMN_UNKNOWN' }));
  });
});
