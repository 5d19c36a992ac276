import { type AppError, isAppError, type RequestContext } from '@plinth/core';
import type { Connection, Dialect, Result, Rows, Statement } from '../dialect/dialect.js';
import { asItIs, type Ended, type Read, type Start } from '../transaction/scope.js';
import type { Pool } from './pool.js';
import type { QueryObserver } from './query-observer.js';
import { refuseEnded } from './request-end.js';
import type { StatementWatch } from './statement-watch.js';

/** Runs statements on connections that its caller has: timed, published, looked after, their failures typed. */
export class StatementRunner {
  constructor(
    private readonly dialect: Dialect,
    private readonly pool: Pool,
    private readonly observer: QueryObserver,
    private readonly watch: StatementWatch | undefined,
  ) {}

  /**
   * Runs a statement on a given connection: timed, published, its failure typed. It is cancelled on the server when `request` ends, and
   * fails with `DATA_REQUEST_ENDED` then, unless it was quicker.
   */
  readonly runOn = (connection: Connection, statement: Statement, request?: RequestContext): Promise<Result> =>
    this.start(connection, statement, request, asItIs, undefined);

  /** The same where every step counts: the answer is read, and `ended` is called before the caller knows. */
  readonly start: Start = (connection, statement, request, read, ended) => {
    if (connection.runNow === undefined) return this.#startOnServer(connection, statement, request, read, ended);
    const started = performance.now();
    let result: Result | undefined;
    try {
      result = connection.runNow(statement);
    } catch (error) {
      const failure = this.failed(statement, started, error, request);
      return Promise.reject(ended?.(failure) ?? failure);
    }
    // It has to wait for its turn, or for another process.
    if (result === undefined) return this.#startOnServer(connection, statement, request, read, ended);
    this.pool.heard(started);
    if (this.observer.active) this.observer.finished(statement, performance.now() - started, result, request);
    const failure = ended?.(undefined);
    if (failure !== undefined) return Promise.reject(failure);
    try {
      return Promise.resolve(read(result));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  };

  // Asynchronous for the sake of the caller's context, which the callbacks of a socket do not have, and of the stack of its failures.
  async #startOnServer<T>(
    connection: Connection,
    statement: Statement,
    request: RequestContext | undefined,
    read: Read<T>,
    ended: Ended | undefined,
  ): Promise<T> {
    const started = performance.now();
    let result: Result;
    try {
      result = await (this.watch === undefined ? connection.run(statement) : this.watch.run(connection, statement, request, started));
    } catch (error) {
      const failure = this.failed(statement, started, error, request);
      throw ended?.(failure) ?? failure;
    }
    const now = performance.now();
    this.pool.heard(now);
    if (this.observer.active) this.observer.finished(statement, now - started, result, request);
    const failure = ended?.(undefined);
    if (failure !== undefined) throw failure;
    return read(result);
  }

  /** Publishes a failure, typed. */
  failed(statement: Statement, started: number, error: unknown, request: RequestContext | undefined): AppError {
    const failure = isAppError(error) ? error : this.dialect.toFailure(error);
    this.observer.failed(statement, performance.now() - started, failure, request);
    return failure;
  }

  /** The rows of a statement on a given connection, in batches: timed, published, its failure typed. */
  readonly iterateOn = (connection: Connection, statement: Statement, size: number, request?: RequestContext): AsyncIterable<Rows> =>
    this.#batches(connection, statement, size, request);

  async *#batches(connection: Connection, statement: Statement, size: number, request: RequestContext | undefined) {
    const started = performance.now();
    let count = 0;
    try {
      const batches = streamOf(connection, statement, size)[Symbol.asyncIterator]();
      try {
        for (;;) {
          refuseEnded(request);
          const answer = batches.next();
          const next = await (this.watch === undefined ? answer : this.watch.until(answer, connection, request));
          this.pool.heard(performance.now());
          if (next.done === true) break;
          count += next.value.length;
          yield next.value;
        }
      } finally {
        // A spoilt connection may never answer again; it is closed by the pool.
        if (!connection.broken) await batches.return?.();
      }
      this.observer.finished(statement, performance.now() - started, { rows: [], affected: count, raw: undefined }, request);
    } catch (error) {
      throw this.failed(statement, started, error, request);
    }
  }
}

// A connection that cannot stream gives everything at once, in pieces.
function streamOf(connection: Connection, statement: Statement, size: number): AsyncIterable<Rows> {
  return connection.stream?.(statement, size) ?? chunksOf(connection.run(statement), size);
}

async function* chunksOf(answer: Promise<Result>, size: number): AsyncGenerator<Rows, void, undefined> {
  const { rows } = await answer;
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
