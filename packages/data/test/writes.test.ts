import {
  bigint,
  boolean,
  bytes,
  type Database,
  date,
  decimal,
  defineMigration,
  double,
  id,
  integer,
  json,
  maybe,
  many,
  smallint,
  table,
  text,
  timestamp,
  uuid,
} from '@plinth/data';
import { describeDialect, queryCounter } from '@plinth/data/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const products = table('products', {
  id: id(),
  sku: text({ max: 40 }).unique(),
  name: text().default('unnamed'),
  stock: integer().default(0),
  sold: bigint().default(0n),
  shelf: smallint().default(0),
  weight: double().default(0),
  rank: integer().nullable(),
  version: integer().version(),
  updatedAt: timestamp().updateNow(),
});
const documents = table('documents', {
  id: uuid().primary(),
  slug: text({ max: 40 }).unique(),
  parentId: uuid().nullable(),
  title: text().default(''),
  deletedAt: timestamp().softDelete(),
});
const memberships = table(
  'memberships',
  { userId: integer(), groupId: integer(), role: text({ max: 10 }) },
  { primary: ['userId', 'groupId'] },
);
const everything = table('everything', {
  id: integer().primary(),
  text: text().nullable(),
  flag: boolean().nullable(),
  price: decimal(12, 2).nullable(),
  day: date().nullable(),
  at: timestamp().nullable(),
  data: json<unknown>().nullable(),
  raw: bytes().nullable(),
  big: bigint().nullable(),
  real: double().nullable(),
  key: uuid().nullable(),
});
const wide = table('wide', {
  id: integer().primary(),
  ...Object.fromEntries(Array.from({ length: 69 }, (_, index) => [`c${index}`, integer()])),
});
const schema = defineMigration('001', {
  async up({ createTable }) {
    for (const value of [products, documents, memberships, everything, wide]) await createTable(value);
  },
});
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

