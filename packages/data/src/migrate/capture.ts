import type { Executor } from '../database/executor.js';
import type { Connection, Statement } from '../dialect/dialect.js';
import { MigrationScope } from './migration-scope.js';
import { captureStatements } from './recorded-connection.js';

/** What `work` would run, and the error it ended with, if reading nothing made it fail. */
export interface Captured {
  readonly statements: readonly string[];
  readonly error?: unknown;
}

/** Runs `work` without the database: each of its statements is noted, and answered as if there were no rows. */
export async function capture(executor: Executor, connection: Connection, work: () => unknown): Promise<Captured> {
  const statements: string[] = [];
  const captured = captureStatements(connection, executor.dialect.name, statements);
  // Nothing is run, so nothing is observed either.
  const runOn = (target: Connection, statement: Statement) => target.run(statement);
  const iterateOn = async function* () {
    // No rows.
  };
  const scope = new MigrationScope({ runOn, iterateOn }, captured, 30_000, async () => undefined);
  try {
    await executor.within(scope, work);
    return { statements };
  } catch (error) {
    return { statements, error };
  } finally {
    scope.close();
  }
}
