// Writes the same 100 tables and 500 queries for each library: five kinds of query on each table.

/** Tables; each but the first refers to the one before. */
export const tableCount = 100;
/** Queries per table. */
export const queryKinds = 5;

const columns = Array.from({ length: 6 }, (_, index) => `field${index}`);

// Mistakes that the types must find: a bench of types that let everything through would be a fast one.
const plinthWrong = `export async function wrong(): Promise<void> {
  const [row] = await db.repository(table0).findMany({ select: ['id'], with: { owner: one(table0, 'ownerId') } });
  // @ts-expect-error not selected
  row!.field0;
  // @ts-expect-error no column of the owner
  row!.owner.field9;
  // @ts-expect-error another type
  await db.repository(table0).count({ count: 'x' });
  // @ts-expect-error columns without a default are missing
  await db.repository(table0).insert({ ownerId: 'x' });
}
`;
const kyselyWrong = `export async function wrong(): Promise<void> {
  const [row] = await db.selectFrom('table0').select('id').execute();
  // @ts-expect-error not selected
  row!.field0;
  // @ts-expect-error another type
  await db.selectFrom('table0').where('count', '=', 'x').execute();
  // @ts-expect-error columns without a default are missing
  await db.insertInto('table0').values({ ownerId: 'x' }).execute();
}
`;
const drizzleWrong = `export async function wrong(): Promise<void> {
  const [row] = await db.select({ id: table0.id }).from(table0);
  // @ts-expect-error not selected
  row!.field0;
  // @ts-expect-error another type
  await db.select().from(table0).where(eq(table0.count, 'x'));
  // @ts-expect-error columns without a default are missing
  await db.insert(table0).values({ ownerId: 'x' });
}
`;

/** Files by name, for each contender. */
export const contenders = {
  plinth: { 'tables.ts': plinthTables(), 'wrong.ts': `${plinthHead([0])}\n${plinthWrong}`, ...queryFiles(plinthHead, plinthQueries) },
  kysely: { 'tables.ts': kyselyTables(), 'wrong.ts': `${kyselyHead()}\n${kyselyWrong}`, ...queryFiles(kyselyHead, kyselyQueries) },
  drizzle: { 'tables.ts': drizzleTables(), 'wrong.ts': `${drizzleHead([0])}\n${drizzleWrong}`, ...queryFiles(drizzleHead, drizzleQueries) },
};

// Ten tables to a file, as an application has its repositories.
function queryFiles(head, queries) {
  return Object.fromEntries(
    Array.from({ length: tableCount / 10 }, (_, file) => {
      const numbers = Array.from({ length: 10 }, (__, index) => file * 10 + index);
      return [`queries-${file}.ts`, `${head(numbers)}\n${numbers.map(queries).join('\n')}\n`];
    }),
  );
}

function each(write) {
  return Array.from({ length: tableCount }, (_, number) => write(number)).join('\n');
}

/** The table that a table refers to; the first refers to none and is joined with itself. */
function ownerOf(number) {
  return number === 0 ? 0 : number - 1;
}

function plinthTables() {
  return `import { bigint, boolean, decimal, enumOf, integer, openDatabase, table, text, timestamp, uuid } from '@plinth/data';
export const db = openDatabase({ url: 'sqlite::memory:' });
${each(
  (number) => `export const table${number} = table('table_${number}', {
  id: uuid().primary(),
  ownerId: uuid()${number === 0 ? '' : `.references(() => table${ownerOf(number)}.id)`},
  ${columns.map((column) => `${column}: text({ max: 50 }),`).join(' ')}
  state: enumOf('draft', 'open', 'closed').default('draft'),
  amount: decimal(12, 2),
  count: integer().default(0),
  total: bigint(),
  active: boolean().default(true),
  note: text().nullable(),
  createdAt: timestamp().defaultNow(),
});`,
)}
`;
}

function plinthHead(numbers) {
  const names = new Set(['db', ...numbers, ...numbers.map(ownerOf)].map((name) => (name === 'db' ? name : `table${name}`)));
  return `import { one } from '@plinth/data';\nimport { ${[...names].join(', ')} } from './tables.js';`;
}

function plinthQueries(number) {
  const rows = `db.repository(table${number})`;
  return `export async function find${number}(since: Date): Promise<string[]> {
  const rows = await ${rows}.findMany({
    where: { state: ['draft', 'open'], createdAt: { gte: since }, field${number % 6}: { startsWith: 'a' } },
    orderBy: { createdAt: 'desc' },
    limit: 20,
    select: ['id', 'field0', 'createdAt'],
  });
  return rows.map((row) => row.id + row.field0 + row.createdAt.toISOString());
}
export async function insert${number}(ownerId: string): Promise<bigint> {
  const row = await ${rows}.insert({ ownerId, ${columns.map((column) => `${column}: 'x'`).join(', ')}, amount: '1.50', total: 5n });
  return row.total;
}
export async function update${number}(id: string): Promise<number> {
  return ${rows}.updateMany({ id, active: true }, { state: 'closed', note: null, count: 3 });
}
export async function join${number}(): Promise<string[]> {
  const rows = await ${rows}.findMany({ where: { count: { gt: 1 } }, with: { owner: one(table${ownerOf(number)}, 'ownerId') } });
  return rows.map((row) => row.id + row.owner.field1);
}
export async function count${number}(): Promise<number> {
  return ${rows}.count({ active: true, or: [{ state: 'open' }, { note: null }] });
}`;
}

