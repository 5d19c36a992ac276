import type { Knex } from 'knex';
import type { Database } from '../database/database.js';
import type { Executor } from '../database/executor.js';
import { DATA_ERRORS } from '../errors.js';
import { quote } from '../sql/grammars.js';
import type { ValueOf } from '../table/column.js';
import { createTable } from '../table/create-table.js';
import { isLanguage } from '../table/full-text.js';
import { type AnyTable, columnOf, infoOf, TABLE, type TableColumn, type TableInfo } from '../table/table.js';
import type { ColumnsOf } from '../table/types.js';
import { addColumnSql, leavesEmpty } from './add-column.js';
import { dropColumn } from './drop-column.js';
import { changeUnderFullText, createFullText, dropFullText } from './full-text.js';
import { createIndex, dropIndex, type IndexOptions } from './indexes.js';

/** A property of a table's columns. */
type ColumnKey<T> = keyof ColumnsOf<T> & string;

/** What a migration works with: everything runs on the migrator's connection, in its transaction where there is one. */
export interface MigrationContext {
  readonly db: Database;
  /** Runs SQL whose values are bound, as `db.sql` does. */
  readonly sql: Database['sql'];
  /** knex's schema builder; each access begins a new one. */
  readonly schema: Knex.SchemaBuilder;
  /**
   * Creates a table as its value describes it today: columns, keys, references, checks, indexes. `without`: columns that a later migration
   * adds, so that this one still does what it did; checks that speak of such a column are left out, too. One statement on MySQL and MariaDB.
   */
  createTable<T extends AnyTable>(table: T, options?: { readonly without?: readonly ColumnKey<T>[] }): Promise<void>;
  /** Drops a table, given by its value or its name. */
  dropTable(table: AnyTable | string): Promise<void>;
  /** Gives a table another name. The names of its indexes and constraints stay. */
  renameTable(from: AnyTable | string, to: string): Promise<void>;
  /**
   * Adds a column as the table value describes it. `fill`: the value of the rows that exist; without it they get the column's constant
   * default, or null. Throws `DATA_MIGRATION_FILL` if there are rows and nothing to give them.
   */
  addColumn<T extends AnyTable, K extends ColumnKey<T>>(
    table: T,
    column: K,
    options?: { readonly fill?: Exclude<ValueOf<ColumnsOf<T>[K]>, null> },
  ): Promise<void>;
  /** Drops a column, with its indexes and constraints; given by its property, or its name in the database. */
  dropColumn(table: AnyTable | string, column: string): Promise<void>;
  /** Gives a column another name in the database. */
  renameColumn(table: AnyTable | string, from: string, to: string): Promise<void>;
  /** Creates an index over columns, given by property or by name in the database. */
  createIndex(table: AnyTable | string, columns: readonly [string, ...string[]], options?: IndexOptions): Promise<void>;
  /** Drops the index that `createIndex`, `createTable` or `addColumn` made over these columns, or the one with the given `name`. */
  dropIndex(table: AnyTable | string, columns: readonly [string, ...string[]], options?: IndexOptions): Promise<void>;
  /**
   * Makes a full-text index over columns of a table that is there; `createTable` makes those of the table value itself. `language`:
   * PostgreSQL's text search configuration, default `simple`. Throws `DATA_SEARCH` on SQL Server.
   */
  createFullText(
    table: AnyTable | string,
    columns: readonly [string, ...string[]],
    options?: { readonly language?: string },
  ): Promise<void>;
  /** Drops the full-text index over these columns. */
  dropFullText(table: AnyTable | string, columns: readonly [string, ...string[]]): Promise<void>;
}

