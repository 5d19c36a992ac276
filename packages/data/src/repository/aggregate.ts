import { DATA_ERRORS } from '../errors.js';
import { OutOfRange } from '../failure/database-errors.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import { readValue } from '../table/row-codec.js';
import { columnOf, type TableColumn } from '../table/table.js';
import { deletedOf, type DeletedOptions } from './deleted.js';
import { readColumns } from './column-list.js';
import { isConditions } from './compile-where.js';
import { writeConditions } from './find-rows.js';
import { writeHaving } from './having.js';
import { checkLimit } from './page.js';
import type { TableContext } from './table-context.js';

/** The options of `aggregate` and `groupBy`, as checked here. */
export interface AggregateQuery extends DeletedOptions {
  readonly where?: object | undefined;
  readonly sum?: readonly string[] | undefined;
  readonly avg?: readonly string[] | undefined;
  readonly min?: readonly string[] | undefined;
  readonly max?: readonly string[] | undefined;
  readonly by?: readonly string[] | undefined;
  readonly having?: object | undefined;
  readonly orderBy?: object | undefined;
  readonly limit?: number | undefined;
}

type Operation = 'sum' | 'avg' | 'min' | 'max';

/** One computed value: its SQL, and how it is read. */
interface Part {
  readonly operation: Operation;
  readonly column: TableColumn;
  readonly sql: string;
}

/** What was computed over rows, and the values they share. */
export interface AggregateRow {
  readonly by?: Readonly<Record<string, unknown>>;
  readonly count: number;
  readonly sum: Readonly<Record<string, unknown>>;
  readonly avg: Readonly<Record<string, unknown>>;
  readonly min: Readonly<Record<string, unknown>>;
  readonly max: Readonly<Record<string, unknown>>;
}

const operations: readonly Operation[] = ['sum', 'avg', 'min', 'max'];
const numeric = new Set(['integer', 'smallint', 'bigint', 'double', 'decimal']);
// 63 bits hold any number of so many digits, and a good many of their sum.
const mostScaledDigits = 18;

/** Computes over all rows that match, or over each group of them. Throws `DATA_AGGREGATE`, `DATA_COLUMN_UNKNOWN` and what a filter throws. */
export async function aggregateRows(context: TableContext, query: AggregateQuery): Promise<AggregateRow[]> {
  const { info, grammar } = context;
  const by = query.by === undefined ? [] : readColumns(info, 'by', query.by);
  if (query.by !== undefined && by.length === 0) throw refuse(context, 'by is an empty list');
  for (const { codec, property } of by)
    if (codec.type === 'json') throw refuse(context, `${property} is json, whose values make no groups`);
  const parts = operations.flatMap((operation) =>
    readColumns(info, operation, query[operation] ?? []).map((column) => partOf(context, operation, column)),
  );
  const columns = [
    ...by.map((column, index) => `${context.name(column)} as ${grammar.quote(`by_${index}`)}`),
    `count(*) as ${grammar.quote('rows')}`,
    ...parts.map((part, index) => `${part.sql} as ${grammar.quote(`value_${index}`)}`),
  ];
  const writer = context.writer(`select ${columns.join(', ')} from ${context.table}`);
  writeConditions(writer, context, query.where, deletedOf(query));
  if (by.length > 0) writeGroups(writer, context, by, query);
  // Sums of SQLite are integers of 64 bits.
  const result = await context.send({ ...writer.toStatement(), bigints: true });
  return result.rows.map((raw) => readAggregate(context, by, parts, raw));
}

function writeGroups(writer: SqlWriter, context: TableContext, by: readonly TableColumn[], query: AggregateQuery): void {
  writer.text += ` group by ${by.map((column) => context.name(column)).join(', ')}`;
  if (query.having !== undefined) {
    const compute = (operation: Operation, property: string) => {
      const column = columnOf(context.info, property);
      return { ...partOf(context, operation, column), ...(isScaled(context, column) && { scaledBy: digitsOf(column).scale }) };
    };
    writeHaving({ writer, context, compute, refuse: (reason) => refuse(context, reason) }, query.having);
  }
  if (query.orderBy !== undefined && !isConditions(query.orderBy))
    throw orderError(context, 'this', 'an object like { count: "desc" } is expected');
  const order = Object.entries(query.orderBy ?? {}).map(([property, direction]) => {
    if (direction !== 'asc' && direction !== 'desc') throw orderError(context, property, 'the direction is neither "asc" nor "desc"');
    if (property === 'count' && !by.some((column) => column.property === 'count')) return `count(*) ${direction}`;
    const column = columnOf(context.info, property);
    if (!by.includes(column)) throw orderError(context, property, 'it is no column of by');
    return `${context.name(column)} ${direction}${context.grammar.nulls(direction, column.nullable)}`;
  });
  if (order.length > 0) writer.text += ` order by ${order.join(', ')}`;
  if (query.limit !== undefined)
    context.grammar.writeLimit(writer, checkLimit('limit', query.limit, 1, 2 ** 31 - 1), undefined, order.length > 0);
}

