import { type Database, defineMigration, type Repository } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { optional, outcomeOf, things } from './support.js';

type Probe = readonly [name: string, code: RegExp | string, call: (repository: Repository<typeof things>, db: Database) => unknown];
const wrong = (value: unknown) => value as never;
class Filter {
  get id(): number {
    return 1;
  }
}
const empties: readonly (readonly [string, unknown])[] = [
  ['a Map', new Map([['id', 1]])],
  ['a Set', new Set([1])],
  ['a Date', new Date()],
  ['a promise of a filter', Promise.resolve({ id: 1 })],
  ['a list', []],
  ['a list of filters', [{ id: 1 }]],
  ['a number', 5],
  ['true', true],
  ['text', ''],
  ['null', null],
  ['a function', () => ({ id: 1 })],
  ['an instance whose conditions are getters', new Filter()],
  ['an object that inherits its conditions', Object.create({ id: 1 })],
  ['bytes', new Uint8Array(0)],
  ['an object with a symbol for a key', { [Symbol('id')]: 1 }],
];

const filters: Probe[] = empties.flatMap(
  ([what, where]) =>
    [
      [`findMany where ${what}`, /^DATA_/, (r) => r.findMany({ where: wrong(where) })],
      [`count ${what}`, /^DATA_/, (r) => r.count(wrong(where))],
      [`exists ${what}`, /^DATA_/, (r) => r.exists(wrong(where))],
      [`findOne ${what}`, /^DATA_/, (r) => r.findOne(wrong(where))],
      [`page where ${what}`, /^DATA_/, (r) => r.page({ where: wrong(where) })],
      [`offsetPage where ${what}`, /^DATA_/, (r) => r.offsetPage({ where: wrong(where) })],
      [
        `iterate where ${what}`,
        /^DATA_/,
        async (r) => {
          for await (const _ of r.iterate({ where: wrong(where) })) break;
        },
      ],
      [`aggregate where ${what}`, /^DATA_/, (r) => r.aggregate({ where: wrong(where), sum: ['count'] })],
      [`deleteMany ${what}`, /^DATA_/, (r) => r.deleteMany(wrong(where))],
      [`deleteMany and [${what}]`, /^DATA_/, (r) => r.deleteMany({ and: [wrong(where)] })],
      [`deleteMany or [${what}]`, /^DATA_/, (r) => r.deleteMany({ or: [wrong(where)] })],
      [`deleteMany not ${what}`, /^DATA_/, (r) => r.deleteMany({ not: wrong(where) })],
      [`updateMany ${what}`, /^DATA_/, (r) => r.updateMany(wrong(where), { count: 1 })],
    ] as Probe[],
);

const everyRow: Probe[] = (
  [
    {},
    { and: [] },
    { and: [{}] },
    { or: [{}] },
    { or: [{ id: 1 }, {}] },
    { not: { or: [] } },
    { not: { not: {} } },
    { id: { notIn: [] } },
    { name: { contains: '' } },
    { not: { id: { in: [] } } },
    { not: { data: { path: ['a'], in: [] } } },
    { name: { ne: null } },
    { and: [{ and: [{ and: [] }] }] },
  ] as unknown[]
).flatMap((where): Probe[] => [
  [`deleteMany ${JSON.stringify(where)}`, 'DATA_UNFILTERED', (r) => r.deleteMany(wrong(where))],
  [`updateMany ${JSON.stringify(where)}`, 'DATA_UNFILTERED', (r) => r.updateMany(wrong(where), { count: 1 })],
]);

