import { AsyncLocalStorage } from 'node:async_hooks';
import { isAppError } from '@plinth/core';
import { refuseEnded, requestSignal } from './request-end.js';
import { DATA_ERRORS } from '../errors.js';
import { Unavailable } from '../failure/database-errors.js';
import type { Connection, Dialect, Result, Statement } from '../dialect/dialect.js';
import { Scope } from '../transaction/scope.js';
import type { Pool } from './pool.js';
import type { QueryObserver } from './query-observer.js';
import type { ServerWatch } from './server-watch.js';

/** A place where statements run: a transaction, or a connection borrowed for one query. */
export interface Lease {
  /** knex reads these two. */
  readonly __knexUid: string;
  __knex__disposed?: unknown;
  released?: boolean;
  readonly scope?: Scope;
  readonly connection?: Connection;
}

let leases = 0;

/** Runs statements: in the transaction of the current asynchronous context, or on a connection of the pool. */
export class Executor {
  readonly #scopes = new AsyncLocalStorage<Scope | undefined>();
  #closed = false;

  constructor(
    readonly dialect: Dialect,
    readonly pool: Pool,
    private readonly observer: QueryObserver,
    /** Not for SQLite, which lives in this process. */
    private readonly watch?: ServerWatch,
  ) {}

  /** The transaction of the current asynchronous context. */
  get scope(): Scope | undefined {
    return this.#scopes.getStore();
  }

  /** Runs `fn` with `scope` as the ambient transaction; a lazy thenable it returns starts inside, too. */
  within<T>(scope: Scope | undefined, fn: () => Promise<T> | T): Promise<T> {
    return this.#scopes.run(scope, async () => await fn());
  }

  /** Runs one statement and gives back its rows. */
  async run(statement: Statement): Promise<Result> {
    refuseEnded();
    const { scope } = this;
    if (scope !== undefined) return scope.run(statement);
    const connection = await this.acquire();
    try {
      return await this.runOn(connection, statement);
    } finally {
      this.pool.release(connection);
    }
  }

  /** A connection of the pool; opening failures are typed. Rejects with `DATA_REQUEST_ENDED` once the request that asks is aborted. */
  async acquire(): Promise<Connection> {
    if (this.#closed) throw DATA_ERRORS.CLOSED();
    refuseEnded();
    try {
      return await this.pool.acquire(requestSignal);
    } catch (error) {
      // A TypeError and the like are mistakes in code, not news about the server.
      if (isAppError(error) || error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError) throw error;
      const failure = this.dialect.toFailure(error);
      const unclear = failure.code === 'DATA_CONNECTION_LOST' || failure.code === 'DATA_TIMEOUT';
      throw unclear ? new Unavailable({ driverCode: failure.driverCode, cause: failure.cause }) : failure;
    }
  }

  /** Runs a statement on a given connection: timed, published, its failure typed. */
  readonly runOn = async (connection: Connection, statement: Statement): Promise<Result> => {
    const started = performance.now();
    try {
      const answer = connection.run(statement);
      const result = await (this.watch === undefined ? answer : this.watch.until(answer, connection));
      const now = performance.now();
      this.pool.heard(now);
      this.observer.finished(statement, now - started, result);
      return result;
    } catch (error) {
      const failure = isAppError(error) ? error : this.dialect.toFailure(error);
      this.observer.failed(statement, performance.now() - started, failure);
      throw failure;
    }
  };

  /** Where a knex query runs: the ambient transaction, or a borrowed connection. */
  async lease(): Promise<Lease> {
    refuseEnded();
    const { scope } = this;
    const __knexUid = `plinth${++leases}`;
    if (scope !== undefined) return { __knexUid, scope };
    return { __knexUid, connection: await this.acquire() };
  }

  /** Ends a lease; a transaction keeps its connection. */
  release(lease: Lease): void {
    if (lease.scope !== undefined) {
      if (lease.__knex__disposed !== undefined) lease.scope.fail(lease.__knex__disposed);
      return;
    }
    // knex releases the connection of a stream twice.
    if (lease.released === true) return;
    lease.released = true;
    // knex gave up on a query by its own timeout: it may still run.
    if (lease.__knex__disposed !== undefined) lease.connection!.spoil();
    this.pool.release(lease.connection!);
  }

  /** Runs a knex query on its lease; in the savepoint of the current context, if that has been opened on the lease meanwhile. */
  runLeased(lease: Lease, statement: Statement): Promise<Result> {
    const { scope } = this;
    if (lease.scope !== undefined) return (scope?.isWithin(lease.scope) ? scope : lease.scope).run(statement);
    if (scope?.setting.connection === lease.connection) return scope!.run(statement);
    return this.runOn(lease.connection!, statement);
  }

  async close(grace: number): Promise<void> {
    this.#closed = true;
    await this.pool.close(grace);
  }
}
