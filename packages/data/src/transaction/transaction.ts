import { isAppError, runUninterrupted } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import type { Connection, Dialect, Isolation, Result, Statement } from '../dialect/dialect.js';
import type { Executor } from '../database/executor.js';
import { CommitOutcomeUnknown, ConnectionLost, DatabaseFailure } from '../failure/database-errors.js';
import { describeType } from '../table/row-codec.js';
import { Scope, toAborted } from './scope.js';

/** How a transaction runs. */
export interface TransactionOptions {
  /** The isolation level; default: the database's own (PostgreSQL read committed, MariaDB repeatable read, SQLite serializable). */
  readonly isolation?: Isolation;
  /**
   * What happens inside another transaction: `nested` (default) makes a savepoint, `required` joins it,
   * `requires-new` takes another connection and commits by itself (not on SQLite).
   */
  readonly mode?: 'nested' | 'required' | 'requires-new';
  /** How often to run again after `DATA_SERIALIZATION` or `DATA_DEADLOCK`, outermost transactions only; default 0. */
  readonly retries?: number;
  /** Whether the database refuses every write in it (`DATA_READ_ONLY`); outermost transactions only, on PostgreSQL, MariaDB and MySQL. */
  readonly readOnly?: boolean;
  /**
   * Longest wait for a lock in it, in milliseconds (whole seconds on MariaDB and MySQL); default: the database's `lockTimeout`. Outermost
   * transactions only, on PostgreSQL, MariaDB and MySQL.
   */
  readonly lockTimeout?: number;
}

/** What a committed transaction leaves: its value, and what is to run now. */
export interface Committed<T> {
  readonly value: T;
  readonly hooks: readonly (() => unknown)[];
}

/** Called with errors of `afterCommit` hooks, which cannot undo the commit any more. */
export type HookFailed = (error: unknown) => void;

/** The statements of a transaction's life, over an executor. */
export class Transactions {
  constructor(
    private readonly executor: Executor,
    private readonly turnLimit: number,
    private readonly hookFailed: HookFailed,
  ) {}

  /** Runs `fn` in a transaction; every query of its asynchronous context joins. Commits when `fn` resolves, else rolls back. */
  async run<T>(fn: () => Promise<T> | T, options: TransactionOptions = {}): Promise<T> {
    checkChoices(fn, options);
    const outer = this.executor.scope;
    const { mode = 'nested' } = options;
    if (outer === undefined || mode === 'requires-new') {
      if (outer !== undefined && this.executor.dialect.name === 'sqlite') throw DATA_ERRORS.REQUIRES_NEW_UNSUPPORTED();
      checkOptions(options, this.executor.dialect);
      return await (options.retries === undefined ? this.#outermost(fn, options) : this.#retrying(fn, options));
    }
    refuseInner(options, outer);
    return mode === 'required' && outer.joinable ? this.#join(fn, outer) : this.nested(fn, outer);
  }

  /**
   * Runs `fn` in a transaction on a connection that the caller has acquired and will release.
   * The hooks given back are to be run by `runHooks` after that release.
   */
  async runOn<T>(connection: Connection, fn: () => Promise<T> | T, options: TransactionOptions = {}): Promise<Committed<T>> {
    const { runOn, start, iterateOn } = this.executor;
    const scope = new Scope({ connection, runOn, start, iterateOn, turnLimit: this.turnLimit, isolation: options.isolation });
    await this.#begin(scope, options);
    try {
      const value = await this.executor.within(scope, fn);
      await this.#commit(scope);
      return { value, hooks: scope.takeHooks() };
    } catch (error) {
      await this.#rollback(scope);
      throw error;
    }
  }

  /** Runs `fn` behind a savepoint of `outer`. */
  async nested<T>(fn: () => Promise<T> | T, outer: Scope): Promise<T> {
    outer.checkUsable();
    // The savepoint has the connection to itself: a query of the outer scope in between would be undone with it.
    return outer.exclusively(async () => {
      outer.checkUsable();
      const name = outer.nextSavepoint();
      await outer.runInTurn({ sql: `savepoint ${name}`, bindings: [] });
      const scope = new Scope(outer.setting, outer);
      try {
        const value = await this.executor.within(scope, fn);
        await scope.exclusively(async () => {
          scope.close();
          if (scope.failure !== undefined) throw toAborted(scope.failure);
          await outer.runInTurn({ sql: `release savepoint ${name}`, bindings: [] });
        });
        for (const hook of scope.takeHooks()) outer.afterCommit(hook);
        return value;
      } catch (error) {
        await this.#rollbackTo(name, scope, outer);
        throw error;
      }
    });
  }

  /** Runs hooks after a commit, outside of any transaction, one after the other, also where the request has ended meanwhile. */
  async runHooks(hooks: readonly (() => unknown)[]): Promise<void> {
    for (const hook of hooks) {
      await runUninterrupted(() => this.executor.within(undefined, hook)).catch(this.hookFailed);
    }
  }

  async #retrying<T>(fn: () => Promise<T> | T, options: TransactionOptions): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#outermost(fn, options);
      } catch (error) {
        if (attempt >= (options.retries ?? 0) || !isRetryable(error)) throw error;
        const pause = Math.min(10 * 2 ** attempt, 500) * (0.5 + Math.random());
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async #outermost<T>(fn: () => Promise<T> | T, options: TransactionOptions): Promise<T> {
    const connection = this.executor.acquireNow() ?? (await this.executor.acquire());
    let committed: Committed<T>;
    try {
      committed = await this.runOn(connection, fn, options);
    } finally {
      if (options.lockTimeout !== undefined) await this.#restore(connection, options);
      this.executor.pool.release(connection);
    }
    if (committed.hooks.length > 0) await this.runHooks(committed.hooks);
    return committed.value;
  }