const nested: Probe[] = (
  [
    { id: undefined },
    { id: { eq: undefined } },
    { id: { in: [1, undefined] } },
    { id: [undefined] },
    { and: [undefined] },
    { or: [{ id: undefined }] },
    { not: { id: undefined } },
    { not: undefined },
    { data: { path: ['a'], eq: undefined } },
    { nothing: 1 },
    { 'id" or 1=1 --': 1 },
    JSON.parse('{"__proto__": {"id": 1}}'),
    { constructor: 1 },
    { toString: 'x' },
    { hasOwnProperty: 1 },
    { id: { $gt: 0 } },
    { id: { constructor: 1 } },
    { id: JSON.parse('{"__proto__": 1}') },
    { name: { like: '%' } },
    { name: { contains: 5 } },
    { name: { contains: '\0' } },
    { name: { contains: '\ud800' } },
    { note: { startsWith: '\udc00x' } },
    { name: { gt: null } },
    { name: 0 },
    { name: true },
    { name: {} },
    { name: { eq: { eq: 'x' } } },
    { name: { ne: ['x'] } },
    { name: { in: 'x' } },
    { name: { in: null } },
    { name: { in: { length: 1, 0: 'x' } } },
    { id: '1' },
    { id: '1 or 1=1' },
    { id: NaN },
    { id: Infinity },
    { id: 1.5 },
    { id: 2 ** 31 },
    { id: 1n },
    { id: { gt: '0' } },
    { open: 1 },
    { open: 'true' },
    { total: 1 },
    { total: 2n ** 63n },
    { price: 1 },
    { price: '1e5' },
    { price: ' 1' },
    { price: '٣' },
    { price: 'Infinity' },
    { at: 0 },
    { at: '2026-01-01' },
    { at: new Date(NaN) },
    { at: new Date('+010000-01-01') },
    { ref: '{0190f3a2-7c4e-7def-8123-456789abcdef}' },
    { ref: '0190f3a27c4e7def8123456789abcdef' },
    { ref: "0190f3a2-7c4e-7def-8123-456789abcde'" },
    { data: { a: 1 } },
    { data: 'x' },
    { data: [] },
    { data: { path: 'a', eq: 1 } },
    { data: { path: [], eq: 1 } },
    { data: { path: ["a'] || true --"], eq: {} } },
    { data: { path: ['a"'], eq: 1 } },
    { data: { path: ['a\\'], eq: 1 } },
    { data: { path: ['\0'], eq: 1 } },
    { data: { path: [-1], eq: 1 } },
    { data: { path: ['-1'], eq: 1 } },
    { data: { path: [1.5], eq: 1 } },
    { data: { path: [{ toString: () => 'a' }], eq: 1 } },
    { data: { path: [['a']], eq: 1 } },
    { data: { path: ['a'], eq: { $ne: 1 } } },
    { data: { path: ['a'], eq: [1] } },
    { data: { path: ['a'], $ne: 1 } },
    { data: { path: ['a'], gt: true } },
    { data: { path: ['a'], gt: NaN } },
    { data: { path: ['a'], exists: 'true' } },
    { data: { path: ['a'], contains: '\ud800' } },
    { data: { path: ['a'], in: 'x' } },
    { data: { path: ['a'], in: [{}] } },
    { and: { id: 1 } },
    { or: 'x' },
    { all: true, id: 1 },
    { all: false },
    { all: 1 },
  ] as unknown[]
).flatMap((where): Probe[] => {
  const shown = JSON.stringify(where, (_key, value: unknown) =>
    value === undefined ? 'undefined' : typeof value === 'bigint' ? `${value}n` : Number.isNaN(value) ? 'NaN' : value,
  );
  return [
    [`findMany ${shown}`, /^DATA_/, (r) => r.findMany({ where: wrong(where) })],
    [`deleteMany ${shown}`, /^DATA_/, (r) => r.deleteMany(wrong(where))],
  ];
});

const wrongNumbers: readonly unknown[] = [-1, NaN, Infinity, 1.5, '10', null, 1e16, 10n, [10], {}, true, '1; drop table hostile_things'];
const limits: Probe[] = wrongNumbers.flatMap((limit): Probe[] => {
  const shown = typeof limit === 'bigint' ? '10n' : JSON.stringify(limit) + (typeof limit === 'number' ? String(limit) : '');
  return [
    [`findMany limit ${shown}`, 'DATA_LIMIT', (r) => r.findMany({ limit: wrong(limit) })],
    [`findMany offset ${shown}`, 'DATA_LIMIT', (r) => r.findMany({ limit: 1, offset: wrong(limit) })],
    [`page limit ${shown}`, 'DATA_LIMIT', (r) => r.page({ limit: wrong(limit) })],
    [`offsetPage limit ${shown}`, 'DATA_LIMIT', (r) => r.offsetPage({ limit: wrong(limit) })],
    [`offsetPage offset ${shown}`, 'DATA_LIMIT', (r) => r.offsetPage({ offset: wrong(limit) })],
    [
      `iterate batch ${shown}`,
      'DATA_LIMIT',
      async (r) => {
        for await (const _ of r.iterate({ batch: wrong(limit) })) break;
      },
    ],
    [`groupBy limit ${shown}`, 'DATA_LIMIT', (r) => r.groupBy({ by: ['name'], limit: wrong(limit) })],
  ];
});
limits.push(['page limit 0', 'DATA_LIMIT', (r) => r.page({ limit: 0 })], ['page limit 1001', 'DATA_LIMIT', (r) => r.page({ limit: 1001 })]);

