import { isAppError } from '@plinth/core';
import type { Database } from '../database/database.js';
import type { Executor } from '../database/executor.js';
import type { Connection } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { ForeignKeyViolation } from '../failure/database-errors.js';
import type { Transactions } from '../transaction/transaction.js';
import type { Migration } from './define-migration.js';
import type { Entry, Journal } from './journal.js';
import { createMigrationContext, type MigrationContext } from './migration-context.js';
import { MigrationScope } from './migration-scope.js';
import { recordStatements } from './recorded-connection.js';
import { fingerprint } from './statement-kind.js';

/** The migrator's connection while it holds the lock. */
export interface MigrationSession {
  readonly connection: Connection;
  readonly journal: Journal;
  /** What `afterCommit` was given: to be run when the connection is free again. */
  readonly hooks: (() => unknown)[];
}

/** One migration in one direction. `entry`: its row in the journal, if there is one. */
export interface Run {
  readonly migration: Migration;
  readonly direction: 'up' | 'down';
  readonly entry: Entry | undefined;
  readonly batch: number;
  /** What the same call has applied before it, and what stays when it fails. */
  readonly applied?: readonly string[];
}

const turnLimit = 30_000;

/** Carries out one migration: in a transaction where schema changes can be undone, else step by step. Throws `DATA_MIGRATION_FAILED`. */
export class MigrationRunner {
  readonly context: MigrationContext;

  constructor(
    db: Database,
    private readonly executor: Executor,
    private readonly transactions: Transactions,
  ) {
    this.context = createMigrationContext(db, executor);
  }

  /** Whether a migration runs in one transaction, so that it happens whole or not at all. */
  isTransactional(migration: Migration): boolean {
    const { name } = this.executor.dialect;
    return name === 'sqlite' || (name !== 'mysql' && migration.transaction);
  }

  /** All steps and the journal in one transaction. Gives false when another process came first. `begun` is called after BEGIN. */
  async runInTransaction(session: MigrationSession, run: Run, begun: () => void): Promise<boolean> {
    const { migration, direction } = run;
    const statements: string[] = [];
    let [inside, due] = [false, true];
    try {
      const { hooks } = await this.transactions.runOn(recordStatements(session.connection, statements), async () => {
        inside = true;
        begun();
        const { journal } = session;
        const entry = (await journal.read()).find((candidate) => candidate.name === migration.name);
        due = (entry !== undefined) === (direction === 'down');
        if (!due) return;
        await this.runSteps(run);
        await this.executor.scope!.exclusively(async () => {
          this.executor.scope!.checkUsable();
          await this.checkReferences(session.connection);
          if (direction === 'down') return journal.remove(migration.name);
          await journal.begin(migration.name, run.batch);
          return journal.finish(migration.name, migration.steps.length, fingerprint(statements));
        });
      });
      session.hooks.push(...hooks);
    } catch (error) {
      throw inside ? toFailed(run, error, isUnknown(error) ? unknownOutcome : 'It was rolled back: correct it and run it again.') : error;
    }
    return due;
  }

  /** The steps that are left, each remembered when it is done; what a step left behind is known to the next run. */
  async runStepwise(session: MigrationSession, { migration, direction, entry, batch, applied }: Run): Promise<void> {
    const { journal } = session;
    const { name, steps } = migration;
    const statements: string[] = [];
    const connection = recordStatements(session.connection, statements);
    const from = entry?.steps ?? 0;
    const indexes = direction === 'up' ? range(from, steps.length) : range(0, Math.min(from, steps.length)).reverse();
    if (entry === undefined) await journal.begin(name, batch);
    for (const index of indexes) {
      const scope = new MigrationScope(this.executor, connection, turnLimit, (sql) => journal.note(name, direction, sql));
      try {
        await this.executor.within(scope, () => steps[index]![direction]!(this.context));
        await endStep(scope, session.connection);
      } catch (error) {
        scope.close();
        if (!session.connection.broken && !session.connection.idle)
          await this.executor.runOn(session.connection, { sql: 'rollback', bindings: [] });
        if (scope.clean) await restore(journal, migration, direction, index, entry).catch(() => undefined);
        throw toFailed({ migration, direction, applied }, error, cureOf(name, scope.clean), steps.length > 1 ? index + 1 : undefined);
      }
      session.hooks.push(...scope.takeHooks());
      await journal.stand(name, direction === 'up' ? index + 1 : index);
    }
    if (direction === 'down') await journal.remove(name);
    else await journal.finish(name, steps.length, from === 0 ? fingerprint(statements) : undefined);
  }

  /** Runs every step of a migration where the current asynchronous context is. */
  async runSteps({ migration, direction }: Pick<Run, 'migration' | 'direction'>): Promise<void> {
    const steps = direction === 'up' ? migration.steps : migration.steps.toReversed();
    for (const step of steps) await step[direction]!(this.context);
  }

  /** Constraints are off on SQLite meanwhile, and checked here. Throws `DATA_FOREIGN_KEY`. */
  async checkReferences(connection: Connection): Promise<void> {
    if (this.executor.dialect.name !== 'sqlite') return;
    const { rows } = await this.executor.runOn(connection, { sql: 'pragma foreign_key_check', bindings: [] });
    const [broken] = rows;
    if (broken !== undefined) throw new ForeignKeyViolation({ table: String(broken['table']) });
  }
}

const unknownOutcome = 'Whether it took effect is not known; the journal is part of its transaction: run it again, and it is applied once.';

function isUnknown(error: unknown): boolean {
  return isAppError(error) && error.code === 'DATA_COMMIT_UNKNOWN';
}

// Taking the turn waits for queries that nobody awaited; later ones are refused.
async function endStep(scope: MigrationScope, connection: Connection): Promise<void> {
  await scope.exclusively(async () => scope.close());
  if (!connection.idle) throw new Error('it left a transaction open; use db.transaction()');
}

/** The step did nothing: the journal says what it said before. */
async function restore(
  journal: Journal,
  { name, steps }: Migration,
  direction: 'up' | 'down',
  index: number,
  entry: Entry | undefined,
): Promise<void> {
  if (direction === 'up') await (index === 0 ? journal.remove(name) : journal.stand(name, index));
  else if (index + 1 === steps.length && entry?.finishedAt !== undefined) await journal.finish(name, steps.length, entry.checksums);
  else await journal.stand(name, index + 1);
}

function cureOf(name: string, clean: boolean): string {
  if (clean) return 'Nothing of this step is in the database: correct it and run it again; steps before it are not repeated.';
  return `Statements of this step before the failing one have taken effect and cannot be undone by themselves: bring the schema to where it was before the step, or to where it should be after it, and run \`plinth migrate resolve ${name}\` with --rolled-back or --applied.`;
}

/** The error of a migration that threw; its cause is what it threw. */
export function toFailed(
  { migration, direction, applied = [] }: Pick<Run, 'migration' | 'direction' | 'applied'>,
  error: unknown,
  cure: string,
  step?: number,
): Error {
  const thrown = error instanceof Error ? error.message : 'it threw something that is no Error';
  const reason = isAppError(error) ? error.detail : thrown;
  const stay = applied.length === 0 ? '' : ` Applied before it, and still there: ${applied.join(', ')}.`;
  return DATA_ERRORS.MIGRATION_FAILED(
    { name: migration.name, direction: step === undefined ? direction : `${direction}, step ${step}`, reason, cure: cure + stay },
    { cause: error },
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
