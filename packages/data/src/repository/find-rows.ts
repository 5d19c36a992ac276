import { DATA_ERRORS } from '../errors.js';
import { checkOptions } from './known-options.js';
import { rankingOf } from '../search/write-search.js';
import type { Statement } from '../dialect/dialect.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import type { TableColumn } from '../table/table.js';
import { readColumns } from './column-list.js';
import { checkFilter, writeWhere } from './compile-where.js';
import { type Deleted, deletedOf, type DeletedOptions, writeDeleted } from './deleted.js';
import { loadRelations } from './load-relations.js';
import { type LockOptions, lockOf } from './lock.js';
import { matchesEveryRow } from './matches-every-row.js';
import { readOrder, writeOrder } from './order.js';
import { checkLimit } from './page.js';
import { plainOrder, plainShape, plainStatement } from './plain-filter.js';
import { checkRelations, endsOf, type Relation, relationsOf } from './relations.js';
import { compileReader } from './row-reader.js';
import type { TableContext } from './table-context.js';

type AnyRow = Record<string, unknown>;
type Relations = Readonly<Record<string, Relation<unknown> | undefined>>;

/** What is read beside the filter; checked here. */
export interface ReadOptions extends DeletedOptions, LockOptions {
  readonly where?: object | undefined;
  readonly orderBy?: unknown;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly select?: readonly string[] | undefined;
  readonly with?: object | undefined;
}

const mostRows = 2 ** 31 - 1;
const largestBatch = 10_000;

