import { DATA_ERRORS } from '../errors.js';
import { columnOf, type TableColumn, type TableInfo } from '../table/table.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import { isConditions, sortableOf } from './compile-where.js';
import type { Names, TableContext } from './table-context.js';

/** One column of an order. */
export interface OrderStep {
  readonly column: TableColumn;
  readonly direction: 'asc' | 'desc';
}

/** Reads an `orderBy`. Only declared columns and the words asc and desc pass: `DATA_ORDER`, `DATA_COLUMN_UNKNOWN`. */
export function readOrder(info: TableInfo, orderBy: unknown): readonly OrderStep[] {
  if (orderBy === undefined) return [];
  const terms: readonly unknown[] = Array.isArray(orderBy) ? orderBy : [orderBy];
  const steps = terms.flatMap((term) => {
    if (!isConditions(term)) throw refuse(info, 'this', 'an object like { createdAt: "desc" } is expected');
    return Object.entries(term).map(([property, direction]) => readStep(info, property, direction));
  });
  if (new Set(steps.map((step) => step.column)).size !== steps.length) throw refuse(info, 'these columns', 'one of them is named twice');
  return steps;
}

/** The same order, made total: the primary key decides between rows that are equal otherwise. */
export function withTieBreaker(info: TableInfo, steps: readonly OrderStep[]): readonly OrderStep[] {
  if (info.primary.length === 0)
    throw DATA_ERRORS.PRIMARY_KEY({ operation: 'page()', table: info.name, reason: 'it decides between rows that are equal otherwise' });
  const direction = steps.at(-1)?.direction ?? 'asc';
  const missing = info.primary.filter((column) => !steps.some((step) => step.column === column));
  return [...steps, ...missing.map((column) => ({ column, direction }))];
}

/** Writes ` order by …`, or nothing. Rows without a value come first ascending and last descending, on every database. */
export function writeOrder(writer: SqlWriter, context: TableContext, steps: readonly OrderStep[], names: Names = context.qualified): void {
  steps.forEach(({ column, direction }, index) => {
    const nulls = context.grammar.nulls(direction, column.nullable);
    writer.text += `${index === 0 ? ' order by ' : ', '}${sortableOf(context, column, names)} ${direction}${nulls}`;
  });
}

function readStep(info: TableInfo, property: string, direction: unknown): OrderStep {
  const column = columnOf(info, property);
  if (direction !== 'asc' && direction !== 'desc') throw refuse(info, property, 'the direction is neither "asc" nor "desc"');
  if (!column.codec.ordered) throw refuse(info, property, `${column.codec.type} columns have no order`);
  return { column, direction };
}

function refuse(info: TableInfo, order: string, reason: string): Error {
  return DATA_ERRORS.ORDER({ table: info.name, order, reason });
}
