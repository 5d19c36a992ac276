import { constraintName } from '../table/table-ddl.js';
import type { TableColumn, TableInfo } from '../table/table.js';

/** The name that `createTable` gives an index or constraint over columns, which are known by their names in the database. */
export function defaultName(table: string, columns: readonly string[], kind: 'index' | 'unique' | 'fkey' | 'check'): string {
  // A name is made of names alone.
  return constraintName(
    { name: table } as TableInfo,
    columns.map((name) => ({ name }) as TableColumn),
    kind,
  );
}
