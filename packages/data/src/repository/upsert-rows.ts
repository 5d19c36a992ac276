import { DATA_ERRORS } from '../errors.js';
import { toDriver } from '../table/row-codec.js';
import type { TableColumn, TableInfo } from '../table/table.js';
import { readColumns } from './column-list.js';
import { chunksOf, insertRows, intoOf, writeTuples } from './insert-rows.js';
import type { TableContext } from './table-context.js';
import { upsertOnMysql } from './upsert-mysql.js';
import { type Checked, completeRow } from './write-rows.js';

type AnyRow = Record<string, unknown>;

/** Which rows an upsert meets, and what it changes there. */
export interface Conflict {
  readonly on: readonly TableColumn[];
  readonly update: readonly TableColumn[];
}

/** What an upsert was asked for. */
export interface UpsertRequest {
  readonly on: readonly TableColumn[];
  /** Undefined: what each row gives. */
  readonly update: readonly TableColumn[] | undefined;
}

/**
 * The columns of `on`, which are a key of the table: PostgreSQL and SQLite refuse others, MariaDB would add the row again. Throws
 * `DATA_TABLE_FEATURE`.
 */
export function readConflict(info: TableInfo, operation: string, on: unknown): readonly TableColumn[] {
  const columns = readColumns(info, 'on', on);
  const isKey = (key: readonly TableColumn[]): boolean => key.length === columns.length && key.every((column) => columns.includes(column));
  if (columns.length > 0 && [info.primary, ...info.unique].some(isKey)) return columns;
  const names = columns.map((column) => column.property).join(', ');
  throw DATA_ERRORS.TABLE_FEATURE({ operation: `${operation} on (${names})`, table: info.name, builder: 'unique()' });
}

/** Upserts rows as they were given: each changes the columns that it has, unless the request says which. All or none. */
export async function upsertGiven(context: TableContext, given: readonly object[], { on, update }: UpsertRequest): Promise<AnyRow[]> {
  const { info, session } = context;
  const now = session.now();
  const items = given.map((row) => ({ row: completeRow(info, row, now), update: updatedBy(context, row as AnyRow, on, update) }));
  const keys = new Set(items.map(({ row }) => meetingKey(row, on)));
  const groups: { readonly shape: string; readonly conflict: Conflict; readonly rows: Checked[] }[] = [];
  for (const item of items) {
    const shape = item.update.map((column) => column.property).join();
    // Where a key comes twice the order counts: only neighbours go together.
    const candidates = keys.size === items.length ? groups : groups.slice(-1);
    const group = candidates.find((other) => other.shape === shape);
    if (group === undefined) groups.push({ shape, conflict: { on, update: item.update }, rows: [item.row] });
    else group.rows.push(item.row);
  }
  const done = new Map<Checked, AnyRow>();
  const work = async (): Promise<void> => {
    for (const { rows, conflict } of groups)
      (await upsertRows(context, rows, conflict)).forEach((row, index) => done.set(rows[index]!, row));
  };
  if (groups.length > 1) await session.transaction(work, { mode: 'required' });
  else await work();
  return items.map(({ row }) => done.get(row)!);
}

/** The columns that one row changes where it meets another: those it gives, but keys; and those that follow every change. */
function updatedBy(
  { info }: TableContext,
  given: AnyRow,
  on: readonly TableColumn[],
  update: readonly TableColumn[] | undefined,
): readonly TableColumn[] {
  const chosen =
    update ??
    info.columns.filter((column) => given[column.property] !== undefined && !on.includes(column) && !info.primary.includes(column));
  if (chosen.length === 0) return chosen;
  return [...chosen, ...info.columns.filter((column) => column.updateNow && !chosen.includes(column))];
}

/** Inserts rows, or updates those with the same values in `on`; all or none; gives them back as they stand then, in the same order. */
export async function upsertRows(context: TableContext, rows: readonly Checked[], conflict: Conflict): Promise<AnyRow[]> {
  if (rows.length === 0) return [];
  const done = new Map<Checked, AnyRow>();
  const rounds = roundsOf(rows, conflict.on);
  const loose = rows.filter((row) => conflict.on.some((column) => isOpen(row, column)));
  const parts = rounds.flatMap((round) =>
    shapesOf(context, round).flatMap(({ columns, rows: same }) => chunksOf(context, columns, same).map((chunk) => ({ columns, chunk }))),
  );
  const work = async (): Promise<void> => {
    for (const { columns, chunk } of parts) {
      const found = await upsertChunk(context, columns, chunk, conflict);
      chunk.forEach((row, index) => done.set(row, found[index]!));
    }
    // A row without a value in the key meets nobody.
    if (loose.length > 0) (await insertRows(context, loose)).forEach((row, index) => done.set(loose[index]!, row));
  };
  if (parts.length + (loose.length > 0 ? 1 : 0) > 1) await context.session.transaction(work, { mode: 'required' });
  else await work();
  return rows.map((row) => done.get(row)!);
}

