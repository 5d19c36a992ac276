import type { DatabaseFailure } from '../failure/database-errors.js';

/** The databases this package speaks to; MariaDB and MySQL are both `mysql`. */
export type DialectName = 'postgres' | 'mysql' | 'sqlite';

/** One statement as a driver takes it: the dialect's placeholders, and values the driver can bind. */
export interface Statement {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** SQLite only: read integers as bigint, so that none above 2^53 is rounded. */
  readonly bigints?: boolean;
  /** knex's per-query driver options. */
  readonly options?: object | undefined;
}

/** What a statement gave back. */
export interface Result {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Rows changed (or matched, on update). */
  readonly affected: number;
  /** The key that the database generated for the (first) inserted row: MySQL and SQLite. */
  readonly insertId?: number | bigint;
  /** PostgreSQL only: what the server says it did; a COMMIT of a failed transaction says ROLLBACK. */
  readonly command?: string;
  /** The answer in the driver's own shape, for knex. */
  readonly raw: unknown;
}

/** One open connection. It runs one statement at a time. */
export interface Connection {
  run(statement: Statement): Promise<Result>;
  /** Whether the driver says that no transaction is open. Only an idle connection may go back into the pool. */
  readonly idle: boolean;
  /** Whether the connection can no longer be used. */
  readonly broken: boolean;
  /** Marks it as unusable, so that the pool closes it. */
  spoil(): void;
  /** Rolls back what is open, where that is certain to work (SQLite, which lives in this process); else the pool closes the connection. */
  reset?(): void;
  close(): Promise<void>;
  /** Called once if the connection ends by itself. */
  onEnd(listener: () => void): void;
}

/** Isolation levels of the SQL standard; SQLite is always serializable. */
export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

/** Limits and names a connection is opened with; all times in milliseconds. */
export interface ConnectionLimits {
  readonly connectTimeout: number;
  readonly statementTimeout: number;
  readonly lockTimeout: number;
  readonly idleInTransactionTimeout: number;
  readonly applicationName: string;
}

/** What differs between the databases. One file per database implements it. */
export interface Dialect {
  readonly name: DialectName;
  /** `MariaDB` needs other statements than MySQL here and there; known after the first connection. */
  readonly variant: 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
  readonly version: string;
  /** Most values that one statement may bind. */
  readonly maxBindings: number;
  /** The number of connections that make sense; 1 on SQLite. */
  readonly maxConnections: number;
  /** Distance between generated keys of one INSERT of several rows (MySQL). */
  readonly keyIncrement: number;
  /** Loads the driver and opens a connection. */
  connect(): Promise<Connection>;
  /** Statements that begin a transaction. */
  begin(isolation: Isolation | undefined): readonly string[];
  /** Whether a COMMIT's answer means that the transaction took effect. */
  committed(result: Result): boolean;
  /** Turns a driver's error into a typed failure. */
  toFailure(error: unknown): DatabaseFailure;
}
