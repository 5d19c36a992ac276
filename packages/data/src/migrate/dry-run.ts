import type { Executor } from '../database/executor.js';
import type { Transactions } from '../transaction/transaction.js';
import { capture } from './capture.js';
import { recordStatements } from './recorded-connection.js';
import { type MigrationRunner, type MigrationSession, type Run, toFailed } from './run-migration.js';

/** The SQL of a migration that a dry run found. */
export interface MigrationSql {
  readonly name: string;
  readonly direction: 'up' | 'down';
  /** What it runs, with placeholders for values. */
  readonly statements: readonly string[];
  /** Whether the statements were run and rolled back; else they were only noted, and every question was answered with no rows. */
  readonly ran: boolean;
  /** Why the statements are not all, where that is so: it needs an answer that only a real run gives. */
  readonly incomplete?: string;
}

// Thrown to roll back, never seen outside.
const enough = new Error('the dry run ends');

/**
 * What migrations would run. Where schema changes can be undone they run, one after the other in one transaction that is rolled back; on
 * MySQL and MariaDB, and with `transaction: false`, their statements are noted without being run. Throws `DATA_MIGRATION_FAILED`.
 */
export async function dryRun(
  {
    executor,
    transactions,
    runner,
  }: { readonly executor: Executor; readonly transactions: Transactions; readonly runner: MigrationRunner },
  session: MigrationSession,
  runs: readonly Run[],
  begun: () => void,
): Promise<readonly MigrationSql[]> {
  const found: MigrationSql[] = [];
  const note = async (run: Run): Promise<void> => {
    const { statements, error } = await capture(executor, session.connection, () => runner.runSteps(run));
    const incomplete =
      error === undefined ? {} : { incomplete: error instanceof Error ? error.message : 'it threw something that is no Error' };
    found.push({ name: run.migration.name, direction: run.direction, statements, ran: false, ...incomplete });
  };
  if (executor.dialect.name === 'mysql') {
    for (const run of runs) await note(run);
    return found;
  }
  const statements: string[] = [];
  await transactions
    .runOn(recordStatements(session.connection, statements), async () => {
      begun();
      for (const run of runs) {
        if (!runner.isTransactional(run.migration)) {
          await note(run);
          continue;
        }
        const start = statements.length;
        try {
          await runner.runSteps(run);
          await executor.scope!.exclusively(async () => {
            executor.scope!.checkUsable();
            await runner.checkReferences(session.connection);
          });
        } catch (error) {
          throw toFailed(run, error, 'It was a dry run: nothing has changed. Correct it and run it again.');
        }
        found.push({ name: run.migration.name, direction: run.direction, statements: statements.slice(start), ran: true });
      }
      throw enough;
    })
    .catch((error: unknown) => {
      if (error !== enough) throw error;
    });
  return found;
}
