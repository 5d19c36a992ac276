import { channel } from 'node:diagnostics_channel';
import type { DialectName, Result, Statement } from '../dialect/dialect.js';
import type { AppError } from '@plinth/core';
import { DatabaseFailure } from '../failure/database-errors.js';

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
  ) {}

  finished(statement: Statement, duration: number, result: Result): void {
    this.#tell(statement, duration, Math.max(result.rows.length, result.affected));
  }

  failed(statement: Statement, duration: number, error: AppError): void {
    this.#tell(statement, duration, 0, error);
  }

  #tell(statement: Statement, duration: number, rows: number, error?: AppError): void {
    const { sql } = statement;
    if (queryChannel.hasSubscribers) {
      const event: QueryEvent = {
        sql,
        bindings: statement.bindings.length,
        duration,
        rows,
        dialect: this.dialect,
        database: this.database,
        ...(error && { error }),
      };
      queryChannel.publish(event);
    }
    if (this.logger === undefined) return;
    const fields = {
      sql,
      duration: Math.round(duration * 1000) / 1000,
      rows,
      ...(error && { code: error.code, driverCode: error instanceof DatabaseFailure ? error.driverCode : undefined }),
    };
    if (duration >= this.slowQuery) this.logger.warn(fields, `Slow query: ${Math.round(duration)} ms`);
    else this.logger.debug(fields, error === undefined ? 'Query' : 'Query failed');
  }
}
