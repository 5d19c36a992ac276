import type { Knex } from 'knex';
import type { Dialect } from '../dialect/dialect.js';
import { tableDdl } from './table-ddl.js';
import type { TableInfo } from './table.js';

/** Creates a table with its columns, keys, checks and indexes. The names of constraints are the same on every database. */
export async function createTable(knex: Knex, dialect: Dialect, info: TableInfo): Promise<void> {
  // Where knex counts placeholders, a question mark in a text must not be one.
  const escaped = dialect.name === 'postgres' || dialect.name === 'mssql';
  for (const statement of tableDdl(info, dialect)) await knex.raw(escaped ? statement.replaceAll('?', '\\?') : statement);
}
