import { readValue, toDriver } from '../table/row-codec.js';
import type { TableColumn } from '../table/table.js';
import { unnestTypes, writeUnnest } from './insert-unnest.js';
import type { TableContext } from './table-context.js';
import type { Checked } from './write-rows.js';

type AnyRow = Record<string, unknown>;

// Text that MySQL's default packet of 16 MB surely takes, with what escaping adds.
const mostBytes = 4 * 2 ** 20;

/** Inserts checked rows, all or none, in as few statements as the database's limit of bound values allows; gives them back with generated keys. */
export async function insertRows(context: TableContext, rows: readonly Checked[]): Promise<AnyRow[]> {
  const { session, info } = context;
  if (rows.length === 1) return insertChunk(context, rows);
  const serial = info.columns.find((column) => column.codec.serial === true);
  const groups =
    serial === undefined
      ? [rows]
      : [rows.filter((row) => row[serial.property] === undefined), rows.filter((row) => row[serial.property] !== undefined)];
  const chunks = groups.flatMap((group) => chunksOf(context, info.columns, group));
  const inserted = new Map<Checked, AnyRow>();
  const insertAll = async (): Promise<void> => {
    for (const part of chunks) {
      const done = await insertChunk(context, part);
      part.forEach((row, index) => inserted.set(row, done[index]!));
    }
  };
  if (chunks.length > 1) await session.transaction(insertAll, { mode: 'required' });
  else await insertAll();
  return rows.map((row) => inserted.get(row)!);
}

function insertChunk(context: TableContext, rows: readonly Checked[]): Promise<AnyRow[]> {
  const { info, dialect, dialectName, grammar } = context;
  const shape = shapeOf(context, rows[0]!);
  const { generated } = shape;
  const statement = writeInsert(context, shape, rows);
  if (generated === undefined) return context.send(statement, () => rows.map((row) => ({ ...row })));
  return context.send(statement, (result) =>
    rows.map((row, index) => {
      const key =
        grammar.gives === 'nothing'
          ? Number(result.insertId) + index * dialect.keyIncrement
          : readValue(info, generated, result.rows[index]?.[generated.name], dialectName);
      // In the order of the columns, as rows that are read.
      const complete: AnyRow = {};
      for (const column of info.columns) complete[column.property] = column === generated ? key : row[column.property];
      return complete;
    }),
  );
}

/** What inserts of a table have in common: there are two kinds, with the key given and without. */
interface InsertShape {
  readonly generated: TableColumn | undefined;
  readonly columns: readonly TableColumn[];
  /** Before and after the rows. */
  readonly start: string;
  readonly end: string;
  /** The SQL of one row. */
  single?: string;
}

const shapes = new WeakMap<TableContext, { given?: InsertShape; generated?: InsertShape }>();

function shapeOf(context: TableContext, row: Checked): InsertShape {
  const { info } = context;
  let known = shapes.get(context);
  if (known === undefined) shapes.set(context, (known = {}));
  const serial = info.columns.find((column) => column.codec.serial === true);
  if (serial === undefined || row[serial.property] !== undefined) return (known.given ??= createShape(context, undefined));
  return (known.generated ??= createShape(context, serial));
}

function createShape(context: TableContext, generated: TableColumn | undefined): InsertShape {
  const { info, grammar } = context;
  const columns = info.columns.filter((column) => column !== generated);
  const name = generated === undefined ? '' : context.name(generated);
  const output = generated !== undefined && grammar.gives === 'output' ? ` output inserted.${name}` : '';
  const end = generated !== undefined && grammar.gives === 'returning' ? ` returning ${name}` : '';
  return { generated, columns, start: `${intoOf(context, columns)}${output} `, end };
}

function writeInsert(context: TableContext, shape: InsertShape, rows: readonly Checked[]) {
  const { columns, start, end } = shape;
  if (rows.length === 1 && shape.single !== undefined)
    return { sql: shape.single, bindings: bindRows(context, columns, rows), bigints: context.bigints, prepare: true };
  const { body, bindings, stable } = writeTuples(context, columns, rows);
  const sql = start + body + end;
  if (rows.length === 1) shape.single = sql;
  return { sql, bindings, bigints: context.bigints, prepare: stable };
}

function bindRows({ dialectName }: TableContext, columns: readonly TableColumn[], rows: readonly Checked[]): unknown[] {
  const bindings: unknown[] = [];
  for (const row of rows) {
    for (const column of columns) {
      const value = row[column.property];
      bindings.push(value === undefined || value === null ? null : toDriver(column, value, dialectName));
    }
  }
  return bindings;
}

/** `insert into t (…)`. */
export function intoOf(context: TableContext, columns: readonly TableColumn[]): string {
  if (columns.length === 0) return `insert into ${context.table}${context.dialectName === 'mysql' ? ' ()' : ''}`;
  return `insert into ${context.table} (${columns.map((column) => context.name(column)).join(', ')})`;
}

/** The rows of an INSERT as SQL: VALUES, or `select … from unnest(…)`. `stable`: the text does not depend on the number of rows. */
export function writeTuples(
  context: TableContext,
  columns: readonly TableColumn[],
  rows: readonly Checked[],
): { readonly body: string; readonly bindings: unknown[]; readonly stable: boolean } {
  const { grammar, dialectName } = context;
  if (columns.length === 0) return { body: dialectName === 'mysql' ? 'values ()' : 'default values', bindings: [], stable: true };
  const types = rows.length > 1 && dialectName === 'postgres' ? unnestTypes(columns) : undefined;
  if (types !== undefined) return writeUnnest(columns, types, rows);
  let place = 0;
  const tupleOf = (): string => `(${columns.map(() => grammar.place(++place)).join(', ')})`;
  // The same text for each row where placeholders have no numbers.
  const numbered = grammar.place(1) !== grammar.place(2);
  const tuples = numbered ? rows.map(tupleOf).join(', ') : repeat(tupleOf(), rows.length);
  return { body: `values ${tuples}`, bindings: bindRows(context, columns, rows), stable: rows.length === 1 };
}

function repeat(text: string, times: number): string {
  return times === 1 ? text : text + `, ${text}`.repeat(times - 1);
}

/** Rows in groups of which each fits into one statement. */
export function chunksOf(context: TableContext, columns: readonly TableColumn[], rows: readonly Checked[]): (readonly Checked[])[] {
  const { dialect, dialectName, grammar } = context;
  const size =
    dialectName === 'postgres' && unnestTypes(columns) !== undefined
      ? mostUnnested
      : Math.max(1, Math.min(grammar.mostTuples, Math.floor(dialect.maxBindings / Math.max(1, columns.length))));
  // A row of nothing but a generated key has no tuple.
  const most = columns.every((column) => column.codec.serial === true) ? 1 : size;
  const chunks: Checked[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const last = chunks.at(-1);
    const length = dialectName === 'mysql' ? lengthOf(row) : 0;
    if (last === undefined || last.length >= most || bytes + length > mostBytes) {
      chunks.push([row]);
      bytes = length;
    } else {
      last.push(row);
      bytes += length;
    }
  }
  return chunks;
}

const mostUnnested = 5_000;

function lengthOf(row: Checked): number {
  let length = 0;
  for (const property in row) {
    const value = row[property];
    if (typeof value === 'string') length += value.length;
    else if (value instanceof Uint8Array) length += 2 * value.byteLength;
    else if (typeof value === 'object' && value !== null && !(value instanceof Date)) length += JSON.stringify(value).length;
    else length += 12;
  }
  return length;
}
