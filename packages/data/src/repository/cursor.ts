import { createHash } from 'node:crypto';
import { DATA_ERRORS } from '../errors.js';
import { checkValue } from '../table/row-codec.js';
import type { TableInfo } from '../table/table.js';
import type { OrderStep } from './order.js';

const longestCursor = 4_096;

/** The place of a row in an ordered list, as an opaque text that is safe in a URL. It holds the row's sort values, readable by who has it. */
export function toCursor(info: TableInfo, steps: readonly OrderStep[], row: Readonly<Record<string, unknown>>): string {
  const values = steps.map(({ column }) => toJson(row[column.property]));
  return Buffer.from(JSON.stringify([fingerprintOf(info, steps), ...values])).toString('base64url');
}

/** The sort values in a cursor, checked against the columns' types. Throws `DATA_CURSOR` for anything that this list did not give out. */
export function readCursor(info: TableInfo, steps: readonly OrderStep[], cursor: unknown): readonly unknown[] {
  if (typeof cursor !== 'string' || cursor === '' || cursor.length > longestCursor || !/^[A-Za-z0-9_-]+$/.test(cursor))
    throw refuse('it is not well-formed');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw refuse('it is not well-formed', error);
  }
  if (!Array.isArray(parts) || parts.length !== steps.length + 1) throw refuse('it is not well-formed');
  if (parts[0] !== fingerprintOf(info, steps)) throw refuse('it comes from another list or another order');
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

function fingerprintOf(info: TableInfo, steps: readonly OrderStep[]): string {
  const text = `${info.name}:${steps.map(({ column, direction }) => `${column.name} ${direction}`).join(',')}`;
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
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