  async #join<T>(fn: () => Promise<T> | T, outer: Scope): Promise<T> {
    outer.checkUsable();
    try {
      return await this.executor.within(outer, fn);
    } catch (error) {
      outer.fail(error);
      throw error;
    }
  }

  async #begin(scope: Scope, { isolation, readOnly, lockTimeout }: TransactionOptions): Promise<void> {
    const { connection, runOn } = scope.setting;
    const settings = readOnly === undefined && lockTimeout === undefined ? undefined : { readOnly, lockTimeout };
    try {
      for (const sql of this.executor.dialect.begin(isolation, settings)) await runOn(connection, { sql, bindings: [] });
    } catch (error) {
      // Whether the server began is not known: the connection must not be used again.
      if (isAppError(error) && error.code !== 'DATA_LOCK_TIMEOUT') connection.spoil();
      scope.close();
      throw error;
    }
  }

  /** Undoes what holds for the session and not only for the transaction; a connection that cannot is not used again. */
  async #restore(connection: Connection, { readOnly, lockTimeout }: TransactionOptions): Promise<void> {
    if (lockTimeout === undefined || connection.broken || !connection.idle) return;
    for (const sql of this.executor.dialect.restore!({ readOnly, lockTimeout })) {
      await this.executor.runOn(connection, { sql, bindings: [] }).catch(() => connection.spoil());
    }
  }

  async #commit(scope: Scope): Promise<void> {
    // Taking a turn waits for queries that nobody awaited; those that come later are refused.
    if (!scope.enterNow()) await scope.wait();
    try {
      scope.close();
      if (scope.failure !== undefined) throw toAborted(scope.failure);
      const result = await this.#sendCommit(scope.setting.connection);
      if (!this.executor.dialect.committed(result)) throw DATA_ERRORS.TRANSACTION_ABORTED({ code: 'unknown' });
    } finally {
      scope.leave();
    }
  }

  async #sendCommit(connection: Connection): Promise<Result> {
    // Never sent, so the outcome is known: the server rolls back what a lost connection left open.
    if (connection.broken) throw new ConnectionLost();
    try {
      return await this.executor.runOn(connection, commit);
    } catch (error) {
      throw toCommitError(error as DatabaseFailure);
    }
  }

  async #rollback(scope: Scope): Promise<void> {
    const { connection, runOn } = scope.setting;
    await scope.exclusively(async () => {
      scope.close();
      if (connection.broken || connection.idle) return;
      // A connection that cannot roll back is closed by the pool, which rolls back on the server.
      await runOn(connection, { sql: 'rollback', bindings: [] }).catch(() => connection.spoil());
    });
  }

  async #rollbackTo(name: string, scope: Scope, outer: Scope): Promise<void> {
    await scope.exclusively(async () => {
      scope.close();
      const { connection, runOn } = outer.setting;
      if (connection.broken || connection.idle || outer.failure !== undefined) return;
      try {
        await runOn(connection, { sql: `rollback to savepoint ${name}`, bindings: [] });
        await runOn(connection, { sql: `release savepoint ${name}`, bindings: [] });
      } catch (error) {
        // The server has lost the savepoint, and with it perhaps the whole transaction.
        outer.fail(error);
        outer.root.fail(error);
      }
    });
  }
}

