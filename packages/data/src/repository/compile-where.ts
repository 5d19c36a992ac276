import type { Knex } from 'knex';
import { DATA_ERRORS } from '../errors.js';
import type { DialectName } from '../dialect/dialect.js';
import { checkValue, toDriver } from '../table/row-codec.js';
import { columnOf, type TableColumn, type TableInfo } from '../table/table.js';

/** What a compiled filter needs to know. */
export interface WhereContext {
  readonly info: TableInfo;
  readonly dialect: DialectName;
  readonly knex: Knex;
  /** Prefix of columns, where several tables meet. */
  readonly alias?: string | undefined;
}

// Lists of more values than this are bound as one value.
const longList = 200;

/**
 * Adds a filter to a query. Throws `DATA_FILTER_UNDEFINED`, `DATA_COLUMN_UNKNOWN`, `DATA_VALUE` and `DATA_FILTER_OPERATOR`
 * before any SQL runs; every value is checked against its column's type and bound.
 */
export function addWhere(query: Knex.QueryBuilder, where: object, context: WhereContext, path = 'where'): void {
  for (const [key, value] of Object.entries(where)) {
    const here = `${path}.${key}`;
    if (value === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: context.info.name, path: here });
    if (key === 'and' || key === 'or') addGroup(query, key, value, context, here);
    else if (key === 'not') query.whereNot((inner) => addAll(inner, value, context, here));
    else addColumn(query, columnOf(context.info, key), value, context, here);
  }
}

function addGroup(query: Knex.QueryBuilder, kind: 'and' | 'or', value: unknown, context: WhereContext, path: string): void {
  if (!Array.isArray(value))
    throw DATA_ERRORS.FILTER_OPERATOR({ table: context.info.name, column: kind, reason: 'a list of filters is expected' });
  if (value.length === 0) {
    // No alternative holds; nothing is required by an empty "and".
    if (kind === 'or') query.whereRaw('1 = 0');
    return;
  }
  query.where((group) => {
    value.forEach((part: unknown, index) => {
      const add = (inner: Knex.QueryBuilder): void => addAll(inner, part, context, `${path}[${index}]`);
      if (kind === 'or') group.orWhere(add);
      else group.where(add);
    });
  });
}

function addAll(query: Knex.QueryBuilder, where: unknown, context: WhereContext, path: string): void {
  if (where === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: context.info.name, path });
  if (typeof where !== 'object' || where === null || Array.isArray(where)) {
    throw DATA_ERRORS.FILTER_OPERATOR({ table: context.info.name, column: path, reason: 'a filter object is expected' });
  }
  // An empty group has no SQL of its own, and knex would drop the parentheses around it.
  if (Object.keys(where).length === 0) query.whereRaw('1 = 1');
  addWhere(query, where, context, path);
}

function addColumn(query: Knex.QueryBuilder, column: TableColumn, value: unknown, context: WhereContext, path: string): void {
  if (Array.isArray(value) && column.codec.type !== 'json') return addList(query, column, value, context, path, false);
  if (!isConditions(value) || column.codec.type === 'json') return addEqual(query, column, value, context, false);
  const conditions = Object.entries(value);
  // What a client sent as {} instead of a value would match every row.
  if (conditions.length === 0)
    throw refuse(context, column, 'an object without any operator matches every row; give a value, or leave the column out');
  for (const [operator, operand] of conditions) {
    if (operand === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: context.info.name, path: `${path}.${operator}` });
    addOperator(query, column, operator, operand, context, path);
  }
}

function addOperator(
  query: Knex.QueryBuilder,
  column: TableColumn,
  operator: string,
  operand: unknown,
  context: WhereContext,
  path: string,
): void {
  switch (operator) {
    case 'eq':
      return addEqual(query, column, operand, context, false);
    case 'ne':
      return addEqual(query, column, operand, context, true);
    case 'in':
    case 'notIn':
      if (!Array.isArray(operand)) throw refuse(context, column, `${operator} takes a list`);
      return addList(query, column, operand, context, path, operator === 'notIn');
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return addComparison(query, column, operator, operand, context);
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return addText(query, column, operator, operand, context);
    default:
      throw refuse(context, column, `there is no operator ${JSON.stringify(operator.slice(0, 64))}`);
  }
}

function addEqual(query: Knex.QueryBuilder, column: TableColumn, value: unknown, context: WhereContext, negate: boolean): void {
  const name = nameOf(column, context);
  if (value === null) {
    if (negate) query.whereNotNull(name);
    else query.whereNull(name);
    return;
  }
  if (column.codec.type === 'json') throw refuse(context, column, 'json columns can only be compared with null');
  const bound = bind(column, value, context);
  // "Not equal" includes rows without a value, as in JavaScript.
  if (negate) query.where((group) => void group.where(name, '<>', bound).orWhereNull(name));
  else query.where(name, '=', bound);
}

