import type { DialectName } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { type AnyColumn, PLACE } from '../table/column.js';
import { describeType } from '../table/row-codec.js';
import { type AnyTable, TABLE } from '../table/table.js';

/** What may stand in a sql`` template: values (bound), lists of values, tables and columns (quoted), other templates. */
export type SqlPart = string | number | bigint | boolean | Date | Uint8Array | null | readonly SqlPart[] | AnyTable | AnyColumn | Sql;

/** A piece of SQL with its values apart; made by sql``. */
export class Sql {
  /** @internal */
  constructor(
    readonly texts: readonly string[],
    readonly parts: readonly unknown[],
  ) {}
}

/**
 * SQL that cannot be injected into: every value is bound, tables and columns are quoted, lists become `?, ?, ?`, and templates
 * nest. It runs nothing by itself; `db.sql` does.
 *
 * @example
 * const recent = sql`${users.createdAt} > ${since}`;
 * const rows = await db.sql<{ id: string }>`select ${users.id} from ${users} where ${recent}`;
 */
export function sql(texts: TemplateStringsArray, ...parts: readonly SqlPart[]): Sql {
  return new Sql(texts, parts);
}

/** The statement for a dialect. Throws `DATA_SQL` for undefined, an empty list or an object without a meaning. */
export function compileSql(query: Sql, dialect: DialectName): { readonly sql: string; readonly bindings: readonly unknown[] } {
  const bindings: unknown[] = [];
  return { sql: compileInto(query, dialect, bindings), bindings };
}

function compileInto(query: Sql, dialect: DialectName, bindings: unknown[]): string {
  return query.texts.map((text, index) => (index === 0 ? text : compilePart(query.parts[index - 1], dialect, bindings) + text)).join('');
}

function compilePart(part: unknown, dialect: DialectName, bindings: unknown[]): string {
  if (part instanceof Sql) return compileInto(part, dialect, bindings);
  if (Array.isArray(part)) {
    if (part.length === 0) throw DATA_ERRORS.SQL({ reason: 'a list in it is empty, and SQL has no empty lists' });
    return part.map((item) => compilePart(item, dialect, bindings)).join(', ');
  }
  if (typeof part === 'object' && part !== null) {
    if (TABLE in part) return quote((part as AnyTable)[TABLE].name, dialect);
    const place = (part as AnyColumn)[PLACE];
    if (place !== undefined) return `${quote(place.table, dialect)}.${quote(place.name, dialect)}`;
  }
  bindings.push(toBinding(part, dialect));
  return dialect === 'postgres' ? `$${bindings.length}` : '?';
}

function toBinding(value: unknown, dialect: DialectName): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) throw DATA_ERRORS.SQL({ reason: 'a value in it is NaN' });
    return value;
  }
  if (typeof value === 'bigint') return dialect === 'sqlite' ? value : value.toString();
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    return dialect === 'mysql' ? value.toISOString().replace('T', ' ').replace('Z', '') : value.toISOString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw DATA_ERRORS.SQL({
    reason: `a value in it is ${describeType(value)}; give text (JSON.stringify), numbers, dates, bytes, lists, tables or columns`,
  });
}

/** An identifier in quotes. */
export function quote(name: string, dialect: DialectName): string {
  const mark = dialect === 'mysql' ? '`' : '"';
  return mark + name.replaceAll(mark, mark + mark) + mark;
}