function kyselyTables() {
  return `import type { ColumnType, Generated } from 'kysely';
${each(
  (number) => `export interface Table${number} {
  id: Generated<string>;
  ownerId: string;
  ${columns.map((column) => `${column}: string;`).join(' ')}
  state: ColumnType<'draft' | 'open' | 'closed', 'draft' | 'open' | 'closed' | undefined, 'draft' | 'open' | 'closed'>;
  amount: string;
  count: Generated<number>;
  total: bigint;
  active: Generated<boolean>;
  note: string | null;
  createdAt: Generated<Date>;
}`,
)}
export interface Database {
${each((number) => `  table${number}: Table${number};`)}
}
`;
}

function kyselyHead() {
  return `import type { Kysely } from 'kysely';\nimport type { Database } from './tables.js';\ndeclare const db: Kysely<Database>;`;
}

function kyselyQueries(number) {
  const name = `table${number}`;
  const owner = `table${ownerOf(number)}`;
  return `export async function find${number}(since: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('${name}')
    .where('state', 'in', ['draft', 'open'])
    .where('createdAt', '>=', since)
    .where('field${number % 6}', 'like', 'a%')
    .orderBy('createdAt', 'desc')
    .limit(20)
    .select(['id', 'field0', 'createdAt'])
    .execute();
  return rows.map((row) => row.id + row.field0 + row.createdAt.toISOString());
}
export async function insert${number}(ownerId: string): Promise<bigint> {
  const row = await db
    .insertInto('${name}')
    .values({ ownerId, ${columns.map((column) => `${column}: 'x'`).join(', ')}, amount: '1.50', total: 5n })
    .returningAll()
    .executeTakeFirstOrThrow();
  return row.total;
}
export async function update${number}(id: string): Promise<number> {
  const result = await db
    .updateTable('${name}')
    .set({ state: 'closed', note: null, count: 3 })
    .where('id', '=', id)
    .where('active', '=', true)
    .executeTakeFirstOrThrow();
  return Number(result.numUpdatedRows);
}
export async function join${number}(): Promise<string[]> {
  const rows = await db
    .selectFrom('${name}')
    .innerJoin('${owner} as owner', 'owner.id', '${name}.ownerId')
    .where('${name}.count', '>', 1)
    .selectAll('${name}')
    .select('owner.field1 as ownerField')
    .execute();
  return rows.map((row) => row.id + row.ownerField);
}
export async function count${number}(): Promise<number> {
  const row = await db
    .selectFrom('${name}')
    .where('active', '=', true)
    .where((eb) => eb.or([eb('state', '=', 'open'), eb('note', 'is', null)]))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}`;
}

function drizzleTables() {
  return `import { type AnyPgColumn, bigint, boolean, decimal, integer, pgTable, text, timestamp, uuid, varchar } from 'drizzle-orm/pg-core';
${each(
  (number) => `export const table${number} = pgTable('table_${number}', {
  id: uuid().primaryKey().defaultRandom(),
  ownerId: uuid().notNull()${number === 0 ? '' : `.references((): AnyPgColumn => table${ownerOf(number)}.id)`},
  ${columns.map((column) => `${column}: varchar({ length: 50 }).notNull(),`).join(' ')}
  state: text({ enum: ['draft', 'open', 'closed'] }).notNull().default('draft'),
  amount: decimal({ precision: 12, scale: 2 }).notNull(),
  count: integer().notNull().default(0),
  total: bigint({ mode: 'bigint' }).notNull(),
  active: boolean().notNull().default(true),
  note: text(),
  createdAt: timestamp().notNull().defaultNow(),
});`,
)}
`;
}

function drizzleHead(numbers) {
  const names = new Set([...numbers, ...numbers.map(ownerOf)].map((number) => `table${number}`));
  return `import { and, count, desc, eq, gt, gte, inArray, isNull, like, or } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { ${[...names].join(', ')} } from './tables.js';
declare const db: NodePgDatabase;`;
}

function drizzleQueries(number) {
  const name = `table${number}`;
  return `export async function find${number}(since: Date): Promise<string[]> {
  const rows = await db
    .select({ id: ${name}.id, field0: ${name}.field0, createdAt: ${name}.createdAt })
    .from(${name})
    .where(and(inArray(${name}.state, ['draft', 'open']), gte(${name}.createdAt, since), like(${name}.field${number % 6}, 'a%')))
    .orderBy(desc(${name}.createdAt))
    .limit(20);
  return rows.map((row) => row.id + row.field0 + row.createdAt.toISOString());
}
export async function insert${number}(ownerId: string): Promise<bigint> {
  const [row] = await db
    .insert(${name})
    .values({ ownerId, ${columns.map((column) => `${column}: 'x'`).join(', ')}, amount: '1.50', total: 5n })
    .returning();
  return row!.total;
}
export async function update${number}(id: string): Promise<number> {
  const rows = await db
    .update(${name})
    .set({ state: 'closed', note: null, count: 3 })
    .where(and(eq(${name}.id, id), eq(${name}.active, true)))
    .returning({ id: ${name}.id });
  return rows.length;
}
export async function join${number}(): Promise<string[]> {
  const owner = alias(table${ownerOf(number)}, 'owner');
  const rows = await db.select().from(${name}).innerJoin(owner, eq(owner.id, ${name}.ownerId)).where(gt(${name}.count, 1));
  return rows.map((row) => row.${`table_${number}`}.id + row.owner.field1);
}
export async function count${number}(): Promise<number> {
  const [row] = await db.select({ count: count() }).from(${name}).where(and(eq(${name}.active, true), or(eq(${name}.state, 'open'), isNull(${name}.note))));
  return row!.count;
}`;
}
