import { DATA_ERRORS } from '../errors.js';
import type { MigrationContext } from './migration-context.js';

/** What a migration does in one direction. */
export type MigrationAction = (context: MigrationContext) => unknown;

/** A part of a migration. Where the database cannot undo a schema change, each finished step is remembered and not run again. */
export interface MigrationStep {
  readonly up: MigrationAction;
  readonly down?: MigrationAction | undefined;
}

/** One change of the schema. Migrations run in the order of their names, each once per database. */
export interface Migration {
  readonly name: string;
  readonly steps: readonly MigrationStep[];
  /** Whether it runs in a transaction, where the database can undo schema changes: PostgreSQL, SQL Server, SQLite. */
  readonly transaction: boolean;
  /** Whether `verify` compares its SQL with what was applied. */
  readonly verify: boolean;
}

/** How a migration runs. */
export interface MigrationOptions {
  /**
   * `false`: outside of a transaction, for `create index concurrently` and the like on PostgreSQL; give one statement per step then.
   * MySQL and MariaDB never have one, SQLite always has.
   */
  readonly transaction?: boolean;
  /** `false`: `verify` leaves it out. For migrations whose statements depend on what the database holds. */
  readonly verify?: boolean;
}

/** What `defineMigration` takes: one action in each direction, or steps. */
export type MigrationBody = MigrationOptions & (MigrationStep | { readonly steps: readonly [MigrationStep, ...MigrationStep[]] });

/**
 * Describes a migration; list it in `DataModule.with({ migrations })`. On PostgreSQL, SQL Server and SQLite it runs in a transaction,
 * all steps together. MySQL and MariaDB commit at each schema change: give one change per step there, and a run that was cut off goes on
 * with the step that it had not finished. Steps are undone last to first.
 *
 * @example
 * export const createUsers = defineMigration('2026_01_users', {
 *   up: ({ createTable }) => createTable(users),
 *   down: ({ dropTable }) => dropTable(users),
 * });
 */
export function defineMigration(name: string, body: MigrationBody): Migration {
  const steps: readonly MigrationStep[] = 'steps' in body ? body.steps : [{ up: body.up, down: body.down }];
  const bad = steps.length === 0 || steps.some((step) => typeof step?.up !== 'function');
  if (bad) throw DATA_ERRORS.MIGRATION_NAME({ name: JSON.stringify(name), reason: 'it has no up(), or a step without one' });
  return Object.freeze({
    name,
    steps: Object.freeze(steps.map((step) => Object.freeze({ up: step.up, ...(step.down !== undefined && { down: step.down }) }))),
    transaction: body.transaction ?? true,
    verify: body.verify ?? true,
  });
}

const wellNamed = /^[A-Za-z0-9._-]{1,190}$/;
const extension = /\.[cm]?[jt]s$/;

/** Migrations in the order of their names. Throws `DATA_MIGRATION_NAME`. */
export function sortMigrations(migrations: readonly Migration[]): readonly Migration[] {
  const seen = new Map<string, string>();
  for (const { name } of migrations) {
    const refuse = (reason: string): Error => DATA_ERRORS.MIGRATION_NAME({ name: JSON.stringify(name), reason });
    if (typeof name !== 'string' || !wellNamed.test(name)) throw refuse('it is not well named');
    // The same migration is .ts in development and .js in production: a name must not depend on it.
    if (extension.test(name)) throw refuse('its name ends like that of a file');
    const other = seen.get(name.toLowerCase());
    if (other === name) throw refuse('it is listed twice');
    if (other !== undefined) throw refuse(`it differs from ${JSON.stringify(other)} only in upper and lower case`);
    seen.set(name.toLowerCase(), name);
  }
  return [...migrations].sort((a, b) => byName(a.name, b.name));
}

/** Order of names by code unit, so that every machine sorts alike. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