await describeDialect('writes', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
  });
  beforeEach(async () => {
    await db.repository(products).deleteMany({ all: true });
    await db.repository(memberships).deleteMany({ all: true });
    await db.repository(everything).deleteMany({ all: true });
    for (const row of await db.repository(documents).findMany({ withDeleted: true })) await db.repository(documents).purge(row.id);
  });

  test('1,000 rows of 70 columns go in, all or none', async () => {
    const repository = db.repository(wide);
    const rows = Array.from({ length: 1_000 }, (_, id) => ({
      id,
      ...Object.fromEntries(Array.from({ length: 69 }, (_, c) => [`c${c}`, id + c])),
    }));
    expect(await repository.insertMany(rows as never)).toHaveLength(1_000);
    expect(await repository.count()).toBe(1_000);
    expect(await repository.get(999)).toEqual(rows[999]);
    // The rows that collide come last: by then others have gone in.
    const next = rows.map((row) => ({ ...row, id: row.id + 500 })).reverse();
    await expect(repository.insertMany(next as never)).rejects.toThrow(code('DATA_UNIQUE'));
    expect(await repository.count()).toBe(1_000);
    expect(await repository.upsertMany(next as never)).toHaveLength(1_000);
    expect(await repository.count()).toBe(1_500);
    expect(await repository.get(999)).toMatchObject({ c0: 499, c68: 567 });
  });

  test('values of every type survive an insert of many rows as they survive one', async () => {
    const repository = db.repository(everything);
    const odd = ['"quoted", {braces} \\ NULL', 'null', '', '🐘 ünïcode', "it's; --", '\n\t', '{}', ','];
    const rows = odd.map((text, index) => ({
      id: index,
      text,
      flag: index % 2 === 0,
      price: `${index}.50`,
      day: '2026-02-28',
      at: new Date(Date.UTC(2026, 0, 1, 0, 0, 0, index)),
      data: { [text]: [text, null, 1.5] },
      raw: new Uint8Array([0, 34, 92, 255, index]),
      big: 9_007_199_254_740_993n + BigInt(index),
      real: 0.1 * index,
      key: '0190a0a0-0000-7000-8000-00000000000a',
    }));
    const empty = {
      id: 100,
      text: null,
      flag: null,
      price: null,
      day: null,
      at: null,
      data: null,
      raw: null,
      big: null,
      real: null,
      key: null,
    };
    expect(await repository.insertMany([...rows, empty])).toEqual([...rows, empty]);
    expect(await repository.findMany({ orderBy: { id: 'asc' } })).toEqual([...rows, empty]);
    const changed = [...rows, empty].map((row) => ({ ...row, flag: true }));
    expect(await repository.upsertMany(changed)).toEqual(changed);
  });

  test('a list filters columns of every type, short and long, and text means itself', async () => {
    const repository = db.repository(everything);
    const row = {
      id: 1,
      text: '50%_!\\\\',
      flag: true,
      price: '-0.50',
      day: '2026-02-28',
      at: new Date(Date.UTC(2026, 0, 1)),
      data: null,
      raw: new Uint8Array([1, 92, 34, 255]),
      big: 2n ** 62n,
      real: 0.1,
      key: '0190a0a0-0000-7000-8000-00000000000a',
    };
    await repository.insertMany([row, { id: 2 }]);
    const others = {
      text: Array.from({ length: 20 }, (_, index) => `"${index}\\`),
      price: Array.from({ length: 20 }, (_, index) => `${index}.25`),
      day: Array.from({ length: 20 }, (_, index) => `2025-01-${String(index + 1).padStart(2, '0')}`),
      at: Array.from({ length: 20 }, (_, index) => new Date(index * 1_000)),
      raw: Array.from({ length: 20 }, (_, index) => new Uint8Array([index])),
      big: Array.from({ length: 20 }, (_, index) => 2n ** 61n + BigInt(index)),
      real: Array.from({ length: 20 }, (_, index) => index + 0.5),
      key: Array.from({ length: 20 }, (_, index) => `0190a0a0-0000-7000-8000-0000000000${index + 10}`.toUpperCase()),
    };
    for (const [property, list] of Object.entries(others)) {
      const own = row[property as 'text'];
      const found = async (condition: unknown) =>
        (await repository.findMany({ where: { [property]: condition }, orderBy: { id: 'asc' } })).map(({ id }) => id);
      expect(await found([own]), property).toEqual([1]);
      expect(await found([...list, own]), property).toEqual([1]);
      expect(await found(list), property).toEqual([]);
      expect(await found({ notIn: [...list, own] }), property).toEqual([2]);
      expect(await found({ notIn: list }), property).toEqual([1, 2]);
    }
    expect(await repository.count({ flag: [true] })).toBe(1);
    for (const operand of ['%_!', '!\\\\', '\\', '50%']) expect(await repository.count({ text: { contains: operand } }), operand).toBe(1);
    for (const operand of ['5_', '%%', '!!', '\\%']) expect(await repository.count({ text: { contains: operand } }), operand).toBe(0);
    expect(await repository.count({ text: { endsWith: '\\\\', startsWith: '50%_' } })).toBe(1);
  });

  test('upsertMany inserts and updates in one statement, in order; the last of two rows with one key stands', async () => {
    const repository = db.repository(memberships);
    await repository.insert({ userId: 1, groupId: 1, role: 'reader' });
    const counter = queryCounter(db);
    const rows = await repository.upsertMany([
      { userId: 2, groupId: 1, role: 'reader' },
      { userId: 1, groupId: 1, role: 'owner' },
      { userId: 3, groupId: 1, role: 'writer' },
    ]);
    counter.stop();
    expect(counter.count).toBe(suite.dialect === 'mysql' ? 2 : 1);
    expect(rows.map((row) => [row.userId, row.role])).toEqual([
      [2, 'reader'],
      [1, 'owner'],
      [3, 'writer'],
    ]);
    await repository.upsertMany([
      { userId: 9, groupId: 1, role: 'first' },
      { userId: 9, groupId: 1, role: 'second' },
    ]);
    expect(await repository.get({ userId: 9, groupId: 1 })).toMatchObject({ role: 'second' });
    expect(await repository.upsertMany([])).toEqual([]);
    const many = Array.from({ length: 2_500 }, (_, index) => ({ sku: `s${index}`, stock: index }));
    const first = await db.repository(products).upsertMany(many, { on: ['sku'] });
    const second = await db.repository(products).upsertMany(
      many.map((row) => ({ ...row, stock: row.stock + 1 })),
      { on: ['sku'] },
    );
    expect(second.map((row) => row.id)).toEqual(first.map((row) => row.id));
    expect(second.every((row, index) => row.stock === index + 1 && row.version === 2)).toBe(true);
  });

  test('an increment adds in the database, so that none is lost between two callers', async () => {
    const repository = db.repository(products);
    const { id } = await repository.insert({ sku: 'a', stock: 100, sold: 9_007_199_254_740_993n });
    await Promise.all(
      Array.from({ length: 20 }, () =>
        repository.update(id, { stock: { increment: -1 }, sold: { increment: 2n }, weight: { increment: 0.5 } }),
      ),
    );
    expect(await repository.get(id)).toMatchObject({ stock: 80, sold: 9_007_199_254_741_033n, weight: 10, version: 21, rank: null });
    expect(await repository.updateMany({ sku: 'a' }, { stock: { increment: 5 }, rank: { increment: 1 } })).toBe(1);
    expect(await repository.get(id)).toMatchObject({ stock: 85, rank: null });
    await expect(repository.update(id, { stock: { increment: 2 ** 31 - 1 } })).rejects.toThrow(code('DATA_OUT_OF_RANGE'));
    await expect(repository.update(id, { sold: { increment: 2n ** 63n - 1n } })).rejects.toThrow(code('DATA_OUT_OF_RANGE'));
    expect(await repository.update(id, { shelf: { increment: 32_767 } })).toMatchObject({ shelf: 32_767 });
    await expect(repository.update(id, { shelf: { increment: 1 } })).rejects.toThrow(code('DATA_OUT_OF_RANGE'));
    await expect(repository.update(id, { stock: { increment: 1.5 } })).rejects.toThrow(code('DATA_VALUE'));
    await expect(repository.update(id, { stock: { increment: 1, set: 2 } as never })).rejects.toThrow(code('DATA_VALUE'));
    await expect(repository.update(id, { sku: { increment: 1 } as never })).rejects.toThrow(code('DATA_VALUE'));
    expect(await repository.get(id)).toMatchObject({ stock: 85, sku: 'a' });
  });

  test('a stale version is DATA_STALE (409), by patch, by option, and for a deletion; each update counts one more [DA-08]', async () => {
    const repository = db.repository(products);
    const read = await repository.insert({ sku: 'a' });
    expect(read.version).toBe(1);
    expect(await repository.update(read.id, { name: 'x', version: read.version })).toMatchObject({ name: 'x', version: 2 });
    await expect(repository.update(read.id, { name: 'y', version: 1 })).rejects.toMatchObject({ code: 'DATA_STALE', kind: 'conflict' });
    await expect(repository.update(read.id, { name: 'y' }, { version: 1 })).rejects.toThrow(code('DATA_STALE'));
    await expect(repository.update(read.id, {}, { version: 1 })).rejects.toThrow(code('DATA_STALE'));
    await expect(repository.delete(read.id, { version: 1 })).rejects.toThrow(code('DATA_STALE'));
    const won = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) => repository.update(read.id, { name: `w${index}` }, { version: 2 })),
    );
    expect(won.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(await repository.update(read.id, { name: 'without' })).toMatchObject({ version: 4 });
    expect(await repository.updateMany({ sku: 'a' }, { name: 'many' })).toBe(1);
    expect(await repository.upsert({ sku: 'a', name: 'up' }, { on: ['sku'] })).toMatchObject({ name: 'up', version: 6 });
    expect(await repository.update(999_999, { name: 'y' }, { version: 1 })).toBeUndefined();
    expect(await repository.delete(read.id, { version: 6 })).toBe(true);
    await expect(db.repository(memberships).update({ userId: 1, groupId: 1 }, { role: 'x' }, { version: 1 })).rejects.toThrow(
      code('DATA_TABLE_FEATURE'),
    );
  });

  test('updatedAt follows update, updateMany and upsert, and the clock of the database options [DA-09]', async () => {
    const times = Array.from({ length: 5 }, (_, index) => new Date(Date.UTC(2026, 0, 1 + index)));
    const clocked = suite.database.open({ now: () => times.shift()! });
    const repository = clocked.repository(products);
    const { id } = await repository.insert({ sku: 't' });
    const days: number[] = [];
    const note = async () => days.push((await repository.get(id)).updatedAt.getUTCDate());
    await note();
    await repository.update(id, { stock: { increment: 1 } });
    await note();
    await repository.updateMany({ sku: 't' }, { name: 'n' });
    await note();
    await repository.upsertMany([{ sku: 't', name: 'm' }], { on: ['sku'] });
    await note();
    expect(days).toEqual([1, 2, 3, 4]);
  });

  test('a deleted row is passed over by every read and write until it is restored; purge takes it out [DA-09]', async () => {
    const repository = db.repository(documents);
    const [a, b] = await repository.insertMany([
      { slug: 'a', title: 'A' },
      { slug: 'b', title: 'B' },
    ]);
    await repository.insert({ slug: 'child', parentId: a!.id });
    expect(await repository.delete(a!.id)).toBe(true);
    expect(await repository.delete(a!.id)).toBe(false);
    expect(await repository.find(a!.id)).toBeUndefined();
    expect(await Promise.all([repository.find(a!.id), repository.find(b!.id)])).toEqual([undefined, b]);
    expect(await repository.findOne({ slug: 'a' })).toBeUndefined();
    expect(await repository.exists({ slug: 'a' })).toBe(false);
    expect(await repository.count()).toBe(2);
    expect((await repository.findMany({ orderBy: { slug: 'asc' } })).map((row) => row.slug)).toEqual(['b', 'child']);
    expect((await repository.page()).rows).toHaveLength(2);
    expect((await repository.offsetPage()).total).toBe(2);
    expect(await repository.update(a!.id, { title: 'x' })).toBeUndefined();
    expect(await repository.updateMany({ slug: 'a' }, { title: 'x' })).toBe(0);
    expect((await repository.aggregate({ count: true })).count).toBe(2);
    expect((await repository.find(a!.id, { withDeleted: true }))!.deletedAt).toBeInstanceOf(Date);
    expect((await repository.findMany({ onlyDeleted: true })).map((row) => row.slug)).toEqual(['a']);
    expect(await repository.count({}, { withDeleted: true })).toBe(3);
    const [child] = await repository.findMany({ where: { slug: 'child' }, with: { parent: maybe(documents, 'parentId') } });
    expect(child!.parent).toBeNull();
    await expect(repository.insert({ slug: 'a' })).rejects.toThrow(code('DATA_UNIQUE'));
    expect(await repository.restore(a!.id)).toEqual(a);
    expect(await repository.restore(a!.id)).toBeUndefined();
    expect((await repository.find(a!.id, { with: { children: many(documents, 'parentId') } }))!.children).toHaveLength(1);
    await repository.delete(a!.id);
    expect(await repository.upsert({ slug: 'a', title: 'again' }, { on: ['slug'] })).toMatchObject({
      id: a!.id,
      title: 'again',
      deletedAt: null,
    });
    expect(await repository.deleteMany({ slug: ['a', 'child'] })).toBe(2);
    expect(await repository.purgeMany({ title: ['again', 'B'] })).toBe(1);
    expect(await repository.purge(b!.id)).toBe(true);
    expect((await repository.findMany({ withDeleted: true })).map((row) => row.slug)).toEqual(['child']);
    await expect(repository.deleteMany({})).rejects.toThrow(code('DATA_UNFILTERED'));
    await expect(repository.purgeMany({})).rejects.toThrow(code('DATA_UNFILTERED'));
    for (const attempt of [
      db.repository(products).restore(1),
      db.repository(products).purgeMany({ all: true }),
      db.repository(products).findMany({ onlyDeleted: true }),
    ])
      await expect(attempt).rejects.toThrow(code('DATA_TABLE_FEATURE'));
  });

  test('70,000 ids in a filter delete and update', async () => {
    const repository = db.repository(memberships);
    await repository.insertMany(Array.from({ length: 300 }, (_, userId) => ({ userId, groupId: 1, role: 'r' })));
    const ids = Array.from({ length: 70_000 }, (_, index) => index + 100);
    expect(await repository.updateMany({ userId: ids }, { role: 'x' })).toBe(200);
    expect(await repository.deleteMany({ userId: { in: ids } })).toBe(200);
  });
});
