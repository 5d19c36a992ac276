import type { Knex } from 'knex';
import type { Database } from '../database/database.js';
import type { AnyTable } from '../table/table.js';

/** What a migration works with. */
export interface MigrationContext {
  readonly db: Database;
  /** knex's schema builder; each access begins a new one. */
  readonly schema: Knex.SchemaBuilder;
  /** Creates a table as its value describes it: columns, keys, references, checks, indexes. */
  createTable(table: AnyTable): Promise<void>;
  /** Drops a table. */
  dropTable(table: AnyTable): Promise<void>;
}

/** One step of the schema. Migrations run in the order of their names, each once per database. */
export interface Migration {
  readonly name: string;
  readonly up: (context: MigrationContext) => unknown;
  readonly down?: ((context: MigrationContext) => unknown) | undefined;
}

/**
 * Describes a migration; list it in `DataModule.with({ migrations })`. On PostgreSQL and SQLite it runs in a transaction.
 *
 * @example
 * export const createUsers = defineMigration('2026_01_users', {
 *   up: ({ createTable }) => createTable(users),
 *   down: ({ dropTable }) => dropTable(users),
 * });
 */
export function defineMigration(name: string, steps: Omit<Migration, 'name'>): Migration {
  return Object.freeze({ name, ...steps });
}