const shapes: Probe[] = [
  ...(
    [
      'name',
      'name" --',
      5,
      new Set(['name']),
      { name: 1 },
      [undefined],
      [{ toString: () => 'name' }],
      [null],
      ['constructor'],
      ['__proto__'],
      [''],
      [],
      ['name; drop'],
    ] as unknown[]
  ).flatMap((list, index): Probe[] => [
    [`select #${index}`, /^DATA_/, (r) => r.findMany({ select: wrong(list) })],
    [`find select #${index}`, /^DATA_/, (r) => r.find(1, { select: wrong(list) })],
    [`sum #${index}`, index === 11 ? 'ok' : /^DATA_/, (r) => r.aggregate({ sum: wrong(list) })],
    [`min #${index}`, index === 11 ? 'ok' : /^DATA_/, (r) => r.aggregate({ min: wrong(list) })],
    [`groupBy #${index}`, /^DATA_/, (r) => r.groupBy({ by: wrong(list) })],
    [`upsert on #${index}`, /^DATA_/, (r) => r.upsert({ name: 'x' }, { on: wrong(list) })],
    [`upsert update #${index}`, index === 11 ? 'ok' : /^DATA_/, (r) => r.upsert({ id: 900, name: 'x' }, { update: wrong(list) })],
  ]),
  ...(
    [
      'name',
      'name asc',
      5,
      null,
      true,
      { name: 'ASC' },
      { name: 'asc; drop table x' },
      { name: undefined },
      { name: 1 },
      { name: ['asc'] },
      { 'name" asc --': 'asc' },
      { constructor: 'asc' },
      { data: 'asc' },
      ['name'],
      [null],
      [[{ name: 'asc' }]],
      [{ name: 'asc' }, { name: 'desc' }],
      { name: { toString: () => 'asc' } },
      new Map([['name', 'asc']]),
    ] as unknown[]
  ).flatMap((order, index): Probe[] => [
    [`orderBy #${index}`, /^DATA_/, (r) => r.findMany({ orderBy: wrong(order) })],
    [`page orderBy #${index}`, /^DATA_/, (r) => r.page({ orderBy: wrong(order) })],
    [`groupBy orderBy #${index}`, /^DATA_/, (r) => r.groupBy({ by: ['name'], orderBy: wrong(order) })],
  ]),
  ...(
    ['x', 5, true, [], null, { author: undefined }, { author: null }, { author: {} }, { constructor: {} }, new Map()] as unknown[]
  ).flatMap((relations, index): Probe[] => [
    [`with #${index}`, /^DATA_|^ok$/, (r) => r.findMany({ with: wrong(relations) })],
    [`find with #${index}`, /^DATA_|^ok$/, (r) => r.find(1, { with: wrong(relations) })],
    [`load #${index}`, /^DATA_|^ok$/, async (r) => r.load(await r.findMany(), wrong(relations))],
  ]),
  ...(['x', 5.5, true, null, { toString: () => '1' }, [1], { id: 1 }, 1n, NaN, '1', new Map(), Symbol('x')] as unknown[]).flatMap(
    (key, index): Probe[] => [
      [`find id #${index}`, /^DATA_/, (r) => r.find(wrong(key))],
      [`update id #${index}`, /^DATA_/, (r) => r.update(wrong(key), { count: 1 })],
      [`delete id #${index}`, /^DATA_/, (r) => r.delete(wrong(key))],
    ],
  ),
  ...(
    ['x', 5, true, null, undefined, [], [1], new Map([['count', 1]]), new Date(), Promise.resolve({ name: 'x' }), () => ({})] as unknown[]
  ).flatMap((row, index): Probe[] => [
    [`insert #${index}`, /^DATA_/, (_r, db) => db.repository(optional).insert(wrong(row))],
    [`insertMany [#${index}]`, /^DATA_/, (_r, db) => db.repository(optional).insertMany([wrong(row)])],
    [`upsert #${index}`, /^DATA_/, (_r, db) => db.repository(optional).upsert(wrong(row))],
    [`update patch #${index}`, /^DATA_/, (_r, db) => db.repository(optional).update(1, wrong(row))],
    [`updateMany patch #${index}`, /^DATA_/, (_r, db) => db.repository(optional).updateMany({ id: 1 }, wrong(row))],
  ]),
  ...(['x', 5, null, undefined, {}, new Set([1])] as unknown[]).flatMap((rows, index): Probe[] => [
    [`insertMany #${index}`, /^DATA_/, (r) => r.insertMany(wrong(rows))],
    [`upsertMany #${index}`, /^DATA_/, (r) => r.upsertMany(wrong(rows))],
    [`load rows #${index}`, /^DATA_/, (r) => r.load(wrong(rows), {})],
  ]),
  ...(
    [
      'x',
      {},
      null,
      5,
      { increment: '1' },
      { increment: NaN },
      { increment: 1.5 },
      { increment: 1, also: 1 },
      { increment: null },
      { increment: undefined },
      { decrement: 1 },
      { increment: 2 ** 31 },
      { increment: { increment: 1 } },
      [1],
    ] as unknown[]
  ).map((change, index): Probe => [`increment #${index}`, change === 5 ? 'ok' : /^DATA_/, (r) => r.update(1, { count: wrong(change) })]),
  ['a repository of nothing', /^DATA_/, (_r, db) => db.repository(wrong(undefined))],
  ['a repository of a name', /^DATA_/, (_r, db) => db.repository(wrong('users'))],
  [
    'a repository of a fake table',
    /^DATA_/,
    (_r, db) => db.repository(wrong({ name: 'users', [Symbol('plinth.table')]: { name: 'users' } })).find(1 as never),
  ],
  ['upsert on a column without a key', /^DATA_/, (r) => r.upsert({ name: 'x' }, { on: ['name'] })],
];