// The first is knex's alone.
const isolations: ReadonlySet<unknown> = new Set<Isolation | 'read uncommitted'>([
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
]);
const modes: ReadonlySet<unknown> = new Set<TransactionOptions['mode']>(['nested', 'required', 'requires-new']);

/** The level is a part of the SQL, and a number that is none would try again for ever. Throws `DATA_TRANSACTION_OPTIONS` and `DATA_LIMIT`. */
function checkChoices(fn: unknown, { isolation, mode, retries }: TransactionOptions): void {
  const refuse = (option: string, reason: string): Error => DATA_ERRORS.TRANSACTION_OPTIONS({ option, reason });
  if (typeof fn !== 'function') throw refuse('its work', 'transaction() takes a function and runs it');
  if (isolation !== undefined && !isolations.has(isolation)) throw refuse('this isolation', `the levels are ${[...isolations].join(', ')}`);
  if (mode !== undefined && !modes.has(mode)) throw refuse('this mode', `the modes are ${[...modes].join(', ')}`);
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= mostRetries))
    throw DATA_ERRORS.LIMIT({ name: 'retries', given: describeType(retries), min: 0, max: mostRetries });
}

const mostRetries = 100;

const commit: Statement = { sql: 'commit', bindings: [] };

function checkOptions({ readOnly, lockTimeout }: TransactionOptions, dialect: Dialect): void {
  const longest = 2 ** 31 - 1;
  if (lockTimeout !== undefined && (!Number.isInteger(lockTimeout) || lockTimeout < 1 || lockTimeout > longest)) {
    throw DATA_ERRORS.LIMIT({ name: 'lockTimeout', given: String(lockTimeout), min: 1, max: longest });
  }
  if ((readOnly === undefined && lockTimeout === undefined) || dialect.restore !== undefined) return;
  throw DATA_ERRORS.TRANSACTION_OPTIONS({
    option: readOnly === undefined ? 'lockTimeout' : 'readOnly',
    reason: `it cannot be set for a single transaction on ${dialect.name}`,
  });
}

function refuseInner(options: TransactionOptions, outer: Scope): void {
  // In the sandbox of a test this is the outermost one, as far as the code under test can tell.
  if (!outer.joinable) return;
  if (options.isolation !== undefined && options.isolation !== outer.root.setting.isolation) {
    throw DATA_ERRORS.TRANSACTION_OPTIONS({
      option: `isolation ${options.isolation}`,
      reason: 'the transaction around it has begun with another one',
    });
  }
  for (const option of ['readOnly', 'lockTimeout'] as const) {
    if (options[option] !== undefined) throw DATA_ERRORS.TRANSACTION_OPTIONS({ option, reason: 'it holds for a whole transaction only' });
  }
  if (options.retries !== undefined && options.retries > 0) {
    throw DATA_ERRORS.TRANSACTION_OPTIONS({ option: 'retries', reason: 'only the outermost transaction can be run again' });
  }
}

function toCommitError(failure: DatabaseFailure): DatabaseFailure {
  const unknown = failure.code === 'DATA_CONNECTION_LOST' || failure.code === 'DATA_UNAVAILABLE' || failure.code === 'DATA_TIMEOUT';
  return unknown ? new CommitOutcomeUnknown({ driverCode: failure.driverCode, cause: failure }) : failure;
}

function isRetryable(error: unknown): boolean {
  if (!isAppError(error)) return false;
  if (error.code === 'DATA_SERIALIZATION' || error.code === 'DATA_DEADLOCK') return true;
  // PostgreSQL: a prepared statement was not what the server has any more. It was forgotten, so the next attempt prepares it again.
  if (error instanceof DatabaseFailure && staleStatement.has(error.driverCode ?? '')) return true;
  // The failure was caught, and the transaction rolled back because of it.
  return error.code === 'DATA_TRANSACTION_ABORTED' && isRetryable(error.cause);
}

const staleStatement: ReadonlySet<string> = new Set(['26000', '42P05', '0A000']);
