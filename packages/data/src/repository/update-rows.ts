import type { Result } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { OutOfRange } from '../failure/database-errors.js';
import type { SqlWriter } from '../sql/sql-writer.js';
import { toDriver } from '../table/row-codec.js';
import { columnOf, type TableColumn } from '../table/table.js';
import { keyCondition } from './find-by-key.js';
import { writeRestricted } from './find-rows.js';
import { plainShape, plainStatement } from './plain-filter.js';
import type { TableContext } from './table-context.js';
import { type Changes, isEmpty } from './write-rows.js';

type AnyRow = Record<string, unknown>;

/** Changes the row with a key; undefined when there is none. Throws `DATA_STALE` where it has another version than the changes expect. */
export async function updateByKey(context: TableContext, key: readonly unknown[], changes: Changes): Promise<AnyRow | undefined> {
  const { info, grammar } = context;
  const returns = grammar.gives !== 'nothing';
  if (isEmpty(changes)) return unchanged(context, key, changes.version);
  const { version } = changes;
  const writer = context.writer(`update ${context.table} set `);
  writeSet(writer, context, changes);
  if (grammar.gives === 'output') writer.text += ` output ${context.selectionOf(info.columns, 'inserted.')}`;
  writeKey(writer, context, key);
  if (version !== undefined) writeVersion(writer, context, version);
  if (grammar.gives === 'returning') writer.text += ` returning ${context.selection}`;
  const result = await sendChange(context, writer);
  const done = returns ? result.rows.length > 0 : result.affected > 0;
  if (!done) return refuseStale(context, key, version);
  return returns ? context.read(result.rows[0]!) : readByKey(context, key);
}

/** Changes the rows that match a filter that says something, or `{ all: true }`; gives their number. */
export function updateRows(context: TableContext, where: object, changes: Changes): Promise<number> {
  const shape = plainShape(context.info, where);
  if (shape === undefined || context.info.version !== undefined || Object.keys(changes.increments).length > 0 || isEmpty(changes))
    return updateAny(context, where, changes);
  const { values } = changes;
  let set = '';
  const bindings: unknown[] = [];
  for (const property in values) {
    set += ` ${property}`;
    bindings.push(toDriver(columnOf(context.info, property), values[property], context.dialectName));
  }
  const statement = plainStatement(context, `update${set} where ${shape}`, where, bindings, () => writeUpdate(context, where, changes));
  return context.send(statement, affectedOf);
}

const affectedOf = ({ affected }: Result): number => affected;

async function updateAny(context: TableContext, where: object, changes: Changes): Promise<number> {
  const writer = writeUpdate(context, where, changes);
  if (isEmpty(changes)) return 0;
  if (changes.version !== undefined) {
    writer.text += writer.text.includes(' where ') ? '' : ' where 1 = 1';
    writeVersion(writer, context, changes.version);
  }
  return (await sendChange(context, writer)).affected;
}

function writeUpdate(context: TableContext, where: object, changes: Changes): SqlWriter {
  const writer = context.writer(`update ${context.table} set `);
  if (!isEmpty(changes)) writeSet(writer, context, changes);
  writeRestricted(writer, context, 'updateMany()', where, 'without');
  return writer;
}

/** Appends the condition on a key's row, which is not marked as deleted. */
export function writeKey(
  writer: SqlWriter,
  context: TableContext,
  key: readonly unknown[],
  deleted: 'without' | 'with' | 'only' = 'without',
): void {
  writer.text += keyCondition(context, writer.bindings.length + 1, deleted);
  writer.bindings.push(...key);
}

/** Appends the condition on the version that is expected. */
export function writeVersion(writer: SqlWriter, context: TableContext, version: number): void {
  writer.text += ` and ${context.name(context.info.version!)} = `;
  writer.bind(version);
}

/** ` "version" = "version" + 1`, or nothing in a table without one. */
export function nextVersion(context: TableContext, before = ''): string {
  const { version } = context.info;
  return version === undefined ? '' : `${context.name(version)} = ${before}${context.name(version)} + 1`;
}

/** Nothing was changed: there is no such row (undefined), or it has another version. */
export async function refuseStale(context: TableContext, key: readonly unknown[], version: number | undefined): Promise<undefined> {
  if (version !== undefined && (await readByKey(context, key)) !== undefined) throw DATA_ERRORS.STALE({ table: context.info.name });
  return undefined;
}

/** The row with a key, as it stands now. */
export async function readByKey(context: TableContext, key: readonly unknown[]): Promise<AnyRow | undefined> {
  const writer = context.writer(context.select);
  writeKey(writer, context, key);
  const { rows } = await context.run(writer);
  return rows.length === 0 ? undefined : context.read(rows[0]!);
}

async function unchanged(context: TableContext, key: readonly unknown[], version: number | undefined): Promise<AnyRow | undefined> {
  const row = await readByKey(context, key);
  const column = context.info.version;
  if (row !== undefined && version !== undefined && row[column!.property] !== version)
    throw DATA_ERRORS.STALE({ table: context.info.name });
  return row;
}

function writeSet(writer: SqlWriter, context: TableContext, { values, increments }: Changes): void {
  const start = writer.text.length;
  const begin = (column: TableColumn): void => {
    writer.text += `${writer.text.length === start ? '' : ', '}${context.name(column)} = `;
  };
  for (const property of Object.keys(values)) {
    const column = columnOf(context.info, property);
    begin(column);
    writer.bind(toDriver(column, values[property], context.dialectName));
  }
  for (const property of Object.keys(increments)) {
    const column = columnOf(context.info, property);
    begin(column);
    writeSum(writer, context, column, toDriver(column, increments[property], context.dialectName));
  }
  if (context.info.version !== undefined) writer.text += `, ${nextVersion(context)}`;
}

const between = { integer: ' between -2147483648 and 2147483647 then ', smallint: ' between -32768 and 32767 then ' } as const;

function writeSum(writer: SqlWriter, context: TableContext, column: TableColumn, amount: unknown): void {
  const name = context.name(column);
  const sum = (): void => {
    writer.text += `${name} + `;
    writer.bind(amount);
  };
  if (context.dialectName === 'mysql' && column.codec.type === 'bigint') {
    // As text it would be added as a double.
    writer.text += `${name} + cast(`;
    writer.bind(amount);
    writer.text += ' as signed)';
    return;
  }
  if (context.dialectName !== 'sqlite' || column.codec.type === 'double') return sum();
  // SQLite goes beyond the type's range in silence. abs() of the smallest integer is its one arithmetic error.
  writer.text += column.codec.type === 'bigint' ? 'case when typeof(' : 'case when ';
  sum();
  writer.text += column.codec.type === 'bigint' ? `) = 'integer' then ` : between[column.codec.type as 'integer'];
  sum();
  writer.text += ` else abs(-9223372036854775807 - 1 + 0 * ${name}) end`;
}

async function sendChange(context: TableContext, writer: SqlWriter) {
  try {
    return await context.run(writer);
  } catch (error) {
    if (context.dialectName === 'sqlite' && isOverflow(error)) throw new OutOfRange({ table: context.info.name, cause: error });
    throw error;
  }
}

function isOverflow(error: unknown): boolean {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return code === 'DATA_STATEMENT' && cause instanceof Error && cause.message.includes('integer overflow');
}
