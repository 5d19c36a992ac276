import type { SqlWriter } from '../sql/sql-writer.js';
import { checkValue, toDriver } from '../table/row-codec.js';
import type { TableColumn } from '../table/table.js';
import type { TableContext } from './table-context.js';

/** A value that is computed over a group, and how the column's values stand in its SQL. */
export interface Computed {
  readonly operation: 'sum' | 'avg' | 'min' | 'max';
  readonly column: TableColumn;
  readonly sql: string;
  /** Digits after the point of a decimal that is computed without it. */
  readonly scaledBy?: number | undefined;
}

/** What a condition on groups needs of the aggregation. */
export interface HavingTarget {
  readonly writer: SqlWriter;
  readonly context: TableContext;
  /** The value that a condition is about. */
  compute(operation: Computed['operation'], property: string): Computed;
  refuse(reason: string): Error;
}

const comparisons: Readonly<Record<string, string>> = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };
const operations: ReadonlySet<string> = new Set(['sum', 'avg', 'min', 'max']);

/** Writes ` having …` for conditions on the number of rows and on computed values, all of which must hold. Throws `DATA_AGGREGATE`, `DATA_VALUE`. */
export function writeHaving(target: HavingTarget, having: object): void {
  let written = false;
  const compare = (sql: string, bounds: unknown, what: string, bind: (operand: unknown) => void): void => {
    if (typeof bounds !== 'object' || bounds === null) throw target.refuse(`having.${what} takes operators such as { gte: 2 }`);
    for (const [operator, operand] of Object.entries(bounds)) {
      const comparison = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
      if (comparison === undefined) throw target.refuse(`having.${what} has no operator ${JSON.stringify(operator.slice(0, 64))}`);
      if (operand === undefined || operand === null) throw target.refuse(`having.${what}.${operator} has no value`);
      target.writer.text += `${written ? ' and ' : ' having '}${sql} ${comparison} `;
      written = true;
      bind(operand);
    }
  };
  for (const [key, given] of Object.entries(having)) {
    if (key === 'count') {
      compare('count(*)', given, key, (operand) => target.writer.bind(wholeNumber(target, key, operand)));
      continue;
    }
    if (!operations.has(key) || typeof given !== 'object' || given === null)
      throw target.refuse(
        `having knows count, sum, avg, min and max, each but count with columns, not ${JSON.stringify(key.slice(0, 64))}`,
      );
    for (const [property, bounds] of Object.entries(given as object)) {
      const value = target.compute(key as Computed['operation'], property);
      compare(value.sql, bounds, `${key}.${property}`, (operand) => bindOperand(target, value, operand));
    }
  }
}

function bindOperand(target: HavingTarget, { operation, column, scaledBy }: Computed, operand: unknown): void {
  const { writer, context } = target;
  const { type } = column.codec;
  const what = `${operation}.${column.property}`;
  if (operation === 'avg' || (operation === 'sum' && type === 'double')) return writer.bind(finite(target, what, operand));
  if (type === 'decimal') return bindDecimal(target, what, scaledBy, operand);
  if (operation !== 'sum') return writer.bind(toDriver(column, checkValue(context.info, column, operand), context.dialectName));
  if (type !== 'bigint') return writer.bind(wholeNumber(target, what, operand));
  if (typeof operand !== 'bigint') throw target.refuse(`having.${what} takes a bigint`);
  writer.bind(context.dialectName === 'sqlite' ? operand : operand.toString());
}

/** Exactly: MySQL would compare a decimal with a text as doubles. */
function bindDecimal(target: HavingTarget, what: string, scaledBy: number | undefined, operand: unknown): void {
  const { writer, context } = target;
  const parts = typeof operand === 'string' ? /^(-?\d{1,30})(?:\.(\d{1,30}))?$/.exec(operand) : null;
  if (parts === null) throw target.refuse(`having.${what} takes a decimal as text`);
  const [, whole, fraction = ''] = parts;
  if (scaledBy !== undefined) {
    if (fraction.length > scaledBy) throw target.refuse(`having.${what} has more than ${scaledBy} digits after the point`);
    return writer.bind(BigInt(whole! + fraction.padEnd(scaledBy, '0')));
  }
  const type = context.dialectName === 'mysql' ? 'decimal(65, 30)' : context.dialectName === 'mssql' ? 'decimal(38, 15)' : 'numeric';
  writer.text += 'cast(';
  writer.bind(operand);
  writer.text += ` as ${type})`;
}

function wholeNumber(target: HavingTarget, what: string, operand: unknown): number {
  if (typeof operand === 'number' && Number.isSafeInteger(operand)) return operand;
  throw target.refuse(`having.${what} takes a whole number`);
}

function finite(target: HavingTarget, what: string, operand: unknown): number {
  if (typeof operand === 'number' && Number.isFinite(operand)) return operand;
  throw target.refuse(`having.${what} takes a number`);
}
