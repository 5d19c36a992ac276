import type { DialectName } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { type AnyColumn, PLACE } from '../table/column.js';
import { isStorable } from '../table/codecs/text.js';
import { describeType } from '../table/row-codec.js';
import { type AnyTable, TABLE } from '../table/table.js';
import { grammarOf, quote } from './grammars.js';
import type { SqlWriter } from './sql-writer.js';

export { quote };

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
 * const both = sql.join([recent, sql`${users.age} > ${18}`], sql` and `);
 */
export function sql(texts: TemplateStringsArray, ...parts: readonly SqlPart[]): Sql {
  return toSql(texts, parts);
}

/** The template that a tag was called with. `DATA_SQL` for a call as a function, whose text may be anybody's. */
export function toSql(texts: TemplateStringsArray, parts: readonly SqlPart[]): Sql {
  if (Array.isArray(texts) && Array.isArray(texts.raw)) return new Sql(texts, parts);
  throw DATA_ERRORS.SQL({ reason: 'it is called as a function; write it as a tag, sql`select ...`' });
}

/** Pieces with a separator between them: `` sql.join(conditions, sql` and `) ``; with commas where none is given. `DATA_SQL` for an empty list. */
function join(pieces: readonly SqlPart[], separator: Sql = comma): Sql {
  if (pieces.length === 0) throw DATA_ERRORS.SQL({ reason: 'sql.join() has nothing to join' });
  const parts = pieces.flatMap((piece, index) => (index === 0 ? [piece] : [separator, piece]));
  return new Sql(
    Array.from({ length: parts.length + 1 }, () => ''),
    parts,
  );
}

const comma = new Sql([', '], []);
sql.join = join;

/** A compiled template. */
export interface CompiledSql {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** Whether the text is the same at each call, and of a kind that databases prepare. */
  readonly prepare: boolean;
}

/** The statement for a dialect. Throws `DATA_SQL` for undefined, an empty list or an object without a meaning. */
export function compileSql(query: Sql, dialect: DialectName): CompiledSql {
  const target: Target = { dialect, place: grammarOf(dialect).place, bindings: [], stable: true };
  const text = compileInto(query, target);
  const prepare = target.stable && target.bindings.length > 0 && dialect !== 'mysql' && preparable.test(text);
  return { sql: text, bindings: target.bindings, prepare };
}

/** Writes a template into a statement that has other values before and after it. */
export function writeSql(writer: SqlWriter, query: Sql): void {
  const { name, place } = writer.grammar;
  const target: Target = { dialect: name, place, bindings: writer.bindings, stable: writer.stable };
  writer.text += compileInto(query, target);
  writer.stable = target.stable;
}

// MySQL's prepared statements take numbers as doubles, which LIMIT refuses.
const preparable = /^\s*(?:select|insert|update|delete|with)\b/i;

interface Target {
  readonly dialect: DialectName;
  readonly place: (number: number) => string;
  readonly bindings: unknown[];
  stable: boolean;
}

function compileInto(query: Sql, target: Target): string {
  let text = query.texts[0]!;
  for (let index = 0; index < query.parts.length; index++) text += compilePart(query.parts[index], target) + query.texts[index + 1]!;
  return text;
}

function compilePart(part: unknown, target: Target): string {
  const { dialect } = target;
  if (part instanceof Sql) return compileInto(part, target);
  if (Array.isArray(part)) {
    if (part.length === 0) throw DATA_ERRORS.SQL({ reason: 'a list in it is empty, and SQL has no empty lists' });
    // The text follows the length of the list.
    target.stable = false;
    return part.map((item) => compilePart(item, target)).join(', ');
  }
  if (typeof part === 'object' && part !== null) {
    if (TABLE in part) return quote((part as AnyTable)[TABLE].name, dialect);
    const place = (part as AnyColumn)[PLACE];
    if (place !== undefined) return `${quote(place.table, dialect)}.${quote(place.name, dialect)}`;
  }
  return target.place(target.bindings.push(toBinding(part, dialect)));
}

function toBinding(value: unknown, dialect: DialectName): unknown {
  if (typeof value === 'string') {
    if (isStorable(value)) return value;
    throw DATA_ERRORS.SQL({ reason: 'a text in it holds NUL or a lone surrogate, which not every database can store' });
  }
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) throw DATA_ERRORS.SQL({ reason: 'a value in it is NaN' });
    return value;
  }
  if (typeof value === 'bigint') return dialect === 'sqlite' ? value : value.toString();
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    if (!/^\d/.test(value.toISOString())) throw DATA_ERRORS.SQL({ reason: 'a date in it is not of the years 0 to 9999' });
    return dialect === 'mysql' || dialect === 'mssql' ? value.toISOString().replace('T', ' ').replace('Z', '') : value.toISOString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw DATA_ERRORS.SQL({
    reason: `a value in it is ${describeType(value)}; give text (JSON.stringify), numbers, dates, bytes, lists, tables or columns`,
  });
}
