import { DATA_ERRORS } from '../errors.js';
import { Sql, writeSql } from '../sql/sql.js';
import { writeSearch } from '../search/write-search.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import { isStorable } from '../table/codecs/text.js';
import { checkValue, toDriver } from '../table/row-codec.js';
import { columnOf, type TableColumn } from '../table/table.js';
import type { Names, TableContext } from './table-context.js';
import { writeJsonConditions } from './where-json.js';

/** Where a filter is written: the table, and its columns' names there. */
export interface WhereTarget {
  readonly writer: SqlWriter;
  readonly context: TableContext;
  readonly names: Names;
}

/**
 * Writes a filter as one condition; nothing where it has no conditions. Throws `DATA_COLUMN_UNKNOWN`, `DATA_FILTER_UNDEFINED`,
 * `DATA_VALUE` and `DATA_FILTER_OPERATOR`; every value is checked against its column's type and bound.
 */
export function writeWhere(target: WhereTarget, where: object, path = 'where'): void {
  checkFilter(target.context, where, path);
  let first = true;
  for (const key of Object.keys(where)) {
    const value = (where as Readonly<Record<string, unknown>>)[key];
    const here = `${path}.${key}`;
    if (value === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: target.context.info.name, path: here });
    if (!first) target.writer.text += ' and ';
    first = false;
    if (key === 'and' || key === 'or') writeGroup(target, key, value, here);
    else if (key === 'not') {
      target.writer.text += 'not ';
      writePart(target, value, here);
    } else if (key === '$search') writeSearch(target, value);
    else writeColumn(target, columnOf(target.context.info, key), value, here);
  }
}

/** What has no conditions of its own to read (a Map, a promise, a key that is a symbol) would match every row. Throws `DATA_FILTER_OPERATOR`. */
export function checkFilter({ info }: TableContext, where: unknown, path = 'where'): asserts where is object {
  if (isConditions(where) && Object.getOwnPropertySymbols(where).length === 0) return;
  throw DATA_ERRORS.FILTER_OPERATOR({ table: info.name, column: path, reason: 'a plain object of columns and conditions is expected' });
}

function writeGroup(target: WhereTarget, kind: 'and' | 'or', value: unknown, path: string): void {
  const { writer, context } = target;
  if (!Array.isArray(value))
    throw DATA_ERRORS.FILTER_OPERATOR({ table: context.info.name, column: kind, reason: 'a list of filters is expected' });
  // No alternative holds; nothing is required by an empty "and".
  if (value.length === 0) return void (writer.text += kind === 'or' ? '1 = 0' : '1 = 1');
  // As long as the caller's list.
  if (value.length > 8) writer.stable = false;
  writer.text += '(';
  value.forEach((part: unknown, index) => {
    if (index > 0) writer.text += kind === 'or' ? ' or ' : ' and ';
    writePart(target, part, `${path}[${index}]`);
  });
  writer.text += ')';
}

// About 100 levels; SQLite takes 1,000, and so does a call stack.
const longestPath = 800;

function writePart(target: WhereTarget, where: unknown, path: string): void {
  if (where === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: target.context.info.name, path });
  if (path.length > longestPath)
    throw DATA_ERRORS.FILTER_OPERATOR({ table: target.context.info.name, column: 'where', reason: 'it is nested too deeply' });
  target.writer.text += '(';
  if (where instanceof Sql) writeSql(target.writer, where);
  else {
    checkFilter(target.context, where, path);
    if (Object.keys(where).length === 0) target.writer.text += '1 = 1';
    else writeWhere(target, where, path);
  }
  target.writer.text += ')';
}

function writeColumn(target: WhereTarget, column: TableColumn, value: unknown, path: string): void {
  const json = column.codec.type === 'json';
  if (json && value !== null) return writeJsonConditions(target, column, value, path);
  if (Array.isArray(value)) return writeList(target, column, value, path, false);
  if (!isConditions(value)) return writeEqual(target, column, value, false);
  const conditions = Object.entries(value);
  // What a client sent as {} instead of a value would match every row.
  if (conditions.length === 0)
    throw refuseFilter(target.context, column, 'an object without any operator matches every row; give a value, or leave the column out');
  conditions.forEach(([operator, operand], index) => {
    if (operand === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: target.context.info.name, path: `${path}.${operator}` });
    if (index > 0) target.writer.text += ' and ';
    writeOperator(target, column, operator, operand, path);
  });
}

