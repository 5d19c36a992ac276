import type { Database } from '../database/database.js';
import type { Executor } from '../database/executor.js';
import { executorOf } from '../database/open-database.js';
import { DATA_ERRORS } from '../errors.js';
import { SandboxScope } from './sandbox-scope.js';

/** An open sandbox; `await using` ends it. */
export interface Sandbox {
  /** Undoes everything that was written since it was opened, and gives the connection back. */
  rollback(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Runs a test in a transaction that is always rolled back: what it wrote is gone afterwards. Its result, or its error, is handed on.
 * Holds for the asynchronous context of the test only, so that tests may run side by side.
 *
 * @example
 * aroundEach((runTest) => sandbox(db, runTest));
 */
export async function sandbox<T>(database: Database, test: () => Promise<T> | T): Promise<T> {
  const executor = executorOf(database);
  const scope = await begin(executor);
  try {
    return await executor.within(scope, test);
  } finally {
    await end(executor, scope);
  }
}

/**
 * Opens a sandbox for everything that uses the database from now on, also for requests that come over a socket; for `beforeEach` and
 * `afterEach`. One at a time.
 *
 * @example
 * beforeEach(async () => void (opened = await openSandbox(db)));
 * afterEach(() => opened.rollback());
 */
export async function openSandbox(database: Database): Promise<Sandbox> {
  const executor = executorOf(database);
  const scope = await begin(executor);
  executor.adopt(scope);
  let ended: Promise<void> | undefined;
  const rollback = (): Promise<void> => {
    if (ended !== undefined) return ended;
    executor.adopt(undefined);
    return (ended = end(executor, scope));
  };
  return { rollback, [Symbol.asyncDispose]: rollback };
}

async function begin(executor: Executor): Promise<SandboxScope> {
  if (executor.scope !== undefined)
    throw DATA_ERRORS.TRANSACTION_OPTIONS({
      option: 'a sandbox',
      reason: 'it would not be the outermost one, which alone can undo everything',
    });
  const connection = await executor.acquire();
  try {
    for (const sql of executor.dialect.begin(undefined)) await executor.runOn(connection, { sql, bindings: [] });
  } catch (error) {
    connection.spoil();
    executor.pool.release(connection);
    throw error;
  }
  return new SandboxScope(executor, connection);
}

async function end(executor: Executor, scope: SandboxScope): Promise<void> {
  const { connection } = scope.setting;
  try {
    await scope.exclusively(async () => {
      scope.close();
      if (connection.broken || connection.idle) return;
      await executor.runOn(connection, { sql: 'rollback', bindings: [] }).catch(() => connection.spoil());
    });
  } finally {
    executor.pool.release(connection);
  }
}
