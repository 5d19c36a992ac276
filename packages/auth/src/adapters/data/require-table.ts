import type { AnyTable, Database } from '@plinth/data';

/**
 * Reads a row, so that a table whose migration was not listed or not run stops the start, with the cure, and not the first request. For
 * `onListen`: migrations that run at the start have run by then. Throws `DATA_SCHEMA_MISMATCH`. @internal
 */
export async function requireTable(database: Database, table: AnyTable): Promise<void> {
  await database.repository(table).findMany({ limit: 1 });
}