function writeOperator(target: WhereTarget, column: TableColumn, operator: string, operand: unknown, path: string): void {
  switch (operator) {
    case 'eq':
      return writeEqual(target, column, operand, false);
    case 'ne':
      return writeEqual(target, column, operand, true);
    case 'in':
    case 'notIn':
      if (!Array.isArray(operand)) throw refuseFilter(target.context, column, `${operator} takes a list`);
      return writeList(target, column, operand, path, operator === 'notIn');
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return writeComparison(target, column, operator, operand);
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return writeText(target, column, operator, operand);
    default:
      throw refuseFilter(target.context, column, `there is no operator ${JSON.stringify(operator.slice(0, 64))}`);
  }
}

function writeEqual({ writer, context, names }: WhereTarget, column: TableColumn, value: unknown, negate: boolean): void {
  const name = names.get(column)!;
  if (value === null) {
    writer.text += negate ? `${name} is not null` : `${name} is null`;
    return;
  }
  // "Not equal" includes rows without a value, as in JavaScript.
  const orNull = negate && column.nullable;
  writer.text += `${orNull ? '(' : ''}${name} ${negate ? '<>' : '='} `;
  writer.bind(bindValue(context, column, value));
  if (orNull) writer.text += ` or ${name} is null)`;
}

function writeList(target: WhereTarget, column: TableColumn, values: readonly unknown[], path: string, negate: boolean): void {
  const { writer, context, names } = target;
  const name = names.get(column)!;
  const bound = values.map((value, index) => {
    if (value === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: context.info.name, path: `${path}[${index}]` });
    if (value === null) throw refuseFilter(context, column, 'a list cannot hold null; combine with { or: [{ ... }, { column: null }] }');
    return bindValue(context, column, value);
  });
  if (bound.length === 0) {
    writer.text += negate ? '1 = 1' : '1 = 0';
    return;
  }
  // "Not in" includes rows without a value, as in JavaScript.
  const orNull = negate && column.nullable;
  if (orNull) writer.text += '(';
  context.grammar.writeList(writer, column, name, bound, negate);
  if (orNull) writer.text += ` or ${name} is null)`;
}

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function writeComparison(
  { writer, context, names }: WhereTarget,
  column: TableColumn,
  operator: keyof typeof comparisons,
  value: unknown,
): void {
  if (!column.codec.ordered) throw refuseFilter(context, column, `${column.codec.type} columns have no order`);
  if (value === null) throw refuseFilter(context, column, `${operator} cannot compare with null`);
  writer.text += `${sortableOf(context, column, names)} ${comparisons[operator]} `;
  bindSortable(writer, context, column, bindValue(context, column, value));
}

/** Appends a bound value in the form that `sortableOf` compares with. */
export function bindSortable(writer: SqlWriter, context: TableContext, column: TableColumn, bound: unknown): void {
  const place = context.grammar.place(writer.bindings.push(bound));
  writer.text += column.codec.sortable === undefined ? place : column.codec.sortable(place, context.dialectName)!;
}

/** The expression to compare and sort a column by. Throws where a database cannot. */
export function sortableOf(context: TableContext, column: TableColumn, names: Names): string {
  const name = names.get(column)!;
  if (column.codec.sortable === undefined) return name;
  const sortable = column.codec.sortable(name, context.dialectName);
  if (sortable === undefined) throw refuseFilter(context, column, 'SQLite cannot order decimals of more than 15 digits exactly');
  return sortable;
}

function writeText(
  { writer, context, names }: WhereTarget,
  column: TableColumn,
  operator: 'contains' | 'startsWith' | 'endsWith',
  value: unknown,
): void {
  if (column.codec.textual !== true)
    throw refuseFilter(context, column, `${operator} needs a text column, and this one is ${column.codec.type}`);
  if (typeof value !== 'string' || !isStorable(value))
    throw refuseFilter(context, column, `${operator} takes text without NUL and without lone surrogates`);
  const name = names.get(column)!;
  if (value === '') writer.text += `${name} is not null`;
  else context.grammar.writeText(writer, name, operator, value);
}

/** A value of a filter, checked against its column, as the driver binds it. */
export function bindValue(context: TableContext, column: TableColumn, value: unknown): unknown {
  return toDriver(column, checkValue(context.info, column, value), context.dialectName);
}

/** Whether a value of a filter is an object of operators. @internal */
export function isConditions(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The Object.prototype of another realm has none above it either.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The error of a condition that a column does not take. */
export function refuseFilter(context: TableContext, column: TableColumn, reason: string): Error {
  return DATA_ERRORS.FILTER_OPERATOR({ table: context.info.name, column: column.property, reason });
}
