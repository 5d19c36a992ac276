import type { Executor } from '../database/executor.js';
import type { Connection } from '../dialect/dialect.js';
import { capture } from './capture.js';
import type { Migration } from './define-migration.js';
import type { Entry } from './journal.js';
import type { MigrationRunner } from './run-migration.js';
import { changesSchema, fingerprint } from './statement-kind.js';

/** An applied migration whose schema changes are other ones now. */
export interface MigrationChange {
  readonly name: string;
  /** Which of its schema changes differs first, from 1 on. */
  readonly number: number;
  /** That statement as it is now; without values. */
  readonly now: string;
}

/** What `verify` works with. */
export interface Verification {
  readonly executor: Executor;
  readonly runner: MigrationRunner;
  readonly connection: Connection;
}

/**
 * Compares applied migrations with what they would do now: each `up` runs without the database, and its schema changes are compared with
 * the fingerprints in the journal. Those that fail without data cannot be compared, and are left out.
 */
export async function findChanges(
  verification: Verification,
  migrations: readonly Migration[],
  entries: readonly Entry[],
): Promise<readonly MigrationChange[]> {
  const changes: MigrationChange[] = [];
  for (const { name, checksums } of entries) {
    const migration = migrations.find((candidate) => candidate.name === name);
    if (checksums === undefined || migration?.verify !== true) continue;
    const change = await compare(verification, migration, checksums);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

/** The fingerprints of a migration as it is now; undefined where they cannot be had without the database. */
export async function fingerprintNow(verification: Verification, migration: Migration): Promise<string | undefined> {
  const { statements, error } = await captureUp(verification, migration);
  return error === undefined ? fingerprint(statements) : undefined;
}

async function compare(verification: Verification, migration: Migration, checksums: string): Promise<MigrationChange | undefined> {
  const { statements, error } = await captureUp(verification, migration);
  const now = error === undefined ? fingerprint(statements) : undefined;
  if (now === undefined || now === checksums) return undefined;
  const [before, after] = [checksums.split(' '), now.split(' ')];
  const index = after.findIndex((sum, at) => sum !== before[at]);
  const changes = statements.filter(changesSchema);
  const at = index < 0 ? changes.length : index;
  return { name: migration.name, number: at + 1, now: changes[at]?.replace(/\s+/g, ' ').slice(0, 300) ?? 'none' };
}

function captureUp({ executor, runner, connection }: Verification, migration: Migration) {
  return capture(executor, connection, () => runner.runSteps({ migration, direction: 'up' }));
}
