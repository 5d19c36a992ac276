import { DATA_ERRORS } from '../errors.js';
import type { DialectName } from '../dialect/dialect.js';
import { OutOfRange, ValueTooLong } from '../failure/database-errors.js';
import type { Codec, Refusal } from './codec.js';
import type { TableColumn, TableInfo } from './table.js';

/** Checks a value for a column and normalises it. Throws `DATA_VALUE`, `DATA_TOO_LONG` or `DATA_OUT_OF_RANGE`, never with the value. */
export function checkValue(info: TableInfo, column: TableColumn, value: unknown): unknown {
  const checked = (column.codec as Codec).check(value);
  if (checked.refusal !== undefined) throw toError(info, column, value, checked.refusal);
  return checked.value;
}

/** A checked value, or null, as the driver binds it. */
export function toDriver(column: TableColumn, value: unknown, dialect: DialectName): unknown {
  return value === null ? null : column.codec.toDriver(value as never, dialect);
}

/** A row of the driver, by database names, as a row of the table. Throws `DATA_STORED_VALUE`. */
export function readRow(info: TableInfo, raw: Readonly<Record<string, unknown>>, dialect: DialectName): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const column of info.columns) row[column.property] = readValue(info, column, raw[column.name], dialect);
  return row;
}

/** A value of the driver as the column's value. Throws `DATA_STORED_VALUE`. */
export function readValue(info: TableInfo, column: TableColumn, raw: unknown, dialect: DialectName): unknown {
  if (raw === null || raw === undefined) return null;
  const value = column.codec.fromDriver(raw, dialect);
  if (value === undefined) {
    throw DATA_ERRORS.STORED_VALUE({ table: info.name, column: column.name, expected: `a ${column.codec.type}` });
  }
  return value;
}

/** What a value is, without the value itself. */
export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : Number.isInteger(value) ? 'a whole number' : 'a number';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : value instanceof Date ? 'a Date' : 'an object';
  return `a ${typeof value}`;
}

function toError(info: TableInfo, column: TableColumn, value: unknown, refusal: Refusal): Error {
  const facts = { table: info.name, columns: [column.name] };
  if (refusal.refused === 'too-long') return new ValueTooLong({ ...facts, ...(refusal.max !== undefined && { max: refusal.max }) });
  if (refusal.refused === 'range') return new OutOfRange({ ...facts, range: refusal.expected });
  return DATA_ERRORS.VALUE({ table: info.name, column: column.property, given: describeType(value), expected: refusal.expected });
}