/** What migrations of a database work with. */
export function createMigrationContext(db: Database, executor: Executor): MigrationContext {
  const { knex } = db;
  const { dialect } = executor;
  const named = (name: string): string => quote(name, dialect.name);
  const run = (sql: string) => executor.run({ sql, bindings: [] });
  return {
    db,
    sql: (texts, ...parts) => db.sql(texts, ...parts),
    get schema() {
      return knex.schema;
    },
    async createTable(table, { without = [] } = {}) {
      await createTable(knex, dialect, withoutColumns(infoOf(table), without));
    },
    async dropTable(table) {
      const name = nameOf(table);
      await changeUnderFullText(executor, name, { table: undefined }, () => run(`drop table ${named(name)}`));
    },
    async renameTable(from, to) {
      const name = nameOf(from);
      await changeUnderFullText(executor, name, { table: to }, async () => {
        if (dialect.name === 'mssql') await knex.schema.renameTable(name, to);
        else await run(`alter table ${named(name)} rename to ${named(to)}`);
      });
    },
    async addColumn(table, property, { fill } = {}) {
      const info = infoOf(table);
      const column = columnOf(info, property);
      const statements = addColumnSql(knex, dialect, info, column, fill);
      if (leavesEmpty(column, fill)) await refuseRows(executor, info, column);
      for (const sql of statements) await run(sql);
    },
    async dropColumn(table, column) {
      const described = describedColumn(table, column);
      const [from, name] = [nameOf(table), described?.name ?? column];
      const change = { table: from, column: (other: string) => (other === name ? undefined : other) };
      await changeUnderFullText(executor, from, change, () => dropColumn(knex, executor, { table: from, name, described }));
    },
    async renameColumn(table, from, to) {
      const names = [from, to].map((column) => describedColumn(table, column)?.name ?? column);
      const [name, before, after] = [nameOf(table), names[0]!, names[1]!];
      await changeUnderFullText(executor, name, { table: name, column: (other) => (other === before ? after : other) }, async () => {
        if (dialect.name === 'mssql') await knex.schema.alterTable(name, (builder) => void builder.renameColumn(before, after));
        else await run(`alter table ${named(name)} rename column ${named(before)} to ${named(after)}`);
      });
    },
    createIndex: (table, columns, options = {}) => createIndex(executor, nameOf(table), columnNames(table, columns), options),
    dropIndex: (table, columns, options = {}) => dropIndex(executor, nameOf(table), columnNames(table, columns), options),
    createFullText: (table, columns, { language = 'simple' } = {}) =>
      createFullText(executor, {
        table: nameOf(table),
        columns: columnNames(table, columns),
        language: checkLanguage(language, nameOf(table)),
      }),
    dropFullText: (table, columns) =>
      dropFullText(executor, { table: nameOf(table), columns: columnNames(table, columns), language: 'simple' }),
  };
}

// MySQL would fill texts with '' and numbers with 0 by itself, the others refuse.
async function refuseRows(executor: Executor, info: TableInfo, column: TableColumn): Promise<void> {
  const { name } = executor.dialect;
  const sql =
    name === 'mssql' ? `select top 1 1 as one from ${quote(info.name, name)}` : `select 1 as one from ${quote(info.name, name)} limit 1`;
  const { rows } = await executor.run({ sql, bindings: [] });
  if (rows.length > 0) throw DATA_ERRORS.MIGRATION_FILL({ table: info.name, column: column.property });
}

function withoutColumns(info: TableInfo, properties: readonly string[]): TableInfo {
  if (properties.length === 0) return info;
  const left = new Set(properties.map((property) => columnOf(info, property)));
  const stays = (column: TableColumn): boolean => !left.has(column);
  if (!info.primary.every(stays))
    throw DATA_ERRORS.TABLE({ table: JSON.stringify(info.name), reason: 'it cannot be created without its primary key' });
  const columns = info.columns.filter(stays);
  return {
    ...info,
    columns,
    byProperty: new Map(columns.map((column) => [column.property, column])),
    unique: info.unique.filter((set) => set.every(stays)),
    indexes: info.indexes.filter((set) => set.every(stays)),
    fullText: info.fullText?.filter((set) => set.columns.every(stays)),
    checks: checksOf(info, [...left], columns),
  };
}

// A check that speaks of a column that is not there yet belongs to the migration that adds it.
function checksOf(info: TableInfo, left: readonly TableColumn[], stay: readonly TableColumn[]): TableInfo['checks'] {
  if (info.checks === undefined) return undefined;
  const names = new Set(left.map((column) => column.name.toLowerCase()));
  for (const column of stay) names.delete(column.name.toLowerCase());
  const speaks = (condition: string): boolean =>
    (condition.replace(/'(?:[^']|'')*'/g, ' ').match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).some((word) => names.has(word.toLowerCase()));
  return Object.fromEntries(Object.entries(info.checks).filter(([, condition]) => !speaks(condition)));
}

function nameOf(table: AnyTable | string): string {
  return typeof table === 'string' ? table : table[TABLE].name;
}

function describedColumn(table: AnyTable | string, column: string): TableColumn | undefined {
  return typeof table === 'string' ? undefined : table[TABLE].byProperty.get(column);
}

function checkLanguage(language: string, table: string): string {
  if (isLanguage(language)) return language;
  throw DATA_ERRORS.TABLE({ table: JSON.stringify(table), reason: 'the language of a full-text index is no name' });
}

function columnNames(table: AnyTable | string, columns: readonly string[]): readonly string[] {
  return columns.map((column) => describedColumn(table, column)?.name ?? column);
}