function addList(
  query: Knex.QueryBuilder,
  column: TableColumn,
  values: readonly unknown[],
  context: WhereContext,
  path: string,
  negate: boolean,
): void {
  if (column.codec.type === 'json') throw refuse(context, column, 'json columns can only be compared with null');
  const bound = values.map((value, index) => {
    if (value === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: context.info.name, path: `${path}[${index}]` });
    if (value === null) throw refuse(context, column, 'a list cannot hold null; combine with { or: [{ ... }, { column: null }] }');
    return bind(column, value, context);
  });
  const name = nameOf(column, context);
  const add = (inner: Knex.QueryBuilder): void => addBoundList(inner, name, column, bound, context, negate);
  // "Not in" includes rows without a value, as in JavaScript.
  if (negate && column.nullable) query.where((group) => void group.where(add).orWhereNull(name));
  else add(query);
}

function addBoundList(
  query: Knex.QueryBuilder,
  name: string,
  column: TableColumn,
  bound: readonly unknown[],
  context: WhereContext,
  negate: boolean,
): void {
  if (bound.length === 0) return void query.whereRaw(negate ? '1 = 1' : '1 = 0');
  if (context.dialect === 'postgres' && bound.length > longList) {
    return void query.whereRaw(negate ? '?? <> all(?)' : '?? = any(?)', [name, bound as never]);
  }
  if (context.dialect === 'sqlite' && bound.length > longList && column.codec.type !== 'bytes') {
    // One bound text instead of one variable per value, of which SQLite has 32,766.
    const list = `[${bound.map((value) => (typeof value === 'bigint' ? value.toString() : JSON.stringify(value))).join(',')}]`;
    return void query.whereRaw(`?? ${negate ? 'not in' : 'in'} (select value from json_each(?))`, [name, list]);
  }
  if (negate) query.whereNotIn(name, bound as never[]);
  else query.whereIn(name, bound as never[]);
}

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function addComparison(
  query: Knex.QueryBuilder,
  column: TableColumn,
  operator: keyof typeof comparisons,
  value: unknown,
  context: WhereContext,
): void {
  if (!column.codec.ordered) throw refuse(context, column, `${column.codec.type} columns have no order`);
  if (value === null) throw refuse(context, column, `${operator} cannot compare with null`);
  const sql = comparisons[operator];
  const left = sortableOf(column, context);
  const right = column.codec.sortable === undefined ? '?' : column.codec.sortable('?', context.dialect)!;
  query.whereRaw(`${left} ${sql} ${right}`, [nameOf(column, context), bind(column, value, context) as Knex.Value]);
}

/** The expression to compare and sort a column by, with `??` for its name. Throws where a database cannot. */
export function sortableOf(column: TableColumn, context: WhereContext): string {
  if (column.codec.sortable === undefined) return '??';
  const sortable = column.codec.sortable('??', context.dialect);
  if (sortable === undefined) throw refuse(context, column, 'SQLite cannot order decimals of more than 15 digits exactly');
  return sortable;
}

function addText(
  query: Knex.QueryBuilder,
  column: TableColumn,
  operator: 'contains' | 'startsWith' | 'endsWith',
  value: unknown,
  context: WhereContext,
): void {
  if (column.codec.textual !== true) throw refuse(context, column, `${operator} needs a text column, and this one is ${column.codec.type}`);
  if (typeof value !== 'string' || value.includes('\0')) throw refuse(context, column, `${operator} takes text without NUL`);
  if (value === '') return void query.whereNotNull(nameOf(column, context));
  const name = nameOf(column, context);
  if (context.dialect === 'sqlite') {
    // LIKE of SQLite ignores the case of ASCII letters.
    const sql = { contains: 'instr(??, ?) > 0', startsWith: 'substr(??, 1, length(?)) = ?', endsWith: 'substr(??, -length(?)) = ?' }[
      operator
    ];
    return void query.whereRaw(sql, operator === 'contains' ? [name, value] : [name, value, value]);
  }
  const escaped = value.replace(/[!%_]/g, (character) => `!${character}`);
  const pattern = { contains: `%${escaped}%`, startsWith: `${escaped}%`, endsWith: `%${escaped}` }[operator];
  query.whereRaw("?? like ? escape '!'", [name, pattern]);
}

function bind(column: TableColumn, value: unknown, context: WhereContext): never {
  return toDriver(column, checkValue(context.info, column, value), context.dialect) as never;
}

function nameOf(column: TableColumn, context: WhereContext): string {
  return context.alias === undefined ? column.name : `${context.alias}.${column.name}`;
}

/** Whether a value of a filter is an object of operators. @internal */
export function isConditions(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuse(context: WhereContext, column: TableColumn, reason: string): Error {
  return DATA_ERRORS.FILTER_OPERATOR({ table: context.info.name, column: column.property, reason });
}
