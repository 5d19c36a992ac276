import { DATA_ERRORS } from '../errors.js';
import { toDriver } from '../table/row-codec.js';
import type { AnyTable } from '../table/table.js';
import type { Row } from '../table/types.js';
import { bindSortable, sortableOf } from './compile-where.js';
import type { DeletedOptions } from './deleted.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import type { OrderStep } from './order.js';
import type { TableContext } from './table-context.js';
import type { OrderBy, Where } from './where.js';

/** A page by cursor: stable while rows are added and removed, and as fast on page 1,000 as on page 1. */
export interface PageOptions<T extends AnyTable> extends DeletedOptions {
  readonly where?: Where<T>;
  readonly orderBy?: OrderBy<T>;
  /** Rows per page, 1 to 1,000; default 20. */
  readonly limit?: number;
  /** The rows after this cursor; from `page.after`. */
  readonly after?: string | undefined;
  /** The rows before this cursor; from `page.before`. */
  readonly before?: string | undefined;
}

/** What the rows of a page hold. */
export interface PageColumns<W, S extends string> {
  /** Relations to load: one query each. */
  readonly with?: W;
  /** Only these properties are read. */
  readonly select?: readonly S[];
}

/** Rows and where to go on. */
export interface Page<R> {
  readonly rows: R[];
  /** Cursor of the next page; undefined on the last. */
  readonly after?: string;
  /** Cursor of the page before; undefined on the first. */
  readonly before?: string;
}

/** A page by number, with the total: for lists that people leaf through. */
export interface OffsetPageOptions<T extends AnyTable> extends DeletedOptions {
  readonly where?: Where<T>;
  /** `rank`: the best fit for the `$search` of the filter first. */
  readonly orderBy?: OrderBy<T> | 'rank';
  /** Rows per page, 0 to 1,000; default 20. */
  readonly limit?: number;
  /** Rows to skip; default 0. */
  readonly offset?: number;
}

/** Rows and how many there are in all. */
export interface OffsetPage<R> {
  readonly rows: R[];
  readonly total: number;
}

/** The type of a page of a table. */
export type PageOf<T extends AnyTable> = Page<Row<T>>;

export const defaultPageSize = 20;
export const largestPage = 1_000;

/** A number of rows. Throws `DATA_LIMIT` for anything but a whole number in the range. */
export function checkLimit(name: string, given: unknown, min: number, max: number): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= min && given <= max) return given;
  throw DATA_ERRORS.LIMIT({ name, given: typeof given === 'number' ? given : `a ${typeof given}`, min, max });
}

/** The same order backwards. */
export function reverse(steps: readonly OrderStep[]): readonly OrderStep[] {
  return steps.map(({ column, direction }) => ({ column, direction: direction === 'asc' ? 'desc' : 'asc' }));
}

/** Writes the condition for rows that come after the given sort values. Null is the smallest value. */
export function writeAfter(writer: SqlWriter, context: TableContext, steps: readonly OrderStep[], values: readonly unknown[]): void {
  writer.text += '(';
  steps.forEach((step, index) => {
    writer.text += index === 0 ? '(' : ' or (';
    for (let before = 0; before < index; before++) {
      writeEqual(writer, context, steps[before]!, values[before]);
      writer.text += ' and ';
    }
    writeBeyond(writer, context, step, values[index]);
    writer.text += ')';
  });
  writer.text += ')';
}

function writeEqual(writer: SqlWriter, context: TableContext, { column }: OrderStep, value: unknown): void {
  const name = context.name(column);
  if (value === null) {
    writer.text += `${name} is null`;
    return;
  }
  writer.text += `${name} = `;
  writer.bind(toDriver(column, value, context.dialectName));
}

function writeBeyond(writer: SqlWriter, context: TableContext, { column, direction }: OrderStep, value: unknown): void {
  const name = context.name(column);
  if (value === null) {
    writer.text += direction === 'asc' ? `${name} is not null` : '1 = 0';
    return;
  }
  const orNull = direction === 'desc' && column.nullable;
  writer.text += `${orNull ? '(' : ''}${sortableOf(context, column, context.names)} ${direction === 'asc' ? '>' : '<'} `;
  bindSortable(writer, context, column, toDriver(column, value, context.dialectName));
  if (orNull) writer.text += ` or ${name} is null)`;
}
