import { DATA_ERRORS } from '../errors.js';
import { NotNullViolation } from '../failure/database-errors.js';
import { checkValue, describeType } from '../table/row-codec.js';
import { columnOf, type TableColumn, type TableInfo } from '../table/table.js';
import { isConditions } from './compile-where.js';

/** Checked values by property; a column that the database generates is left out. */
export type Checked = Readonly<Record<string, unknown>>;

/** What an update changes, checked. */
export interface Changes {
  readonly values: Checked;
  /** Amounts to add, by property. */
  readonly increments: Checked;
  /** The version that the row must still have. */
  readonly version: number | undefined;
}

/** A row to insert: checked, with its defaults. Throws `DATA_COLUMN_UNKNOWN`, `DATA_COLUMN_REQUIRED`, `DATA_NOT_NULL` and what `checkValue` throws. */
export function completeRow(info: TableInfo, row: object, now: Date): Checked {
  checkRow(info, row);
  const given = row as Readonly<Record<string, unknown>>;
  for (const property of Object.keys(given)) if (!info.byProperty.has(property)) columnOf(info, property);
  const complete: Record<string, unknown> = {};
  for (const column of info.columns) {
    const value = given[column.property];
    if (value !== undefined) complete[column.property] = checkNullable(info, column, value);
    else if (column.default === 'generated') continue;
    else complete[column.property] = defaultOf(info, column, now);
  }
  return complete;
}

/** The changes of an update, checked; undefined leaves a column as it is. A value for the version is the one that is expected. */
export function completePatch(info: TableInfo, patch: object, now: Date): Changes {
  checkRow(info, patch);
  const values: Record<string, unknown> = {};
  const increments: Record<string, unknown> = {};
  let version: number | undefined;
  let changed = false;
  for (const [property, value] of Object.entries(patch) as [string, unknown][]) {
    const column = columnOf(info, property);
    if (value === undefined) continue;
    if (info.primary.includes(column))
      throw DATA_ERRORS.VALUE({ table: info.name, column: property, given: 'a new primary key', expected: 'no change of the primary key' });
    if (column === info.version) {
      version = checkNullable(info, column, value) as number;
      continue;
    }
    if (isIncrement(column, value)) increments[property] = checkIncrement(info, column, value);
    else values[property] = checkNullable(info, column, value);
    changed = true;
  }
  if (!changed) return { values, increments, version };
  for (const column of info.columns) {
    if (column.updateNow && !Object.hasOwn(values, column.property)) values[column.property] = now;
  }
  return { values, increments, version };
}

/** Whether changes leave everything as it is. */
export function isEmpty({ values, increments }: Changes): boolean {
  return Object.keys(values).length === 0 && Object.keys(increments).length === 0;
}

const countable = new Set(['integer', 'smallint', 'bigint', 'double']);

function isIncrement(column: TableColumn, value: unknown): value is { readonly increment: unknown } {
  return countable.has(column.codec.type) && isConditions(value);
}

function checkIncrement(info: TableInfo, column: TableColumn, value: { readonly increment: unknown }): unknown {
  if (Object.keys(value).length !== 1 || value.increment === undefined || value.increment === null) {
    const expected = 'a number, or { increment: number }';
    throw DATA_ERRORS.VALUE({ table: info.name, column: column.property, given: 'an object', expected });
  }
  return checkValue(info, column, value.increment);
}

/** A Map, a promise or a text has no columns, and would be taken for a row without any. */
function checkRow(info: TableInfo, row: unknown): asserts row is object {
  if (typeof row === 'object' && row !== null && tagOf.call(row) === '[object Object]') return;
  throw DATA_ERRORS.VALUE({ table: info.name, column: '(row)', given: describeType(row), expected: 'an object of columns' });
}

const tagOf = Object.prototype.toString;

function checkNullable(info: TableInfo, column: TableColumn, value: unknown): unknown {
  if (value !== null) return checkValue(info, column, value);
  if (column.nullable) return null;
  throw new NotNullViolation({ table: info.name, columns: [column.name] });
}

function defaultOf(info: TableInfo, column: TableColumn, now: Date): unknown {
  const { default: given } = column;
  if (given === 'now') return new Date(now);
  if (typeof given === 'object') return checkNullable(info, column, 'make' in given ? given.make() : given.value);
  if (column.nullable) return null;
  throw DATA_ERRORS.COLUMN_REQUIRED({ table: info.name, column: column.property });
}
