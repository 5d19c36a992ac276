import type { Migration } from './define-migration.js';
import { byName } from './define-migration.js';
import type { Entry } from './journal.js';

/**
 * Where a database is with a migration. `pending`: not applied. `applied`. `out-of-order`: not applied, but a later one is.
 * `partial`: some of its steps are applied; `up()` goes on. `running`: another process is at it. `interrupted`: it was cut off in a step;
 * `resolve()` it. `changed`: applied, but its SQL is another one now. `unknown`: applied, but not listed.
 */
export type MigrationState = 'pending' | 'applied' | 'out-of-order' | 'partial' | 'running' | 'interrupted' | 'changed' | 'unknown';

/** A migration and where the database is with it. */
export interface MigrationStatus {
  readonly name: string;
  readonly state: MigrationState;
  /** Set of migrations that were applied together; `down()` undoes the last one. */
  readonly batch?: number;
  readonly appliedAt?: Date;
  /** How many of its steps the database has, where it has some and not all. */
  readonly steps?: number;
  /** The statement that it was at when it was cut off, or that is another one now; without values. */
  readonly statement?: string;
}

/** What `status` knows besides the list and the journal. */
export interface StatusFacts {
  /** Whether a process migrates at this moment. */
  readonly running: boolean;
  /** The first changed statement of migrations that are not what was applied. */
  readonly changed: ReadonlyMap<string, string>;
}

/** Every migration, listed or applied, in order. */
export function readStatus(
  migrations: readonly Migration[],
  entries: readonly Entry[],
  { running, changed }: StatusFacts,
): readonly MigrationStatus[] {
  const listed = new Set(migrations.map((migration) => migration.name));
  const applied = new Map(entries.map((entry) => [entry.name, entry]));
  const last = entries.at(-1)?.name;
  return [...new Set([...applied.keys(), ...listed])].sort(byName).map((name): MigrationStatus => {
    const entry = applied.get(name);
    if (entry === undefined) return { name, state: last !== undefined && byName(name, last) < 0 ? 'out-of-order' : 'pending' };
    const { batch, finishedAt, steps, statement } = entry;
    if (finishedAt === undefined) {
      const state = running ? 'running' : statement === undefined ? 'partial' : 'interrupted';
      return { name, state, batch, steps, ...(statement !== undefined && { statement }) };
    }
    const difference = changed.get(name);
    if (difference !== undefined) return { name, state: 'changed', batch, appliedAt: finishedAt, statement: difference };
    return { name, state: listed.has(name) ? 'applied' : 'unknown', batch, appliedAt: finishedAt };
  });
}
