import { AsyncLocalStorage } from 'node:async_hooks';
import { type AppError, currentContext, isAppError, type RequestContext } from '@plinth/core';
import { endOf, refuseEnded, requestEnded, requestSignal } from './request-end.js';
import { DATA_ERRORS } from '../errors.js';
import { Unavailable } from '../failure/database-errors.js';
import type { Connection, Dialect, Result, Rows, Statement } from '../dialect/dialect.js';
import { asItIs, type Read, type Scope } from '../transaction/scope.js';
import type { Pool } from './pool.js';
import type { QueryObserver } from './query-observer.js';
import { hitByMistake, Pipeline } from './pipeline.js';
import { StatementRunner } from './statement-runner.js';
import type { StatementWatch } from './statement-watch.js';

/** A place where statements run: a transaction, or a connection borrowed for one query. */
export interface Lease {
  /** knex reads these two. */
  readonly __knexUid: string;
  __knex__disposed?: unknown;
  released?: boolean;
  /** Settles when a stream of rows has left the connection. */
  streaming?: Promise<void>;
  readonly scope?: Scope;
  readonly connection?: Connection;
}

let leases = 0;

/** Runs statements: in the transaction of the current asynchronous context, or on a connection of the pool. */
export class Executor {
  readonly #scopes = new AsyncLocalStorage<Scope | undefined>();
  readonly #pipeline: Pipeline | undefined;
  readonly #runner: StatementRunner;
  readonly runOn: StatementRunner['runOn'];
  readonly start: StatementRunner['start'];
  readonly iterateOn: StatementRunner['iterateOn'];
  #closed = false;
  #adopted: Scope | undefined;

  constructor(
    readonly dialect: Dialect,
    readonly pool: Pool,
    private readonly observer: QueryObserver,
    /** Not for SQLite, which lives in this process. */
    watch?: StatementWatch,
    /** Connections that read while the one that writes is taken; SQLite only. */
    private readonly readers?: Pool,
  ) {
    this.#runner = new StatementRunner(dialect, pool, observer, watch);
    ({ runOn: this.runOn, start: this.start, iterateOn: this.iterateOn } = this.#runner);
    if (dialect.pipelines !== undefined && watch !== undefined) this.#pipeline = new Pipeline({ dialect, pool, watch });
  }

  /** The transaction of the current asynchronous context. */
  get scope(): Scope | undefined {
    return this.#scopes.getStore() ?? this.#adopted;
  }

  /** Makes a transaction the ambient one of every context that has none: sandboxes of tests. */
  adopt(scope: Scope | undefined): void {
    this.#adopted = scope;
  }

  /** Runs `fn` with `scope` as the ambient transaction; a lazy thenable it returns starts inside, too. */
  within<T>(scope: Scope | undefined, fn: () => Promise<T> | T): Promise<T> {
    return this.#scopes.run(scope, async () => await fn());
  }

  /** Runs one statement and gives back its rows, or what `read` makes of them. */
  run(statement: Statement): Promise<Result>;
  run<T>(statement: Statement, read: Read<T>): Promise<T>;
  run(statement: Statement, read: Read<unknown> = asItIs): Promise<unknown> {
    const request = currentContext();
    if (request !== undefined) {
      const end = endOf(request);
      if (end !== undefined) return Promise.reject(requestEnded(end.reason));
    }
    const repeated = this.observer.repeats?.count(statement.sql, request);
    if (repeated !== undefined) return Promise.reject(repeated);
    const { scope } = this;
    if (scope !== undefined) return scope.ask(statement, request, read);
    if (this.#closed) return Promise.reject(DATA_ERRORS.CLOSED());
    if (this.#pipeline !== undefined && this.dialect.pipelines!(statement)) {
      const answer = this.#pipeline.run(statement, request);
      if (answer !== undefined) return this.#pipelined(answer, statement, request, read);
    }
    const connection = this.pool.takeIdle();
    if (connection === undefined) return this.#runLater(statement, request, read);
    return this.start(connection, statement, request, read, (failure) => {
      this.pool.release(connection);
      return failure;
    });
  }

  /** An answer of a shared connection. */
  async #pipelined<T>(answer: Promise<Result>, statement: Statement, request: RequestContext | undefined, read: Read<T>): Promise<T> {
    const started = performance.now();
    let result: Result;
    try {
      result = await answer;
    } catch (error) {
      if (error === hitByMistake) return this.#runLater(statement, request, read);
      throw this.#runner.failed(statement, started, error, request);
    }
    if (this.observer.active) this.observer.finished(statement, performance.now() - started, result, request);
    return read(result);
  }

  /** Runs a statement for which there is no connection yet. */
  async #runLater<T>(statement: Statement, request: RequestContext | undefined, read: Read<T>): Promise<T> {
    const pipeline = this.#pipeline?.takes(statement) === true ? this.#pipeline : undefined;
    let connection = this.#closed ? undefined : this.pool.takeIdle();
    if (connection === undefined && this.readers !== undefined) {
      const result = await this.#readAside(this.readers, statement, request);
      if (result !== undefined) return read(result);
    }
    while (connection === undefined) {
      connection = await this.#acquire(pipeline !== undefined);
      // Room on a shared connection may have come first.
      const shared = connection === undefined ? pipeline?.run(statement, request) : pipeline?.share(connection, statement, request);
      if (shared !== undefined) return this.#pipelined(shared, statement, request, read);
    }
    try {
      return read(await this.runOn(connection, statement, request));
    } finally {
      this.pool.release(connection);
    }
  }

