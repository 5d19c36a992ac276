import type { DialectName } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { quote } from '../sql/grammars.js';
import { postgresVector, searchColumn, searchName } from './names.js';

/** Columns that are searched together, by their names in the database. */
export interface FullTextIndex {
  readonly table: string;
  readonly columns: readonly string[];
  /** The text search configuration of PostgreSQL. */
  readonly language: string;
}

/** The parts that a full-text index adds to CREATE TABLE; on MySQL and MariaDB only, where it is one statement. */
export function fullTextParts(index: FullTextIndex): readonly string[] {
  return [generatedColumn(index.columns), `fulltext index ${nameOf(index, 'mysql')} (${quote(searchColumn(index.columns), 'mysql')})`];
}

/** The statements that make an index over a table that is there; `filled`: whether it may have rows. Throws `DATA_SEARCH` where a database has none. */
export function createFullTextSql(index: FullTextIndex, dialect: DialectName, filled: boolean): readonly string[] {
  const table = quote(index.table, dialect);
  const name = nameOf(index, dialect);
  switch (dialect) {
    case 'postgres':
      return [`create index ${name} on ${table} using gin (${postgresVector(index.columns, index.language)})`];
    case 'mysql':
      return [
        `alter table ${table} ${fullTextParts(index)
          .map((part) => `add ${part}`)
          .join(', ')}`,
      ];
    case 'sqlite':
      return [...sqliteTable(index), ...(filled ? [`insert into ${name} (${name}) values ('rebuild')`] : [])];
    case 'mssql':
      throw DATA_ERRORS.SEARCH({ table: index.table, reason: 'full-text search is not offered on SQL Server', cure: unsupported });
  }
}

/** The statements that take an index away. */
export function dropFullTextSql(index: FullTextIndex, dialect: DialectName): readonly string[] {
  const name = nameOf(index, dialect);
  switch (dialect) {
    case 'postgres':
      return [`drop index ${name}`];
    case 'mysql': {
      const column = quote(searchColumn(index.columns), dialect);
      return [`alter table ${quote(index.table, dialect)} drop index ${name}, drop column ${column}`];
    }
    case 'sqlite':
      return [...triggers.map((kind) => `drop trigger if exists ${triggerName(index, kind)}`), `drop table if exists ${name}`];
    case 'mssql':
      throw DATA_ERRORS.SEARCH({ table: index.table, reason: 'full-text search is not offered on SQL Server', cure: unsupported });
  }
}

const unsupported = 'Leave fullText out of table(), or use another database.';
const triggers = ['insert', 'delete', 'update'] as const;

function nameOf({ table, columns }: FullTextIndex, dialect: DialectName): string {
  return quote(searchName(table, columns), dialect);
}

// In lower case, as the columns' own collation tells capitals apart; an underscore is a letter to InnoDB alone.
function generatedColumn(columns: readonly string[]): string {
  const parts = columns.map((column) => quote(column, 'mysql')).join(', ');
  return `${quote(searchColumn(columns), 'mysql')} longtext generated always as (replace(lower(concat_ws(' ', ${parts})), '_', ' ')) stored`;
}

/** A table of FTS5 that holds the words and reads the texts from the table itself, and the triggers that keep it. */
function sqliteTable(index: FullTextIndex): string[] {
  const table = quote(index.table, 'sqlite');
  const name = nameOf(index, 'sqlite');
  const columns = index.columns.map((column) => quote(column, 'sqlite'));
  const listed = columns.join(', ');
  const of = (row: 'old' | 'new'): string => columns.map((column) => `${row}.${column}`).join(', ');
  const put = `insert into ${name} (rowid, ${listed}) values (new.rowid, ${of('new')});`;
  const take = `insert into ${name} (${name}, rowid, ${listed}) values ('delete', old.rowid, ${of('old')});`;
  const changed = ['old.rowid <> new.rowid', ...columns.map((column) => `old.${column} is not new.${column}`)].join(' or ');
  const trigger = (kind: (typeof triggers)[number], work: string, when = ''): string =>
    `create trigger ${triggerName(index, kind)} after ${kind} on ${table} ${when}begin ${work} end`;
  return [
    `create virtual table ${name} using fts5(${listed}, content=${table}, content_rowid='rowid', tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'")`,
    trigger('insert', put),
    trigger('delete', take),
    trigger('update', `${take} ${put}`, `when ${changed} `),
  ];
}

function triggerName({ table, columns }: FullTextIndex, kind: string): string {
  return quote(`${searchName(table, columns)}_${kind}`, 'sqlite');
}
