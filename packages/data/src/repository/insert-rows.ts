import { quote } from '../sql/sql.js';
import { readValue, toDriver } from '../table/row-codec.js';
import type { TableColumn, TableInfo } from '../table/table.js';
import type { Session } from './session.js';
import type { Checked } from './write-rows.js';

const mostRows = 1_000;

/** Inserts checked rows, all or none, in as few statements as the database's limit of bound values allows; gives them back with generated keys. */
export async function insertRows(session: Session, info: TableInfo, rows: readonly Checked[]): Promise<Record<string, unknown>[]> {
  const serial = info.columns.find((column) => column.codec.serial === true);
  const groups =
    serial === undefined
      ? [rows]
      : [rows.filter((row) => row[serial.property] === undefined), rows.filter((row) => row[serial.property] !== undefined)];
  const chunks = groups.flatMap((group) =>
    chunk(group, Math.max(1, Math.min(mostRows, Math.floor(session.dialect.maxBindings / info.columns.length)))),
  );
  const inserted = new Map<Checked, Record<string, unknown>>();
  const insertAll = async (): Promise<void> => {
    for (const part of chunks) {
      const done = await insertChunk(session, info, part, serial);
      part.forEach((row, index) => inserted.set(row, done[index]!));
    }
  };
  if (chunks.length > 1) await session.transaction(insertAll, { mode: 'required' });
  else await insertAll();
  return rows.map((row) => inserted.get(row)!);
}

async function insertChunk(
  session: Session,
  info: TableInfo,
  rows: readonly Checked[],
  serial: TableColumn | undefined,
): Promise<Record<string, unknown>[]> {
  const { dialect } = session;
  const generated = serial !== undefined && rows[0]![serial.property] === undefined ? serial : undefined;
  const columns = info.columns.filter((column) => column !== generated);
  const returning = generated !== undefined && dialect.name !== 'mysql' ? ` returning ${quote(generated.name, dialect.name)}` : '';
  const { sql, bindings } = insertInto(session, info, columns, rows);
  const result = await session.run({ sql: sql + returning, bindings });
  return rows.map((row, index) => {
    if (generated === undefined) return { ...row };
    const key =
      dialect.name === 'mysql'
        ? Number(result.insertId) + index * dialect.keyIncrement
        : readValue(info, generated, result.rows[index]?.[generated.name], dialect.name);
    // In the order of the columns, as rows that are read.
    return Object.fromEntries(info.columns.map((column) => [column.property, column === generated ? key : row[column.property]]));
  });
}

/** Whether rows of a table may hold integers beyond 2^53. */
export function hasBigints(info: TableInfo): boolean {
  return info.columns.some((column) => column.codec.bigints === true);
}

/** `insert into t (...) values (...), ...` for checked rows. */
export function insertInto(
  session: Session,
  info: TableInfo,
  columns: readonly TableColumn[],
  rows: readonly Checked[],
): { sql: string; bindings: unknown[] } {
  const { name: dialect } = session.dialect;
  const bindings: unknown[] = [];
  if (columns.length === 0)
    return { sql: `insert into ${quote(info.name, dialect)} ${dialect === 'mysql' ? '() values ()' : 'default values'}`, bindings };
  const tuples = rows.map((row) => {
    const places = columns.map((column) => {
      bindings.push(toDriver(column, row[column.property] ?? null, dialect));
      return dialect === 'postgres' ? `$${bindings.length}` : '?';
    });
    return `(${places.join(', ')})`;
  });
  const names = columns.map((column) => quote(column.name, dialect)).join(', ');
  return { sql: `insert into ${quote(info.name, dialect)} (${names}) values ${tuples.join(', ')}`, bindings };
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
