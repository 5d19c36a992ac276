import { openDatabase, type Repository, table, text, uuid } from '@plinth/data';
import { afterAll, beforeAll, expect, test } from 'vitest';

const notes = table('notes', { id: uuid().primary(), text: text() });
const db = openDatabase({ url: 'sqlite::memory:' });
const rows = db.repository(notes);
const id = '01a1fef5-d8a0-71fd-a9ea-461ad829cebf';
// What the compiler does not see: options that come from elsewhere.
const wrong = { wher: { text: 'a' } } as never;
const drain = async (list: AsyncIterable<unknown>) => {
  for await (const _ of list) break;
};

beforeAll(async () => {
  await db.knex.raw('create table notes (id text primary key, text text not null)');
  await rows.insert({ id, text: 'a' });
});
afterAll(() => db.close());

const calls: readonly [string, (repository: Repository<typeof notes>) => Promise<unknown>][] = [
  ['find()', (r) => r.find(id, wrong)],
  ['find()', (r) => r.get(id, wrong)],
  ['findOne()', (r) => r.findOne({ id }, wrong)],
  ['findMany()', (r) => r.findMany(wrong)],
  ['iterate()', (r) => drain(r.iterate(wrong))],
  ['exists()', (r) => r.exists({ id }, wrong)],
  ['count()', (r) => r.count({ id }, wrong)],
  ['aggregate()', (r) => r.aggregate(wrong)],
  ['groupBy()', (r) => r.groupBy(wrong)],
  ['page()', (r) => r.page(wrong)],
  ['offsetPage()', (r) => r.offsetPage(wrong)],
  ['upsert()', (r) => r.upsert({ id, text: 'b' }, wrong)],
  ['upsertMany()', (r) => r.upsertMany([{ id, text: 'b' }], wrong)],
  ['update()', (r) => r.update(id, { text: 'b' }, wrong)],
  ['delete()', (r) => r.delete(id, wrong)],
];
test.each(calls)('%s refuses an option that it does not know, and does nothing', async (operation, call) => {
  const error: unknown = await call(rows).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'DATA_OPTION', message: `${operation} on notes knows no option "wher".` });
  expect(await rows.get(id)).toEqual({ id, text: 'a' });
});

test('an undefined option is one that was not given', async () => {
  expect(await rows.findMany({ wher: undefined } as never)).toHaveLength(1);
});

test('groups want columns to be made of', async () => {
  await expect(rows.groupBy({ count: true } as never)).rejects.toMatchObject({ code: 'DATA_VALUE' });
  await expect(rows.groupBy(['text'] as never)).rejects.toMatchObject({ code: 'DATA_OPTION' });
});
