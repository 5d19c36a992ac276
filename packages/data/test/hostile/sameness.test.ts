import { bigint, type Database, defineMigration, id, integer, type Repository, table, text, timestamp } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf } from './support.js';

const words = table('hostile_words', {
  word: text({ max: 100 }).primary(),
  other: text({ max: 100 }).nullable().unique(),
  rank: integer().nullable(),
  note: text().nullable(),
});
const docs = table('hostile_docs', {
  id: id(),
  slug: text().unique(),
  version: integer().version(),
  gone: timestamp().softDelete(),
  views: integer().default(0),
  size: bigint().nullable(),
  title: text().nullable(),
});

const spellings = [
  'a',
  'A',
  'a ',
  ' a',
  'a  ',
  'á',
  'a\u0301',
  'å',
  'å',
  'ß',
  'ss',
  'SS',
  'ẞ',
  'ı',
  'i',
  'İ',
  'I',
  'K',
  '\u212a',
  'ﬁ',
  'fi',
  '😀',
  '😁',
  '🏳️‍🌈',
  '🏳',
  'e',
  'é',
  '\u200d',
  '\u200b',
  '',
  ' ',
  '\t',
  '0',
  '00',
  'null',
  'ａ',
  '\u00ad',
  'a\u00ad',
  '１',
  '1',
  'æ',
  'ae',
  '\ufffd',
  '\ufeff',
  'ö',
  'oe',
  '\u{10ffff}',
  '\u{1f600}\u{fe0f}',
];

