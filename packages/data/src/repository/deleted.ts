import { DATA_ERRORS } from '../errors.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import type { TableColumn } from '../table/table.js';
import type { Names, TableContext } from './table-context.js';

/** Rows that are marked as deleted are left out of every read, unless one of these says otherwise; nothing in tables without `softDelete()`. */
export interface DeletedOptions {
  /** Rows that are marked as deleted, too. */
  readonly withDeleted?: boolean;
  /** Only rows that are marked as deleted; `DATA_TABLE_FEATURE` in a table without `softDelete()`. */
  readonly onlyDeleted?: boolean;
}

/** What the options say. */
export function deletedOf({ withDeleted, onlyDeleted }: DeletedOptions): Deleted {
  return onlyDeleted === true ? 'only' : withDeleted === true ? 'with' : 'without';
}

/** What a query does with rows that are marked as deleted: leave them out, take them too, or take only them. */
export type Deleted = 'without' | 'with' | 'only';

/** The column of soft deletion. Throws `DATA_TABLE_FEATURE`. */
export function softDeleteOf({ info }: TableContext, operation: string): TableColumn {
  if (info.softDelete !== undefined) return info.softDelete;
  throw DATA_ERRORS.TABLE_FEATURE({ operation, table: info.name, builder: 'timestamp().softDelete()' });
}

/** Writes the condition on deleted rows, after a `keyword` (` where `, ` and `); whether there was anything to write. */
export function writeDeleted(
  writer: SqlWriter,
  context: TableContext,
  deleted: Deleted,
  keyword: string,
  names: Names = context.names,
): boolean {
  const { softDelete } = context.info;
  if (deleted === 'only') softDeleteOf(context, 'onlyDeleted');
  if (softDelete === undefined || deleted === 'with') return false;
  writer.text += `${keyword}${names.get(softDelete)} is ${deleted === 'only' ? 'not null' : 'null'}`;
  return true;
}
