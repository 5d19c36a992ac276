import { channel } from 'node:diagnostics_channel';
import { type AppError, currentContext, type RequestContext } from '@plinth/core';
import type { DialectName, Result, Statement } from '../dialect/dialect.js';
import { DatabaseFailure } from '../failure/database-errors.js';
import type { NPlusOneDetector } from './n-plus-one.js';

/** What the diagnostics channel `plinth:data.query` publishes after each statement. Values are never part of it. */
export interface QueryEvent {
  /** The statement with its placeholders. */
  readonly sql: string;
  /** Number of bound values. */
  readonly bindings: number;
  /** Milliseconds on the connection, waiting for one not included. */
  readonly duration: number;
  /** Rows read or changed. */
  readonly rows: number;
  readonly dialect: DialectName;
  /** The database it ran on, as named by `Database.name`. */
  readonly database: string;
  /** The id of the request it ran for. */
  readonly requestId?: string;
  /** The typed failure; nearly always a `DatabaseFailure`. */
  readonly error?: AppError;
}

/** As much of a logger as the data package needs; core's `Logger` and pino satisfy it. */
export interface QueryLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Every query of every database of this process: `subscribe((event) => ...)`. */
export const queryChannel = channel('plinth:data.query');

/** Publishes and logs each statement: at debug level, and as a warning when it was slow. */
export class QueryObserver {
  constructor(
    private readonly dialect: DialectName,
    private readonly database: string,
    /** Milliseconds from which on a query is warned about. */
    private readonly slowQuery: number,
    private readonly logger: QueryLogger | undefined,
    /** Counts repeated statements; absent where nobody asked for that. */
    readonly repeats?: NPlusOneDetector,
  ) {}

  /** Whether anybody wants to know. */
  get active(): boolean {
    return this.logger !== undefined || queryChannel.hasSubscribers;
  }

  finished(statement: Statement, duration: number, result: Result, request?: RequestContext): void {
    this.#tell(statement, duration, Math.max(result.rows.length, result.affected), request);
  }

  failed(statement: Statement, duration: number, error: AppError, request?: RequestContext): void {
    this.#tell(statement, duration, 0, request, error);
  }

  #tell(statement: Statement, duration: number, rows: number, request?: RequestContext, error?: AppError): void {
    if (!this.active) return;
    const { sql } = statement;
    const requestId = (request ?? currentContext())?.id;
    if (queryChannel.hasSubscribers) {
      const event: QueryEvent = {
        sql,
        bindings: statement.bindings.length,
        duration,
        rows,
        dialect: this.dialect,
        database: this.database,
        ...(requestId !== undefined && { requestId }),
        ...(error && { error }),
      };
      queryChannel.publish(event);
    }
    if (this.logger === undefined) return;
    const fields = {
      sql,
      duration: Math.round(duration * 1000) / 1000,
      rows,
      ...(requestId !== undefined && { requestId }),
      ...(error && { code: error.code, driverCode: error instanceof DatabaseFailure ? error.driverCode : undefined }),
    };
    if (duration >= this.slowQuery) this.logger.warn(fields, `Slow query: ${Math.round(duration)} ms`);
    else this.logger.debug(fields, error === undefined ? 'Query' : 'Query failed');
  }
}
