import type { Executor } from '../database/executor.js';
import { quote } from '../sql/grammars.js';
import { createFullTextSql, dropFullTextSql, type FullTextIndex } from '../search/full-text-ddl.js';
import { searchColumn, searchName } from '../search/names.js';
import { followsDatabase } from './statement-kind.js';

/** What a migration does to a table or a column of it. */
export interface TableChange {
  /** The table's name afterwards; undefined where it is dropped. */
  readonly table: string | undefined;
  /** A column's name afterwards; undefined where it is dropped. */
  readonly column?: (name: string) => string | undefined;
}

/** Makes a full-text index over columns of a table that is there, and fills it. */
export async function createFullText(executor: Executor, index: FullTextIndex): Promise<void> {
  for (const sql of createFullTextSql(index, executor.dialect.name, true)) await executor.run({ sql, bindings: [] });
}

/** Takes a full-text index away. */
export async function dropFullText(executor: Executor, index: FullTextIndex): Promise<void> {
  for (const sql of dropFullTextSql(index, executor.dialect.name)) await executor.run({ sql, bindings: [] });
}

/**
 * Changes a table whose full-text indexes the database would not let change with it: SQLite keeps them in a table of their own, MySQL and
 * MariaDB in a generated column. Those that are over the change are made anew afterwards, those of a dropped column are gone.
 */
export async function changeUnderFullText(
  executor: Executor,
  table: string,
  change: TableChange,
  work: () => Promise<unknown>,
): Promise<void> {
  const { name: dialect } = executor.dialect;
  const renamed = change.column ?? ((name: string) => name);
  const run = (statements: readonly string[]) => runAll(executor, statements.map(followsDatabase));
  const indexes = await existing(executor, table);
  const touched = indexes.filter(({ columns }) => dialect === 'sqlite' || columns.some((column) => renamed(column) !== column));
  for (const index of touched) await run(dropFullTextSql(index, dialect));
  await work();
  for (const index of touched) {
    const columns = index.columns.map(renamed);
    if (change.table === undefined || columns.includes(undefined)) continue;
    await run(createFullTextSql({ ...index, table: change.table, columns: columns as string[] }, dialect, true));
  }
}

async function existing(executor: Executor, table: string): Promise<readonly FullTextIndex[]> {
  const { name: dialect } = executor.dialect;
  if (dialect === 'sqlite') return existingTables(executor, table);
  return dialect === 'mysql' ? existingColumns(executor, table) : [];
}

async function existingTables(executor: Executor, table: string): Promise<readonly FullTextIndex[]> {
  const { rows } = await executor.run({
    sql: `select name from sqlite_schema where type = 'table' and sql like 'create virtual table%' and instr(sql, ?) > 0`,
    bindings: [`content=${quote(table, 'sqlite')}`],
  });
  const found: FullTextIndex[] = [];
  for (const row of rows) {
    const { rows: columns } = await executor.run({ sql: 'select name from pragma_table_info(?)', bindings: [row['name']] });
    const index = { table, columns: columns.map((column) => String(column['name'])), language: 'simple' };
    // An author may keep such tables, too.
    if (searchName(table, index.columns) === row['name']) found.push(index);
  }
  return found;
}

async function existingColumns(executor: Executor, table: string): Promise<readonly FullTextIndex[]> {
  const { rows } = await executor.run({
    sql: `select column_name as name, generation_expression as expression from information_schema.columns where table_schema = database() and table_name = ? and generation_expression like 'replace(%concat_ws(%'`,
    bindings: [table],
  });
  return rows
    .map((row) => ({ name: row['name'], columns: [...String(row['expression']).matchAll(/`((?:[^`]|``)+)`/g)].map(([, name]) => name!) }))
    .filter(({ name, columns }) => searchColumn(columns) === name)
    .map(({ columns }) => ({ table, columns, language: 'simple' }));
}

async function runAll(executor: Executor, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await executor.run({ sql, bindings: [] });
}
