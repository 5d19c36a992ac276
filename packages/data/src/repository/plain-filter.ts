import type { Statement } from '../dialect/dialect.js';
import { bindValue } from './compile-where.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import type { TableInfo } from '../table/table.js';
import type { TableContext } from './table-context.js';

/** The text of a call's shape, and what it binds behind the values of the filter. */
export interface ShapeText {
  readonly sql: string;
  readonly prepare: boolean;
  readonly tail: readonly unknown[];
}

/**
 * The shape of a filter that asks columns for one value each, as nearly all do: `{ id: 5 }`, `{ authorId: 3, published: true }`. Undefined
 * for any other, and for one that is not right: writing it as a whole tells why. Filters of one shape have the same SQL.
 */
export function plainShape(info: TableInfo, where: object): string | undefined {
  if (!isPlain(where)) return undefined;
  let shape = '';
  let count = 0;
  for (const property in where) {
    const column = info.byProperty.get(property);
    if (column === undefined || column.codec.type === 'json') return undefined;
    switch (typeof (where as Readonly<Record<string, unknown>>)[property]) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'bigint':
        break;
      default:
        return undefined;
    }
    shape += count++ === 0 ? property : ` ${property}`;
  }
  return count === 0 ? undefined : shape;
}

/** The same of an order that is an object of columns and directions. */
export function plainOrder(info: TableInfo, orderBy: unknown): string | undefined {
  if (!isPlain(orderBy)) return undefined;
  let shape = '';
  for (const property in orderBy) {
    const direction = (orderBy as Readonly<Record<string, unknown>>)[property];
    if (!info.byProperty.has(property) || (direction !== 'asc' && direction !== 'desc')) return undefined;
    shape += ` ${property} ${direction}`;
  }
  return shape;
}

function isPlain(value: unknown): value is object {
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.getOwnPropertySymbols(value).length === 0;
}

/** Binds the values of a filter that has a plain shape, each checked against its column. */
export function bindPlain(context: TableContext, where: object, bindings: unknown[]): unknown[] {
  for (const property in where)
    bindings.push(bindValue(context, context.info.byProperty.get(property)!, (where as Readonly<Record<string, unknown>>)[property]));
  return bindings;
}

/** The statement of a shape: its text is written once, by the first call. `before`: what is bound before the filter's values. */
export function plainStatement(context: TableContext, shape: string, where: object, before: unknown[], write: () => SqlWriter): Statement {
  const known = context.shapes.get(shape);
  if (known === undefined) {
    const writer = write();
    context.keepShape(shape, {
      sql: writer.text,
      prepare: writer.stable,
      tail: writer.bindings.slice(before.length + Object.keys(where).length),
    });
    return writer.toStatement(context.bigints);
  }
  const bindings = bindPlain(context, where, before);
  for (const value of known.tail) bindings.push(value);
  return { sql: known.sql, bindings, bigints: context.bigints, prepare: known.prepare };
}
