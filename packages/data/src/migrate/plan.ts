import { DATA_ERRORS } from '../errors.js';
import { byName, type Migration } from './define-migration.js';
import type { Entry } from './journal.js';

/** Which migrations `down()` undoes: the last batch by default. */
export type DownOptions =
  | { readonly steps?: undefined; readonly to?: undefined; readonly all?: undefined }
  /** So many migrations, last first. */
  | { readonly steps: number; readonly to?: undefined; readonly all?: undefined }
  /** All that come after this one, which stays. */
  | { readonly to: string; readonly steps?: undefined; readonly all?: undefined }
  | { readonly all: true; readonly steps?: undefined; readonly to?: undefined };

/** What is to be applied next, and the journal's row when some of its steps are. */
export interface Next {
  readonly migration: Migration;
  readonly entry: Entry | undefined;
}

/**
 * The next migration to apply, up to the one named `to`. Throws `DATA_MIGRATION_INTERRUPTED`, `DATA_MIGRATION_ORDER`,
 * `DATA_MIGRATION_UNKNOWN`, `DATA_MIGRATION_TARGET`.
 */
export function nextPending(migrations: readonly Migration[], entries: readonly Entry[], to?: string): Next | undefined {
  if (to !== undefined && !migrations.some((migration) => migration.name === to))
    throw DATA_ERRORS.MIGRATION_TARGET({ reason: `no migration is called ${JSON.stringify(to)}` });
  refuseInterrupted(migrations, entries);
  const unfinished = entries.find((entry) => entry.finishedAt === undefined);
  if (unfinished !== undefined) return { migration: findKnown(migrations, unfinished.name), entry: unfinished };
  const names = new Set(entries.map((entry) => entry.name));
  const next = migrations.find(({ name }) => !names.has(name));
  if (next === undefined || (to !== undefined && byName(next.name, to) > 0)) return undefined;
  const later = entries.find((entry) => byName(entry.name, next.name) > 0);
  if (later !== undefined) throw DATA_ERRORS.MIGRATION_ORDER({ name: next.name, applied: later.name });
  return { migration: next, entry: undefined };
}

/**
 * What `down()` undoes, in that order: each is known and can be undone. Throws `DATA_MIGRATION_INTERRUPTED`, `DATA_MIGRATION_UNKNOWN`,
 * `DATA_MIGRATION_IRREVERSIBLE`, `DATA_MIGRATION_TARGET`.
 */
export function chooseDown(migrations: readonly Migration[], entries: readonly Entry[], options: DownOptions): readonly Required<Next>[] {
  refuseInterrupted(migrations, entries);
  const chosen = choose(entries, options).map((entry) => ({ entry, migration: findKnown(migrations, entry.name) }));
  const stuck = chosen.find(({ migration }) => migration.steps.some((step) => step.down === undefined));
  if (stuck !== undefined) throw DATA_ERRORS.MIGRATION_IRREVERSIBLE({ name: stuck.migration.name });
  return chosen.reverse();
}

function choose(entries: readonly Entry[], { steps, to, all }: DownOptions): readonly Entry[] {
  const given = [steps, to, all].filter((value) => value !== undefined);
  if (given.length > 1) throw DATA_ERRORS.MIGRATION_TARGET({ reason: 'steps, to and all exclude each other' });
  if (all === true) return entries;
  if (to !== undefined) {
    if (!entries.some((entry) => entry.name === to))
      throw DATA_ERRORS.MIGRATION_TARGET({ reason: `the database has no migration called ${JSON.stringify(to)}` });
    return entries.filter((entry) => byName(entry.name, to) > 0);
  }
  if (steps !== undefined) {
    if (!Number.isInteger(steps) || steps < 1)
      throw DATA_ERRORS.MIGRATION_TARGET({ reason: `steps is ${steps}, not a whole number from 1 on` });
    return entries.slice(Math.max(0, entries.length - steps));
  }
  const last = Math.max(0, ...entries.map((entry) => entry.batch));
  return entries.filter((entry) => entry.batch === last);
}

function refuseInterrupted(migrations: readonly Migration[], entries: readonly Entry[]): void {
  const found = entries.find((entry) => entry.finishedAt === undefined && entry.statement !== undefined);
  if (found === undefined) return;
  const { name, direction, steps, statement } = found;
  throw DATA_ERRORS.MIGRATION_INTERRUPTED({
    name,
    direction,
    step: direction === 'up' ? steps + 1 : steps,
    steps: migrations.find((migration) => migration.name === name)?.steps.length ?? 'some',
    statement: statement!.replace(/\s+/g, ' ').slice(0, 300),
  });
}

/** A listed migration. Throws `DATA_MIGRATION_UNKNOWN`. */
export function findKnown(migrations: readonly Migration[], name: string): Migration {
  const migration = migrations.find((candidate) => candidate.name === name);
  if (migration === undefined) throw DATA_ERRORS.MIGRATION_UNKNOWN({ name });
  return migration;
}
