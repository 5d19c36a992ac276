import type { TableColumn } from '../table/table.js';
import { insertRows, intoOf, writeTuples } from './insert-rows.js';
import type { TableContext } from './table-context.js';
import { assignments, bindColumns, type Conflict, meetingKey } from './upsert-rows.js';
import type { Checked } from './write-rows.js';

type AnyRow = Record<string, unknown>;

/** Upserts on MariaDB and MySQL, whose "on duplicate key" acts on whichever unique key collides. */
export async function upsertOnMysql(
  context: TableContext,
  columns: readonly TableColumn[],
  rows: readonly Checked[],
  conflict: Conflict,
): Promise<AnyRow[]> {
  if (!rows.some((row) => hasOtherKey(context, row, conflict))) {
    const { body, bindings } = writeTuples(context, columns, rows);
    const set = assignments(context, conflict, (column) => `values(${context.name(column)})`, '');
    await context.send({ sql: `${intoOf(context, columns)} ${body} on duplicate key update ${set}`, bindings });
    return readMet(context, rows, conflict.on);
  }
  const work = async (): Promise<AnyRow[]> => {
    const done: AnyRow[] = [];
    for (const row of rows) done.push(await upsertCarefully(context, row, conflict));
    return done;
  };
  return rows.length === 1 ? work() : context.session.transaction(work, { mode: 'required' });
}

/** Where there are several unique keys, update and insert are told apart. */
async function upsertCarefully(context: TableContext, row: Checked, conflict: Conflict): Promise<AnyRow> {
  const updated = await updateMet(context, row, conflict);
  if (updated !== undefined) return updated;
  try {
    const insert = (): Promise<AnyRow[]> => insertRows(context, [row]);
    // A savepoint, so that a collision does not spoil a transaction around it; without one a statement is undone by itself.
    return (await (context.session.scope() === undefined ? insert() : context.session.transaction(insert)))[0]!;
  } catch (error) {
    const now = (error as { code?: unknown }).code === 'DATA_UNIQUE' ? await updateMet(context, row, conflict) : undefined;
    if (now === undefined) throw error;
    return now;
  }
}

async function updateMet(context: TableContext, row: Checked, conflict: Conflict): Promise<AnyRow | undefined> {
  const writer = context.writer();
  const values: unknown[] = [];
  const set = assignments(
    context,
    conflict,
    (column) => {
      values.push(...bindColumns(context, row, [column]));
      return '?';
    },
    '',
  );
  writer.text = `update ${context.table} set ${set} where ${conflict.on.map((column) => `${context.name(column)} = ?`).join(' and ')}`;
  writer.bindings.push(...values, ...bindColumns(context, row, conflict.on));
  if ((await context.run(writer)).affected === 0) return undefined;
  return (await readMet(context, [row], conflict.on))[0];
}

/** The rows as they stand now, by the values that they were met by. */
async function readMet(context: TableContext, rows: readonly Checked[], on: readonly TableColumn[]): Promise<AnyRow[]> {
  const names = on.map((column) => context.name(column));
  const tuple = `(${names.map(() => '?').join(', ')})`;
  const sql =
    rows.length === 1
      ? `${context.select} where ${names.map((name) => `${name} = ?`).join(' and ')}`
      : `${context.select} where (${names.join(', ')}) in (${rows.map(() => tuple).join(', ')})`;
  const bindings = rows.flatMap((row) => bindColumns(context, row, on));
  const result = await context.send({ sql, bindings, prepare: rows.length === 1 });
  const found = new Map(result.rows.map((raw) => context.read(raw)).map((row) => [meetingKey(row, on), row]));
  return rows.map((row) => found.get(meetingKey(row, on))!);
}

function hasOtherKey({ info }: TableContext, row: Checked, { on }: Conflict): boolean {
  const keys = [...info.unique, ...(info.primary.some((column) => row[column.property] === undefined) ? [] : [info.primary])];
  return keys.some((key) => key.length > 0 && (key.length !== on.length || !key.every((column) => on.includes(column))));
}