  /** Undefined where the statement needs the connection that writes: temporary tables and attached files are known there only. */
  async #readAside(readers: Pool, statement: Statement, request: RequestContext | undefined): Promise<Result | undefined> {
    const reader = await this.#acquireReader(readers, statement);
    if (reader === undefined) return undefined;
    try {
      return await this.runOn(reader, statement, request);
    } catch (error) {
      if ((error as AppError).code !== 'DATA_SCHEMA_MISMATCH') throw error;
      return undefined;
    } finally {
      readers.release(reader);
    }
  }

  async #acquireReader(readers: Pool, statement: Statement): Promise<Connection | undefined> {
    // The first connection makes the file and its log.
    if (this.#closed || this.pool.use.open === 0 || this.dialect.reads?.(statement) !== true) return undefined;
    refuseEnded();
    return readers.acquire(requestSignal).catch(() => undefined);
  }

  /**
   * Runs one statement and gives its rows in batches of up to `size`, reading no further than the loop does. Holds a connection, or the
   * turn of the ambient transaction, until the loop ends, breaks or throws.
   */
  iterate(statement: Statement, size: number): AsyncIterable<Rows> {
    const { scope } = this;
    const request = currentContext();
    const repeated = this.observer.repeats?.count(statement.sql, request);
    if (repeated !== undefined) throw repeated;
    return scope === undefined ? this.#iterateAlone(statement, size, request) : scope.iterate(statement, size, request);
  }

  async *#iterateAlone(statement: Statement, size: number, request: RequestContext | undefined): AsyncGenerator<Rows, void, undefined> {
    let pool = this.pool;
    let connection = await this.acquire();
    // The loop may write: it must not have the connection that it needs for that.
    const reader = this.readers === undefined ? undefined : await this.#acquireReader(this.readers, statement);
    if (reader !== undefined) {
      pool.release(connection);
      [pool, connection] = [this.readers!, reader];
    }
    try {
      yield* this.iterateOn(connection, statement, size, request);
    } finally {
      pool.release(connection);
    }
  }

  /** An idle connection, where there is one; checks what `acquire` does. */
  acquireNow(): Connection | undefined {
    if (this.#closed) throw DATA_ERRORS.CLOSED();
    refuseEnded();
    return this.pool.takeIdle();
  }

  /** A connection of the pool; opening failures are typed. Rejects with `DATA_REQUEST_ENDED` once the request that asks is aborted. */
  async acquire(): Promise<Connection> {
    return (await this.#acquire(false))!;
  }

  async #acquire(elsewhere: boolean): Promise<Connection | undefined> {
    if (this.#closed) throw DATA_ERRORS.CLOSED();
    refuseEnded();
    try {
      return await (elsewhere ? this.pool.acquireOrElsewhere(requestSignal) : this.pool.acquire(requestSignal));
    } catch (error) {
      // A TypeError and the like are mistakes in code, not news about the server.
      if (isAppError(error) || error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError) throw error;
      const failure = this.dialect.toFailure(error);
      const unclear = failure.code === 'DATA_CONNECTION_LOST' || failure.code === 'DATA_TIMEOUT';
      throw unclear ? new Unavailable({ driverCode: failure.driverCode, cause: failure.cause }) : failure;
    }
  }

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
    const giveBack = (): void => this.pool.release(lease.connection!);
    // knex gives a stream's connection back while it is still being left.
    if (lease.streaming === undefined) giveBack();
    else void lease.streaming.then(giveBack);
  }

  /** Runs a knex query on its lease; in the savepoint of the current context, if that has been opened on the lease meanwhile. */
  runLeased(lease: Lease, statement: Statement): Promise<Result> {
    const { scope } = this;
    const request = currentContext();
    const repeated = this.observer.repeats?.count(statement.sql, request);
    if (repeated !== undefined) return Promise.reject(repeated);
    if (lease.scope !== undefined) return (scope?.isWithin(lease.scope) ? scope : lease.scope).run(statement, request);
    if (scope?.setting.connection === lease.connection) return scope!.run(statement, request);
    return this.runOn(lease.connection!, statement, request);
  }

  /** The rows of a knex query on its lease, in batches of up to `size`. */
  iterateLeased(lease: Lease, statement: Statement, size: number): AsyncIterable<Rows> {
    const { scope } = this;
    const request = currentContext();
    const repeated = this.observer.repeats?.count(statement.sql, request);
    if (repeated !== undefined) throw repeated;
    if (lease.scope !== undefined) return (scope?.isWithin(lease.scope) ? scope : lease.scope).iterate(statement, size, request);
    return this.iterateOn(lease.connection!, statement, size, request);
  }

  async close(grace: number): Promise<void> {
    this.#closed = true;
    await Promise.all([this.readers?.close(grace), this.pool.close(grace)]);
    await this.dialect.close?.();
  }
}