const transactions: Probe[] = [
  [
    'isolation with SQL',
    /^DATA_/,
    (_r, db) => db.transaction(() => 1, { isolation: wrong('serializable; drop table hostile_things; --') }),
  ],
  ['isolation toString', /^DATA_/, (_r, db) => db.transaction(() => 1, { isolation: wrong({ toString: () => 'serializable' }) })],
  ['isolation empty', /^DATA_/, (_r, db) => db.transaction(() => 1, { isolation: wrong('') })],
  ['isolation null', /^DATA_/, (_r, db) => db.transaction(() => 1, { isolation: wrong(null) })],
  ['mode unknown', /^DATA_/, (_r, db) => db.transaction(() => 1, { mode: wrong('requiresNew') })],
  ['retries NaN', /^DATA_/, (_r, db) => db.transaction(() => 1, { retries: NaN })],
  ['retries text', /^DATA_/, (_r, db) => db.transaction(() => 1, { retries: wrong('3') })],
  ['retries negative', /^DATA_/, (_r, db) => db.transaction(() => 1, { retries: -1 })],
  ['retries Infinity', /^DATA_/, (_r, db) => db.transaction(() => 1, { retries: Infinity })],
  ['lockTimeout with SQL', /^DATA_/, (_r, db) => db.transaction(() => 1, { lockTimeout: wrong('1; drop table x') })],
  ['no function', /^DATA_/, (_r, db) => db.transaction(wrong(undefined))],
  ['a promise for a function', /^DATA_/, (_r, db) => db.transaction(wrong(Promise.resolve(1)))],
  ['afterCommit of nothing', /^DATA_/, (_r, db) => db.transaction(() => db.afterCommit(wrong(undefined)))],
];

const locks: Probe[] = (
  [
    'x',
    5,
    { lock: 'x' },
    { lock: 'update; drop table x' },
    { lock: true },
    { lock: null },
    { skipLocked: true },
    { onlyDeleted: true },
  ] as unknown[]
).map((options, index): Probe => [
  `options #${index}`,
  typeof options === 'object' ? /^DATA_/ : /./,
  (r, db) => db.transaction(() => r.findMany(wrong(options))),
]);

await describeDialect('wrong calls', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  let repository: Repository<typeof things>;
  beforeAll(async () => {
    db = suite.database.open({
      migrations: [defineMigration('1', { up: async ({ createTable }) => (await createTable(things), await createTable(optional)) })],
    });
    await db.migrate.up();
    repository = db.repository(things);
    await repository.insertMany([{ name: 'one' }, { name: 'two' }, { name: 'three' }]);
    await db.repository(optional).insert({ name: 'one' });
  });

  test.each([...filters, ...everyRow, ...nested, ...limits, ...shapes, ...transactions, ...locks])('%s', async (_name, code, call) => {
    const before = [await repository.count(), await db.repository(optional).count()];
    const outcome = await outcomeOf(() => call(repository, db));
    expect(outcome).toMatch(code instanceof RegExp ? code : new RegExp(`^${code}$`));
    if (code !== 'ok') expect([await repository.count(), await db.repository(optional).count()]).toEqual(before);
  });
});