await describeDialect('the same on every database', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  let rows: Repository<typeof words>;
  let documents: Repository<typeof docs>;
  beforeAll(async () => {
    db = suite.database.open({
      migrations: [defineMigration('1', { up: async ({ createTable }) => (await createTable(words), await createTable(docs)) })],
    });
    await db.migrate.up();
    rows = db.repository(words);
    documents = db.repository(docs);
  });

  test('texts are equal only when they are the same, in keys, filters, groups and upserts', async () => {
    const different = [...new Set(spellings)];
    for (const word of different) await rows.insert({ word, other: word, rank: 1, note: word });
    expect(await rows.count()).toBe(different.length);
    for (const word of different) {
      expect(await rows.find(word), JSON.stringify(word)).toMatchObject({ word });
      expect(
        (await rows.findMany({ where: { other: word } })).map((row) => row.word),
        JSON.stringify(word),
      ).toEqual([word]);
      expect(
        (await rows.findMany({ where: { note: { in: [word] } } })).map((row) => row.word),
        JSON.stringify(word),
      ).toEqual([word]);
      expect(await outcomeOf(() => rows.insert({ word: `${word}#`, other: word }))).toBe('DATA_UNIQUE');
    }
    expect(await rows.groupBy({ by: ['note'] })).toHaveLength(different.length);
    const changed = await rows.upsertMany(different.map((word, index) => ({ word, rank: index })));
    expect(changed.map((row) => row.word)).toEqual(different);
    expect(changed.map((row) => row.rank)).toEqual(different.map((_, index) => index));
    expect(await rows.count()).toBe(different.length);
    const met = await rows.upsertMany(
      different.map((other, index) => ({ word: `new ${index}`, other, rank: -index })),
      { on: ['other'] },
    );
    expect(met.map((row) => row.other)).toEqual(different);
    expect(await rows.count()).toBe(different.length);
  });

  test('pages over ties and nulls give every row once, in the same order, while rows come and go', async () => {
    await rows.deleteMany({ all: true });
    const ranks = [null, 1, 1, null, 2, 1, null, 3, 3, null];
    await rows.insertMany(
      Array.from({ length: 100 }, (_, index) => ({ word: `w${String(index).padStart(3, '0')}`, rank: ranks[index % 10]! })),
    );
    for (const orderBy of [{ rank: 'asc' }, { rank: 'desc' }, [{ rank: 'asc' }, { note: 'desc' }], { word: 'desc' }, {}] as never[]) {
      const seen: string[] = [];
      let after: string | undefined;
      let round = 0;
      do {
        const page = await rows.page({ orderBy, limit: 7, after });
        seen.push(...page.rows.map((row) => row.word));
        after = page.after;
        // A row before and a row after what is read, and one of those that were read goes.
        await rows.insert({ word: `x${round}-${JSON.stringify(orderBy).length}`, rank: round % 2 === 0 ? null : 2 });
        if (page.rows[0]?.word.startsWith('x') === true) await rows.delete(page.rows[0].word);
        round++;
      } while (after !== undefined && round < 60);
      expect(new Set(seen).size, 'no row twice').toBe(seen.length);
      expect(seen.filter((word) => word.startsWith('w')).length, 'no row lost').toBe(100);
      await rows.deleteMany({ word: { startsWith: 'x' } });
      const forward = await rows.page({ orderBy, limit: 60 });
      const last = await rows.page({ orderBy, limit: 60, after: forward.after });
      const back = await rows.page({ orderBy, limit: 60, before: last.before });
      expect(back.rows).toEqual(forward.rows);
      expect(back.before).toBeUndefined();
    }
  });

  test('cursors that were made up are refused, or stand for a place of the same list', async () => {
    const { after } = await rows.page({ orderBy: { rank: 'asc' }, limit: 3 });
    const parts = JSON.parse(Buffer.from(after!, 'base64url').toString()) as unknown[];
    const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
    const made: unknown[] = [
      '',
      ' ',
      'x',
      after!.slice(0, -3),
      `${after}=`,
      `${after}\n`,
      `${after}AA`,
      after!.toLowerCase(),
      encode('null'),
      encode('{}'),
      encode([]),
      encode([parts[0]]),
      encode([...parts, 1]),
      encode([parts[0], '1', 'w']),
      encode([parts[0], 1e308, 'w']),
      encode(`["${String(parts[0])}",1e999,"w"]`),
      encode([parts[0], 1.5, 'w']),
      encode([parts[0], { $gt: 0 }, 'w']),
      encode([parts[0], [1], 'w']),
      encode([parts[0], 1, null]),
      encode([parts[0], 1, 5]),
      encode([parts[0], 1, 'a\0']),
      encode(`["${String(parts[0])}",1,"\\ud800"]`),
      encode([parts[0], true, 'w']),
      encode([parts[0], 2 ** 31, 'w']),
      encode(['AAAAAAAA', 1, 'w']),
      encode([null, 1, 'w']),
      encode(`{"length":3,"0":"${String(parts[0])}"}`),
      'A'.repeat(5_000),
      5,
      {},
      [after],
      true,
    ];
    for (const cursor of made) {
      for (const side of ['after', 'before'])
        expect(
          await outcomeOf(() => rows.page({ orderBy: { rank: 'asc' }, limit: 3, [side]: cursor } as never)),
          JSON.stringify(cursor),
        ).toBe('DATA_CURSOR');
    }
    expect(await outcomeOf(() => rows.page({ orderBy: { rank: 'asc' }, after: encode([parts[0], 1, "w' or 1=1 --"]) }))).toBe('ok');
    for (const elsewhere of [
      { orderBy: { rank: 'desc' } },
      { orderBy: { word: 'asc' } },
      { orderBy: { rank: 'asc' }, where: { rank: 1 } },
      { orderBy: { rank: 'asc' }, where: { word: { ne: 'x' } } },
    ] as never[])
      expect(await outcomeOf(() => rows.page({ ...(elsewhere as object), after } as never))).toBe('DATA_CURSOR');
    expect(await outcomeOf(() => documents.page({ after }))).toBe('DATA_CURSOR');
    expect(await outcomeOf(() => rows.page({ orderBy: { rank: 'asc' }, after, before: after }))).toBe('DATA_CURSOR');
  });

  test('a list that is sorted by long texts can be read to its end, or says that it cannot', async () => {
    await rows.deleteMany({ all: true });
    await rows.insertMany(Array.from({ length: 5 }, (_, index) => ({ word: `w${index}`, note: `${'é"'.repeat(1_800)}${index}` })));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await rows.page({ orderBy: { note: 'asc' }, limit: 2, after });
      seen.push(...page.rows.map((row) => row.word));
      after = page.after;
    } while (after !== undefined);
    expect(seen).toEqual(['w0', 'w1', 'w2', 'w3', 'w4']);
    await rows.insertMany([
      { word: 'v1', note: 'x'.repeat(1_000_000) },
      { word: 'v2', note: 'y'.repeat(1_000_000) },
    ]);
    expect(await outcomeOf(() => rows.page({ orderBy: { note: 'asc' }, limit: 1 }))).toBe('DATA_ORDER');
  });

  test('of 40 updates of one version exactly one wins', async () => {
    const { id: key, version } = await documents.insert({ slug: 'race' });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => outcomeOf(() => documents.update(key, { views: index }, { version }))),
    );
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'DATA_STALE')).toHaveLength(39);
    expect(await documents.get(key)).toMatchObject({ version: version + 1 });
    const mixed = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        outcomeOf(() =>
          index % 2 === 0
            ? documents.update(key, { title: `t${index}` }, { version: version + 1 })
            : documents.delete(key, { version: version + 1 }),
        ),
      ),
    );
    expect(mixed.filter((outcome) => outcome === 'ok').length).toBeGreaterThanOrEqual(1);
    const other = await documents.insert({ slug: 'other' });
    for (const bad of [NaN, -1, 1.5, '1', null, {}, 2 ** 31])
      expect(await outcomeOf(() => documents.update(other.id, { views: 1 }, { version: bad as never })), String(bad)).toMatch(/^DATA_/);
  });

  test('a value of a row that is marked as deleted is still taken; an upsert brings the row back', async () => {
    const row = await documents.insert({ slug: 'kept' });
    await documents.delete(row.id);
    expect(await outcomeOf(() => documents.insert({ slug: 'kept' }))).toBe('DATA_UNIQUE');
    expect(await documents.upsert({ slug: 'kept', views: 3 }, { on: ['slug'] })).toMatchObject({ id: row.id, gone: null, views: 3 });
    expect(await documents.count({ slug: 'kept' })).toBe(1);
  });

  test('increments beyond the range are DATA_OUT_OF_RANGE and change nothing', async () => {
    const row = await documents.insert({ slug: 'edge', views: 2 ** 31 - 1, size: 2n ** 63n - 1n });
    expect(await outcomeOf(() => documents.update(row.id, { views: { increment: 1 } }))).toBe('DATA_OUT_OF_RANGE');
    expect(await outcomeOf(() => documents.update(row.id, { size: { increment: 1n } }))).toBe('DATA_OUT_OF_RANGE');
    expect(await outcomeOf(() => documents.updateMany({ id: row.id }, { size: { increment: 2n ** 63n - 1n } }))).toBe('DATA_OUT_OF_RANGE');
    expect(await documents.get(row.id)).toMatchObject({ views: 2 ** 31 - 1, size: 2n ** 63n - 1n });
    expect(await documents.update(row.id, { size: { increment: -(2n ** 53n) - 1n } })).toMatchObject({
      size: 2n ** 63n - 1n - 2n ** 53n - 1n,
    });
    expect(await documents.aggregate({ where: { id: row.id }, sum: ['size', 'views'] })).toMatchObject({
      sum: { size: 2n ** 63n - 2n - 2n ** 53n, views: 2 ** 31 - 1 },
    });
  });
});
