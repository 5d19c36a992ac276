import { createHash } from 'node:crypto';
import { DATA_ERRORS } from '../errors.js';
import { compileSql, Sql } from '../sql/sql.js';
import { checkValue } from '../table/row-codec.js';
import type { TableInfo } from '../table/table.js';
import type { OrderStep } from './order.js';

/** The most characters of a cursor: with the rest of a request's headers it has to stay below their limit of 16 KiB. */
export const longestCursor = 12_000;

/** The list that a cursor belongs to. */
export interface CursorList {
  readonly info: TableInfo;
  readonly steps: readonly OrderStep[];
  /** The filter, and what else chooses the rows. */
  readonly choice: unknown;
}

/** The place of a row in an ordered list, as an opaque text that is safe in a URL. It holds the row's sort values, readable by who has it. Throws `DATA_ORDER` where they are too long for that. */
export function toCursor(list: CursorList, row: Readonly<Record<string, unknown>>): string {
  const values = list.steps.map(({ column }) => toJson(row[column.property]));
  const cursor = Buffer.from(JSON.stringify([fingerprintOf(list), ...values])).toString('base64url');
  if (cursor.length <= longestCursor) return cursor;
  const order = list.steps.map(({ column }) => column.property).join(', ');
  throw DATA_ERRORS.ORDER({
    table: list.info.name,
    order,
    reason: `the values of a row are longer than a cursor of ${longestCursor} characters holds`,
  });
}

/** The sort values in a cursor, checked against the columns' types. Throws `DATA_CURSOR` for anything that this list did not give out. */
export function readCursor(list: CursorList, cursor: unknown): readonly unknown[] {
  const { info, steps } = list;
  if (typeof cursor !== 'string' || cursor === '' || cursor.length > longestCursor || !/^[A-Za-z0-9_-]+$/.test(cursor))
    throw refuse('it is not well-formed');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw refuse('it is not well-formed', error);
  }
  if (!Array.isArray(parts) || parts.length !== steps.length + 1) throw refuse('it is not well-formed');
  if (parts[0] !== fingerprintOf(list)) throw refuse('it comes from another list, another filter or another order');
  return steps.map(({ column }, index) => {
    const value = fromJson(column.codec.type, parts[index + 1]);
    if (value === null) {
      if (column.nullable) return null;
      throw refuse('it has been changed');
    }
    try {
      return checkValue(info, column, value);
    } catch (error) {
      throw refuse('it has been changed', error);
    }
  });
}

function fingerprintOf({ info, steps, choice }: CursorList): string {
  const order = steps.map(({ column, direction }) => `${column.name} ${direction}`).join(',');
  const text = JSON.stringify([info.name, order, choice], canonical);
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}

/** The same text for the same filter, whatever the order of its keys. A moment counts only as one: "until now" goes on with the list. */
function canonical(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  if (this[key] instanceof Date) return 'a moment';
  if (value instanceof Sql) return compileSql(value, 'sqlite');
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Date ? value.toISOString() : value;
}

function fromJson(type: string, value: unknown): unknown {
  if (type === 'bigint') return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : value;
  return type === 'timestamp' && typeof value === 'string' ? new Date(value) : value;
}

function refuse(reason: string, cause?: unknown): Error {
  return DATA_ERRORS.CURSOR({ reason }, { cause });
}
