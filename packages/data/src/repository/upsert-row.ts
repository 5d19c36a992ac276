import { quote } from '../sql/sql.js';
import { readRow, toDriver } from '../table/row-codec.js';
import type { TableColumn, TableInfo } from '../table/table.js';
import { hasBigints, insertInto, insertRows } from './insert-rows.js';
import type { Session } from './session.js';
import type { Checked } from './write-rows.js';

/** Which row an upsert meets, and what it changes there. */
export interface Conflict {
  readonly on: readonly TableColumn[];
  readonly update: readonly TableColumn[];
}

/** Inserts a row, or updates the one with the same values in `on`; gives back the row as it stands then. */
export async function upsertRow(session: Session, info: TableInfo, row: Checked, conflict: Conflict): Promise<Record<string, unknown>> {
  if (session.dialect.name !== 'mysql') return upsertReturning(session, info, row, conflict);
  if (hasOtherKey(info, row, conflict)) return upsertCarefully(session, info, row, conflict);
  const { sql, bindings } = insertInto(session, info, insertedColumns(info, row), [row]);
  const set = updatedColumns(conflict).map((column) => `${quote(column.name, 'mysql')} = values(${quote(column.name, 'mysql')})`);
  await session.run({ sql: `${sql} on duplicate key update ${set.join(', ')}`, bindings });
  return (await readBy(session, info, row, conflict.on))!;
}

async function upsertReturning(session: Session, info: TableInfo, row: Checked, conflict: Conflict): Promise<Record<string, unknown>> {
  const name = (column: TableColumn): string => quote(column.name, session.dialect.name);
  const { sql, bindings } = insertInto(session, info, insertedColumns(info, row), [row]);
  const set = updatedColumns(conflict).map((column) => `${name(column)} = excluded.${name(column)}`);
  const result = await session.run({
    sql: `${sql} on conflict (${conflict.on.map(name).join(', ')}) do update set ${set.join(', ')} returning ${info.columns.map(name).join(', ')}`,
    bindings,
    bigints: hasBigints(info),
  });
  return readRow(info, result.rows[0]!, session.dialect.name);
}

/** "on duplicate key" acts on whichever unique key collides; where there are several, update and insert are told apart. */
async function upsertCarefully(session: Session, info: TableInfo, row: Checked, conflict: Conflict): Promise<Record<string, unknown>> {
  const updated = await updateBy(session, info, row, conflict);
  if (updated !== undefined) return updated;
  try {
    // Of its own, so that a collision does not spoil a transaction around it.
    return (await session.transaction(() => insertRows(session, info, [row])))[0]!;
  } catch (error) {
    const now = (error as { code?: unknown }).code === 'DATA_UNIQUE' ? await updateBy(session, info, row, conflict) : undefined;
    if (now === undefined) throw error;
    return now;
  }
}

async function updateBy(session: Session, info: TableInfo, row: Checked, conflict: Conflict): Promise<Record<string, unknown> | undefined> {
  const set = updatedColumns(conflict).map((column) => `${quote(column.name, 'mysql')} = ?`);
  const bindings = updatedColumns(conflict).map((column) => toDriver(column, row[column.property], 'mysql'));
  const where = whereOf(row, conflict.on);
  const result = await session.run({
    sql: `update ${quote(info.name, 'mysql')} set ${set.join(', ')} where ${where.sql}`,
    bindings: [...bindings, ...where.bindings],
  });
  return result.affected === 0 ? undefined : readBy(session, info, row, conflict.on);
}

async function readBy(
  session: Session,
  info: TableInfo,
  row: Checked,
  columns: readonly TableColumn[],
): Promise<Record<string, unknown> | undefined> {
  const where = whereOf(row, columns);
  const names = info.columns.map((column) => quote(column.name, 'mysql')).join(', ');
  const result = await session.run({
    sql: `select ${names} from ${quote(info.name, 'mysql')} where ${where.sql}`,
    bindings: where.bindings,
  });
  return result.rows[0] && readRow(info, result.rows[0], 'mysql');
}

function whereOf(row: Checked, columns: readonly TableColumn[]): { sql: string; bindings: unknown[] } {
  return {
    sql: columns.map((column) => `${quote(column.name, 'mysql')} = ?`).join(' and '),
    bindings: columns.map((column) => toDriver(column, row[column.property], 'mysql')),
  };
}

// Setting a column to itself makes the database give the row back.
function updatedColumns({ on, update }: Conflict): readonly TableColumn[] {
  return update.length === 0 ? on : update;
}

function insertedColumns(info: TableInfo, row: Checked): readonly TableColumn[] {
  return info.columns.filter((column) => row[column.property] !== undefined);
}

function hasOtherKey(info: TableInfo, row: Checked, { on }: Conflict): boolean {
  const keys = [...info.unique, ...(info.primary.some((column) => row[column.property] === undefined) ? [] : [info.primary])];
  return keys.some((key) => key.length > 0 && (key.length !== on.length || !key.every((column) => on.includes(column))));
}