function partOf(context: TableContext, operation: Operation, column: TableColumn): Part {
  const { type } = column.codec;
  const name = context.name(column);
  if (operation === 'sum' || operation === 'avg') {
    if (!numeric.has(type)) throw refuse(context, `${column.property} is ${type}, which has no ${operation}`);
    if (operation === 'sum') return { operation, column, sql: `sum(${scaled(context, column, name)})` };
    return { operation, column, sql: averageOf(context, column, name) };
  }
  if (!column.codec.ordered || type === 'boolean' || type === 'uuid')
    throw refuse(context, `${column.property} is ${type}, which has no ${operation}`);
  return { operation, column, sql: `${operation}(${scaled(context, column, name)})` };
}

/** SQLite keeps decimals as text with all their digits: without the point they are whole numbers, which add up and compare exactly. */
function scaled(context: TableContext, column: TableColumn, name: string): string {
  if (context.dialectName === 'mssql' && (column.codec.type === 'integer' || column.codec.type === 'smallint'))
    return `cast(${name} as bigint)`;
  if (!isScaled(context, column)) return name;
  if (digitsOf(column).precision > mostScaledDigits)
    throw refuse(context, `${column.property} has more than ${mostScaledDigits} digits, too many for SQLite`);
  return `cast(replace(${name}, '.', '') as integer)`;
}

function averageOf({ dialectName }: TableContext, { codec }: TableColumn, name: string): string {
  if (dialectName === 'sqlite') return codec.type === 'decimal' ? `avg(cast(${name} as real))` : `avg(${name})`;
  return dialectName === 'mssql'
    ? `avg(cast(${name} as float))`
    : dialectName === 'postgres'
      ? `avg(${name})::double precision`
      : `avg(${name}) + 0e0`;
}

function readAggregate(
  context: TableContext,
  by: readonly TableColumn[],
  parts: readonly Part[],
  raw: Readonly<Record<string, unknown>>,
): AggregateRow {
  const row = {
    ...(by.length > 0 && {
      by: Object.fromEntries(
        by.map((column, index) => [column.property, readValue(context.info, column, raw[`by_${index}`], context.dialectName)]),
      ),
    }),
    count: Number(raw['rows']),
    sum: {} as Record<string, unknown>,
    avg: {} as Record<string, unknown>,
    min: {} as Record<string, unknown>,
    max: {} as Record<string, unknown>,
  };
  parts.forEach((part, index) => {
    row[part.operation][part.column.property] = readPart(context, part, raw[`value_${index}`]);
  });
  return row;
}

function readPart(context: TableContext, { operation, column }: Part, raw: unknown): unknown {
  if (raw === null || raw === undefined) return null;
  if (operation === 'avg') return Number(raw);
  if (isScaled(context, column)) return withPoint(String(raw as bigint), digitsOf(column).scale);
  if (operation !== 'sum') return readValue(context.info, column, raw, context.dialectName);
  if (column.codec.type === 'double') return Number(raw);
  if (column.codec.type === 'decimal') return String(raw as string);
  const sum = BigInt(typeof raw === 'number' ? raw : (raw as string | bigint));
  if (column.codec.type === 'bigint') return sum;
  if (!Number.isSafeInteger(Number(sum))) throw new OutOfRange({ table: context.info.name, columns: [column.name] });
  return Number(sum);
}

function isScaled({ dialectName }: TableContext, { codec }: TableColumn): boolean {
  return dialectName === 'sqlite' && codec.type === 'decimal';
}

/** What `decimal(precision, scale)` was given. */
function digitsOf({ codec }: TableColumn): { precision: number; scale: number } {
  const [precision = 0, scale = 0] = (codec.sqlType('postgres', false).match(/\d+/g) ?? []).map(Number);
  return { precision, scale };
}

function withPoint(digits: string, scale: number): string {
  if (scale === 0) return digits;
  const negative = digits.startsWith('-');
  const padded = digits.slice(negative ? 1 : 0).padStart(scale + 1, '0');
  return `${negative ? '-' : ''}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function refuse({ info }: TableContext, reason: string): Error {
  return DATA_ERRORS.AGGREGATE({ table: info.name, reason });
}

function orderError({ info }: TableContext, order: string, reason: string): Error {
  return DATA_ERRORS.ORDER({ table: info.name, order: JSON.stringify(order.slice(0, 64)), reason });
}