/** The values by which a row is met, as one text. */
export function meetingKey(row: Checked, on: readonly TableColumn[]): string {
  return JSON.stringify(on.map((column) => keyPart(row[column.property])));
}

function keyPart(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

function isOpen(row: Checked, column: TableColumn): boolean {
  return row[column.property] === undefined || row[column.property] === null;
}

/** A statement cannot meet a row twice: rows of one key come one after the other, the last one wins. */
function roundsOf(rows: readonly Checked[], on: readonly TableColumn[]): Checked[][] {
  const rounds: Checked[][] = [];
  const times = new Map<string, number>();
  for (const row of rows) {
    if (on.some((column) => isOpen(row, column))) continue;
    const key = meetingKey(row, on);
    const round = times.get(key) ?? 0;
    times.set(key, round + 1);
    (rounds[round] ??= []).push(row);
  }
  return rounds;
}

/** Rows by the columns that they insert: those with a generated key apart from those that give it. */
function shapesOf({ info }: TableContext, rows: readonly Checked[]): { columns: readonly TableColumn[]; rows: Checked[] }[] {
  const serial = info.columns.find((column) => column.codec.serial === true);
  const generated = rows.filter((row) => serial !== undefined && row[serial.property] === undefined);
  if (generated.length === 0) return [{ columns: info.columns, rows: [...rows] }];
  const without = { columns: info.columns.filter((column) => column !== serial), rows: generated };
  const given = rows.filter((row) => row[serial!.property] !== undefined);
  return given.length === 0 ? [without] : [without, { columns: info.columns, rows: given }];
}

async function upsertChunk(
  context: TableContext,
  columns: readonly TableColumn[],
  rows: readonly Checked[],
  conflict: Conflict,
): Promise<AnyRow[]> {
  if (context.dialectName === 'mysql') return upsertOnMysql(context, columns, rows, conflict);
  const { body, bindings, stable } = writeTuples(context, columns, rows);
  const sql = context.dialectName === 'mssql' ? mergeOf(context, columns, body, conflict) : onConflictOf(context, columns, body, conflict);
  const result = await context.send({ sql, bindings, bigints: context.bigints, prepare: stable });
  if (rows.length === 1) return [context.read(result.rows[0]!)];
  const found = new Map(result.rows.map((raw) => context.read(raw)).map((row) => [meetingKey(row, conflict.on), row]));
  return rows.map((row) => found.get(meetingKey(row, conflict.on))!);
}

function onConflictOf(context: TableContext, columns: readonly TableColumn[], body: string, conflict: Conflict): string {
  const on = conflict.on.map((column) => context.name(column)).join(', ');
  const set = assignments(context, conflict, (column) => `excluded.${context.name(column)}`, `${context.table}.`);
  return `${intoOf(context, columns)} ${body} on conflict (${on}) do update set ${set} returning ${context.selection}`;
}

function mergeOf(context: TableContext, columns: readonly TableColumn[], body: string, conflict: Conflict): string {
  const names = columns.map((column) => context.name(column));
  const on = conflict.on.map((column) => `t.${context.name(column)} = s.${context.name(column)}`).join(' and ');
  const set = assignments(context, conflict, (column) => `s.${context.name(column)}`, 't.');
  const given = names.map((name) => `s.${name}`).join(', ');
  return (
    // Without the lock, two of them would insert the same key.
    `merge into ${context.table} with (holdlock) as t using (${body}) as s (${names.join(', ')}) on ${on} ` +
    `when matched then update set ${set} when not matched then insert (${names.join(', ')}) values (${given}) ` +
    `output ${context.selectionOf(context.info.columns, 'inserted.')};`
  );
}

/** What is set in a row that exists. `source`: the value of the row that was given; `before`: the existing row, with its dot. */
export function assignments(
  context: TableContext,
  { on, update }: Conflict,
  source: (column: TableColumn) => string,
  before: string,
): string {
  const { version, softDelete } = context.info;
  // Setting a column to itself makes the database give the row back.
  const columns = update.length === 0 && version === undefined && softDelete === undefined ? on : update;
  const set = columns
    .filter((column) => column !== version && column !== softDelete)
    .map((column) => `${context.name(column)} = ${source(column)}`);
  if (version !== undefined) set.push(`${context.name(version)} = ${before}${context.name(version)} + 1`);
  // What has been put in is there.
  if (softDelete !== undefined) set.push(`${context.name(softDelete)} = ${update.includes(softDelete) ? source(softDelete) : 'null'}`);
  return set.join(', ');
}

/** Bound values of some columns of a row. */
export function bindColumns(context: TableContext, row: Checked, columns: readonly TableColumn[]): unknown[] {
  return columns.map((column) => {
    const value = row[column.property];
    return value === undefined || value === null ? null : toDriver(column, value, context.dialectName);
  });
}