/** The rows that match, in order, with their relations. */
export function findRows(context: TableContext, options: ReadOptions): Promise<AnyRow[]> {
  try {
    const shape = shapeOf(context, options);
    if (shape === undefined || options.limit === 0) return findAny(context, options);
    const statement = plainStatement(context, shape, options.where!, [], () => writeFind(context, options).writer);
    if (options.with === undefined) return context.send(statement, context.readAll);
    return readRows(context, statement, projectionOf(context, {}), options.with as Relations);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/** The shape of a call with a plain filter, and at most an order by columns and a limit; undefined for any other. */
function shapeOf({ info }: TableContext, options: ReadOptions): string | undefined {
  for (const name in options) if (!plainOptions.has(name)) return undefined;
  const { where, orderBy, limit } = options;
  const filter = where === undefined ? undefined : plainShape(info, where);
  if (filter === undefined) return undefined;
  const order = orderBy === undefined ? '' : plainOrder(info, orderBy);
  if (order === undefined || (limit !== undefined && typeof limit !== 'number')) return undefined;
  return `many ${filter} by${order} limit ${String(limit)}`;
}

const plainOptions = new Set(['where', 'orderBy', 'limit', 'with']);

async function findAny(context: TableContext, options: ReadOptions): Promise<AnyRow[]> {
  checkOptions(context.info, 'findMany()', options);
  const { writer, projection } = writeFind(context, options);
  if (options.limit === 0) return [];
  return readRows(context, writer.toStatement(context.bigints), projection, options.with as Relations | undefined);
}

function writeFind(context: TableContext, options: ReadOptions): { readonly writer: SqlWriter; readonly projection: Projection } {
  const projection = projectionOf(context, options);
  const lock = lockOf(context, options);
  const ranking = options.orderBy === 'rank' ? rankingOf(context, options.where) : undefined;
  const writer = context.writer(`select ${projection.selection} from ${context.table}${lock.hint}`);
  ranking?.writeJoin(writer);
  writeConditions(writer, context, options.where, deletedOf(options));
  const steps = ranking === undefined ? readOrder(context.info, options.orderBy) : [];
  if (ranking === undefined) writeOrder(writer, context, steps);
  else ranking.writeOrder(writer);
  const { limit, offset } = options;
  if (limit !== undefined) checkLimit('limit', limit, 0, mostRows);
  if (offset !== undefined) checkLimit('offset', offset, 0, mostRows);
  context.grammar.writeLimit(writer, limit, offset, steps.length > 0);
  writer.text += lock.suffix;
  return { writer, projection };
}

/** The first row that matches a filter that says something, or `{ all: true }`. */
export function findFirst(context: TableContext, where: object, options: ReadOptions): Promise<AnyRow | undefined> {
  try {
    for (const _option in options) return findFirstOf(context, where, options);
    const shape = plainShape(context.info, where);
    if (shape === undefined) return findFirstOf(context, where, options);
    const write = (): SqlWriter => writeFirst(context, where, options).writer;
    return context.send(plainStatement(context, `one ${shape}`, where, [], write), context.readFirst);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

async function findFirstOf(context: TableContext, where: object, options: ReadOptions): Promise<AnyRow | undefined> {
  checkOptions(context.info, 'findOne()', options);
  const { writer, projection } = writeFirst(context, where, options);
  return (await readRows(context, writer.toStatement(context.bigints), projection, options.with as Relations | undefined))[0];
}

function writeFirst(
  context: TableContext,
  where: object,
  options: ReadOptions,
): { readonly writer: SqlWriter; readonly projection: Projection } {
  const projection = projectionOf(context, options);
  const lock = lockOf(context, options);
  const ranking = options.orderBy === 'rank' ? rankingOf(context, where) : undefined;
  const writer = context.writer(`select ${projection.selection} from ${context.table}${lock.hint}`);
  ranking?.writeJoin(writer);
  writeRestricted(writer, context, 'findOne()', where, deletedOf(options));
  const steps = ranking === undefined ? readOrder(context.info, options.orderBy) : [];
  if (ranking === undefined) writeOrder(writer, context, steps);
  else ranking.writeOrder(writer);
  context.grammar.writeLimit(writer, 1, undefined, steps.length > 0);
  writer.text += lock.suffix;
  return { writer, projection };
}

/** Runs a SELECT and reads its rows, with relations. */
export async function readRows(
  context: TableContext,
  statement: Statement,
  projection: Projection,
  relations: Relations | undefined,
): Promise<AnyRow[]> {
  const read = await context.send(statement, ({ rows }) => rows.map(projection.read));
  if (relations === undefined || read.length === 0) return read;
  checkRelations(context.info, relations);
  await loadRelations(context.session, context.info, read, relations);
  for (const row of read) for (const property of projection.surplus) delete row[property];
  return read;
}

/** Rows one after the other, fetched in batches as the loop goes on. */
export async function* iterateRows(
  context: TableContext,
  options: ReadOptions & { readonly batch?: number | undefined },
): AsyncGenerator<AnyRow> {
  checkOptions(context.info, 'iterate()', options);
  const projection = projectionOf(context, options);
  const batch = checkLimit('batch', options.batch === undefined ? 100 : options.batch, 1, largestBatch);
  const writer = context.writer(`select ${projection.selection} from ${context.table}`);
  writeConditions(writer, context, options.where, deletedOf(options));
  writeOrder(writer, context, readOrder(context.info, options.orderBy));
  for await (const rows of context.session.iterate(writer.toStatement(context.bigints), batch)) {
    for (const row of rows) yield projection.read(row);
  }
}

/** Whether a row matches. */
export async function existsRow(context: TableContext, where: object, options: DeletedOptions): Promise<boolean> {
  const writer = context.writer(`select 1 as ${context.grammar.quote('found')} from ${context.table}`);
  writeRestricted(writer, context, 'exists()', where, deletedOf(options));
  context.grammar.writeLimit(writer, 1, undefined, false);
  return (await context.run(writer)).rows.length > 0;
}

/** How many rows match. */
export async function countRows(context: TableContext, where: object | undefined, options: DeletedOptions): Promise<number> {
  const writer = context.writer(`select count(*) as ${context.grammar.quote('rows')} from ${context.table}`);
  writeConditions(writer, context, where, deletedOf(options));
  return Number((await context.run(writer)).rows[0]?.['rows'] ?? 0);
}

/** Writes ` where …` for a filter and deleted rows, or nothing. */
export function writeConditions(writer: SqlWriter, context: TableContext, where: object | undefined, deleted: Deleted): void {
  if (where !== undefined) checkFilter(context, where);
  const filtered = where !== undefined && Object.keys(where).length > 0;
  if (filtered) {
    writer.text += ' where ';
    writeWhere({ writer, context, names: context.names }, where);
  }
  writeDeleted(writer, context, deleted, filtered ? ' and ' : ' where ');
}

/** The same for a filter that has to say something, or `{ all: true }`. Throws `DATA_UNFILTERED`. */
export function writeRestricted(writer: SqlWriter, context: TableContext, operation: string, where: object, deleted: Deleted): void {
  const { info } = context;
  if (where === undefined || where === null) throw DATA_ERRORS.FILTER_UNDEFINED({ table: info.name, path: 'where' });
  if (isAll(where)) return writeConditions(writer, context, undefined, deleted);
  writeConditions(writer, context, where, deleted);
  if (matchesEveryRow(info, where)) throw DATA_ERRORS.UNFILTERED({ operation, table: info.name });
}

/** The columns that are read, and how. */
export interface Projection {
  readonly selection: string;
  readonly read: (raw: object) => AnyRow;
  /** Properties that only the relations need. */
  readonly surplus: readonly string[];
}

/** What a read's `select` and `with` ask for. Throws `DATA_COLUMN_UNKNOWN`. */
export function projectionOf(context: TableContext, { select, with: relations }: Pick<ReadOptions, 'select' | 'with'>): Projection {
  if (select === undefined) return { selection: context.selection, read: context.read, surplus: [] };
  const { info } = context;
  const columns = new Set<TableColumn>(readColumns(info, 'select', select));
  if (columns.size === 0)
    throw DATA_ERRORS.COLUMN_UNKNOWN({ table: info.name, column: '(none in select)', columns: [...info.byProperty.keys()].join(', ') });
  const surplus: string[] = [];
  for (const [name, relation] of relationsOf(relations ?? {})) {
    const { local } = endsOf(info, name, relation);
    if (!columns.has(local)) surplus.push(local.property);
    columns.add(local);
  }
  const chosen = info.columns.filter((column) => columns.has(column));
  return { selection: context.selectionOf(chosen), read: compileReader(info, context.dialectName, chosen), surplus };
}

function isAll(where: object): boolean {
  return Object.keys(where).length === 1 && (where as { readonly all?: unknown }).all === true;
}
