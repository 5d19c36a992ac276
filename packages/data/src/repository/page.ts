import type { Knex } from 'knex';
import { DATA_ERRORS } from '../errors.js';
import { toDriver } from '../table/row-codec.js';
import type { AnyTable } from '../table/table.js';
import type { Row } from '../table/types.js';
import { sortableOf, type WhereContext } from './compile-where.js';
import type { OrderStep } from './order.js';
import type { OrderBy, Where } from './where.js';

/** A page by cursor: stable while rows are added and removed, and as fast on page 1,000 as on page 1. */
export interface PageOptions<T extends AnyTable> {
  readonly where?: Where<T>;
  readonly orderBy?: OrderBy<T>;
  /** Rows per page, 1 to 1,000; default 20. */
  readonly limit?: number;
  /** The rows after this cursor; from `page.after`. */
  readonly after?: string | undefined;
  /** The rows before this cursor; from `page.before`. */
  readonly before?: string | undefined;
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
export interface OffsetPageOptions<T extends AnyTable> {
  readonly where?: Where<T>;
  readonly orderBy?: OrderBy<T>;
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

/** Adds the condition for rows that come after the given sort values. Null is the smallest value. */
export function addAfter(query: Knex.QueryBuilder, steps: readonly OrderStep[], values: readonly unknown[], context: WhereContext): void {
  query.where((any) => {
    steps.forEach((step, index) => {
      any.orWhere((all) => {
        for (let before = 0; before < index; before++) addEqual(all, steps[before]!, values[before], context);
        addBeyond(all, step, values[index], context);
      });
    });
  });
}

function addEqual(query: Knex.QueryBuilder, { column }: OrderStep, value: unknown, context: WhereContext): void {
  if (value === null) query.whereNull(column.name);
  else query.where(column.name, '=', toDriver(column, value, context.dialect) as never);
}

function addBeyond(query: Knex.QueryBuilder, { column, direction }: OrderStep, value: unknown, context: WhereContext): void {
  if (value === null) {
    if (direction === 'asc') query.whereNotNull(column.name);
    else query.whereRaw('1 = 0');
    return;
  }
  const right = column.codec.sortable === undefined ? '?' : column.codec.sortable('?', context.dialect)!;
  const comparison = `${sortableOf(column, context)} ${direction === 'asc' ? '>' : '<'} ${right}`;
  const bindings = [column.name, toDriver(column, value, context.dialect) as Knex.Value];
  if (direction === 'asc' || !column.nullable) query.whereRaw(comparison, bindings);
  else query.where((either) => void either.whereRaw(comparison, bindings).orWhereNull(column.name));
}
