import { toDriver } from '../table/row-codec.js';
import { type Deleted, softDeleteOf } from './deleted.js';
import { writeRestricted } from './find-rows.js';
import type { TableContext } from './table-context.js';
import { nextVersion, readByKey, refuseStale, writeKey, writeVersion } from './update-rows.js';

type AnyRow = Record<string, unknown>;

/** Deletes the row with a key, or marks it as deleted; whether there was one. Throws `DATA_STALE`. */
export async function deleteByKey(context: TableContext, key: readonly unknown[], version?: number): Promise<boolean> {
  const writer = deletion(context);
  writeKey(writer, context, key);
  if (version !== undefined) writeVersion(writer, context, version);
  if ((await context.run(writer)).affected > 0) return true;
  await refuseStale(context, key, version);
  return false;
}

/** Deletes the rows that match, or marks them as deleted; gives their number. */
export async function deleteRows(context: TableContext, where: object): Promise<number> {
  const writer = deletion(context);
  writeRestricted(writer, context, 'deleteMany()', where, 'without');
  return (await context.run(writer)).affected;
}

/** Takes the row with a key out of the table for good, marked or not. */
export async function purgeByKey(context: TableContext, key: readonly unknown[]): Promise<boolean> {
  const writer = context.writer(`delete from ${context.table}`);
  writeKey(writer, context, key, 'with');
  return (await context.run(writer)).affected > 0;
}

/** Takes rows that are marked as deleted out of the table for good; gives their number. */
export async function purgeRows(context: TableContext, where: object): Promise<number> {
  softDeleteOf(context, 'purgeMany()');
  const writer = context.writer(`delete from ${context.table}`);
  writeRestricted(writer, context, 'purgeMany()', where, 'only' satisfies Deleted);
  return (await context.run(writer)).affected;
}

/** Takes the mark of a deleted row away and gives the row back; undefined when there is no such row. */
export async function restoreByKey(context: TableContext, key: readonly unknown[]): Promise<AnyRow | undefined> {
  const column = softDeleteOf(context, 'restore()');
  const version = nextVersion(context);
  const writer = context.writer(`update ${context.table} set ${context.name(column)} = null${version === '' ? '' : `, ${version}`}`);
  writeKey(writer, context, key, 'only');
  return (await context.run(writer)).affected > 0 ? readByKey(context, key) : undefined;
}

/** The beginning of a DELETE, or of the UPDATE that marks rows. */
function deletion(context: TableContext) {
  const { softDelete } = context.info;
  if (softDelete === undefined) return context.writer(`delete from ${context.table}`);
  const writer = context.writer(`update ${context.table} set ${context.name(softDelete)} = `);
  writer.bind(toDriver(softDelete, context.session.now(), context.dialectName));
  const version = nextVersion(context);
  if (version !== '') writer.text += `, ${version}`;
  return writer;
}
