import { DATA_ERRORS } from '../errors.js';
import type { WhereTarget } from '../repository/compile-where.js';
import type { TableContext } from '../repository/table-context.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import type { FullTextSet } from '../table/full-text.js';
import { writeMysqlMatch } from './mysql-match.js';
import { postgresVector, searchName } from './names.js';
import { wordsOf } from './words.js';

/** A search that has been read: where it looks, and for what. */
interface ReadSearch {
  readonly set: FullTextSet;
  readonly words: readonly string[];
  /** Whether the last word may be the beginning of one. */
  readonly prefix: boolean;
}

/**
 * Writes the condition of a `$search`: each word is in one of the columns. A text without words matches no row. Throws
 * `DATA_SEARCH` for columns that have no full-text index, `DATA_FILTER_OPERATOR` for what is no text or too long.
 */
export function writeSearch({ writer, context, names }: WhereTarget, given: unknown): void {
  const search = readSearch(context, given);
  if (search.words.length === 0) return void (writer.text += '1 = 0');
  const [first] = search.set.columns;
  // What stands before the columns here: nothing, or the table's name or alias with its dot.
  const prefix = names.get(first!)!.slice(0, -context.grammar.quote(first!.name).length);
  const columns = search.set.columns.map((column) => column.name);
  if (context.dialectName === 'postgres') {
    writer.text += `${postgresVector(columns, search.set.language, prefix)} @@ `;
    writePostgresQuery(writer, search);
  } else if (context.dialectName === 'mysql') writeMysqlMatch(writer, search, prefix);
  else {
    const table = context.grammar.quote(searchName(context.info.name, columns));
    writer.text += `${prefix}rowid in (select rowid from ${table} where ${table} match `;
    writer.bind(sqliteQuery(search));
    writer.text += ')';
  }
}

/** How rows are sorted by how well they fit a search. */
export interface Ranking {
  /** Written after the table's name. */
  writeJoin(writer: SqlWriter): void;
  /** Written where ORDER BY stands. */
  writeOrder(writer: SqlWriter): void;
}

/** The order `rank`, for the `$search` of a filter: best first, the primary key between equals. Throws `DATA_ORDER` where nothing is searched. */
export function rankingOf(context: TableContext, where: object | undefined): Ranking {
  const given = (where as { readonly $search?: unknown } | undefined)?.$search;
  if (given === undefined)
    throw DATA_ERRORS.ORDER({
      table: context.info.name,
      order: '"rank"',
      reason: 'it needs a $search in where, beside the other conditions',
    });
  const search = readSearch(context, given);
  const columns = search.set.columns.map((column) => column.name);
  const { quote } = context.grammar;
  const keys = context.info.primary.map((column) => context.qualified.get(column)!);
  const finish = (writer: SqlWriter): void => void (writer.text += keys.map((key) => `, ${key}`).join(''));
  const byKey = (writer: SqlWriter): void => void (writer.text += ` order by ${keys.join(', ')}`);
  const none = (): void => undefined;
  if (search.words.length === 0) return { writeJoin: none, writeOrder: byKey };
  if (context.dialectName === 'sqlite') {
    const table = quote(searchName(context.info.name, columns));
    return {
      writeJoin(writer) {
        writer.text += ` join (select rowid as "$rowid", rank as "$rank" from ${table} where ${table} match `;
        writer.bind(sqliteQuery(search));
        writer.text += `) as "$found" on "$found"."$rowid" = ${context.table}.rowid`;
      },
      writeOrder(writer) {
        writer.text += ' order by "$found"."$rank"';
        finish(writer);
      },
    };
  }
  return {
    writeJoin: none,
    writeOrder(writer) {
      if (context.dialectName === 'postgres') {
        writer.text += ` order by ts_rank(${postgresVector(columns, search.set.language)}, `;
        writePostgresQuery(writer, search);
        writer.text += ')';
      } else {
        writer.text += ' order by ';
        writeMysqlMatch(writer, search, '', true);
      }
      writer.text += ' desc';
      finish(writer);
    },
  };
}

function readSearch(context: TableContext, given: unknown): ReadSearch {
  const { info } = context;
  const refuse = (reason: string): Error => DATA_ERRORS.FILTER_OPERATOR({ table: info.name, column: '$search', reason });
  const options = typeof given === 'string' ? { for: given } : given;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw refuse('text is expected, or { for, in, prefix }');
  const { for: text, in: properties, prefix = false, ...others } = options as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refuse(`there is no option ${JSON.stringify(unknown.slice(0, 64))}`);
  if (typeof prefix !== 'boolean') throw refuse('prefix is true or false');
  const set = setOf(context, properties);
  const read = wordsOf(text);
  if (read.refusal !== undefined) throw refuse(read.refusal);
  return { set, words: read.words, prefix };
}

function setOf({ info, dialectName }: TableContext, properties: unknown): FullTextSet {
  const sets = info.fullText ?? [];
  const known = sets.map((set) => set.columns.map((column) => column.property).join(', ')).join('; ');
  const refuse = (reason: string): Error =>
    DATA_ERRORS.SEARCH({
      table: info.name,
      reason,
      cure: `Declare the columns in table(), { fullText: [['title', 'body']] }, and add the index in a migration with createFullText().`,
    });
  if (dialectName === 'mssql') throw refuse('full-text search is not offered on SQL Server');
  if (sets.length === 0) throw refuse('it has no full-text index');
  if (properties === undefined) {
    if (sets.length > 1) throw refuse(`it has several full-text indexes; say which with in: ${known}`);
    return sets[0]!;
  }
  if (!Array.isArray(properties)) throw refuse('in is no list of columns');
  const wanted = [...(properties as readonly unknown[])].map(String).sort().join(', ');
  const found = sets.find(
    (set) =>
      set.columns
        .map((column) => column.property)
        .sort()
        .join(', ') === wanted,
  );
  if (found === undefined) throw refuse(`it has no full-text index over these columns together; it has: ${known}`);
  return found;
}

function writePostgresQuery(writer: SqlWriter, { set, words, prefix }: ReadSearch): void {
  writer.text += `to_tsquery('${set.language}'::regconfig, `;
  writer.bind(words.map((word, index) => `'${word}'${prefix && index === words.length - 1 ? ':*' : ''}`).join(' & '));
  writer.text += ')';
}

function sqliteQuery({ words, prefix }: ReadSearch): string {
  return words.map((word, index) => `"${word}"${prefix && index === words.length - 1 ? ' *' : ''}`).join(' ');
}
