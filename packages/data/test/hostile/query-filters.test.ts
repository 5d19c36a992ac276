import { type Database, defineMigration, filterOf } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf, things } from './support.js';

const filter = filterOf(things, {
  name: ['eq', 'ne', 'in', 'contains', 'startsWith'],
  note: ['isNull', 'endsWith'],
  count: ['gte', 'lt', 'notIn'],
  total: ['eq', 'gt'],
  price: ['eq', 'lte'],
  at: ['gt', 'in'],
  ref: ['eq', 'in'],
  open: ['eq'],
  sort: ['name', 'count'],
  limit: 50,
  cursor: true,
});

const hostileTexts = ["' or 1=1 --", '%', '_', '\\', '\0', '\ud800', '', 'x'.repeat(5_000), '😀', '$gt', '[object Object]', '__proto__'];
const hostileValues: readonly unknown[] = [
  ...hostileTexts,
  null,
  NaN,
  Infinity,
  -0,
  Number('1e400'),
  1.5,
  2 ** 31,
  true,
  [],
  {},
  [[]],
  [{}],
  { eq: 1 },
  { toString: () => 'name' },
  ['a', undefined],
  10n,
  new Date(NaN),
  new Map(),
  Symbol('x'),
  () => 1,
];
const names = [
  'name',
  'name.ne',
  'name.in',
  'name.contains',
  'name.startsWith',
  'note.isNull',
  'note.endsWith',
  'count.gte',
  'count.lt',
  'count.notIn',
  'total',
  'total.gt',
  'price',
  'price.lte',
  'at.gt',
  'at.in',
  'ref',
  'ref.in',
  'open',
  'sort',
  'limit',
  'after',
  'before',
];

await describeDialect('a query that a client filled in', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [defineMigration('1', { up: ({ createTable }) => createTable(things) })] });
    await db.migrate.up();
    await db.repository(things).insertMany([
      { name: 'a', count: 1 },
      { name: 'b', count: 2, note: 'n' },
    ]);
  });

  test.each(names)('%s: every value is a condition on its column, or refused', async (name) => {
    for (const value of hostileValues) {
      const outcome = await outcomeOf(() => db.repository(things).page(filter.read({ [name]: value } as never)));
      expect(
        outcome,
        `${name} ${typeof value === 'object' || typeof value === 'symbol' ? typeof value : String(value).slice(0, 20)}`,
      ).toMatch(/^(?:ok|DATA_[A-Z_]+)$/);
    }
  });

  test('what is not declared has no effect, and nothing is inherited', async () => {
    const undeclared = [
      'slug',
      'name.gt',
      'name.',
      '.eq',
      'data',
      'where',
      'and',
      'or',
      'not',
      'all',
      'select',
      'with',
      'offset',
      '__proto__',
      'constructor',
      'NAME',
      'name ',
      'name[eq]',
      'name.constructor',
    ];
    const plain = filter.read({});
    for (const name of undeclared) expect(filter.read(JSON.parse(`{"${name}":"x"}`) as never), name).toEqual(plain);
    expect(filter.read(Object.create({ name: 'a' }) as never)).toEqual(plain);
    expect(await db.repository(things).count(filter.read({ name: 'a' }).where)).toBe(1);
  });

  test.each<[string, string]>([
    ['sort', 'slug'],
    ['sort', '--name'],
    ['sort', 'name asc'],
    ['sort', '-'],
    ['sort', 'constructor'],
    ['sort', '-__proto__'],
    ['sort', 'name,count'],
  ])('%s=%s is refused', async (name, value) => {
    for (const given of [value, [value], ['name', value]])
      expect(await outcomeOf(() => filter.read({ [name]: given } as never))).toBe('DATA_ORDER');
  });
});
