import type { DatabaseFailure } from '../failure/database-errors.js';

/** The databases this package speaks to; MariaDB and MySQL are both `mysql`. */
export type DialectName = 'postgres' | 'mysql' | 'sqlite' | 'mssql';

/** One statement as a driver takes it: the dialect's placeholders, and values the driver can bind. */
export interface Statement {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** Whether this text comes again with other values: worth a prepared statement. Without it the text is sent as it is. */
  readonly prepare?: boolean;
  /** SQLite only: read integers as bigint, so that none above 2^53 is rounded. */
  readonly bigints?: boolean;
  /** knex's per-query driver options. */
  readonly options?: object | undefined;
}

/** Rows as the driver gives them. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

/** What a statement gave back. */
export interface Result {
  readonly rows: Rows;
  /** Rows changed (or matched, on update). */
  readonly affected: number;
  /** The key that the database generated for the (first) inserted row: MySQL and SQLite. */
  readonly insertId?: number | bigint;
  /** PostgreSQL only: what the server says it did; a COMMIT of a failed transaction says ROLLBACK. */
  readonly command?: string;
  /** The answer in the driver's own shape, for knex. */
  readonly raw: unknown;
}

/** Called once: with an error, or with the answer. */
export type Done = (error: unknown, result?: Result) => void;

/** One open connection. It runs one statement at a time, unless it `pipelines`. */
export interface Connection {
  run(statement: Statement): Promise<Result>;
  /** The same without a promise. `done` may be called before this returns. */
  send?(statement: Statement, done: Done): void;
  /** The same at once, where the database is in this process; undefined where it would have to wait for others. Throws the driver's errors. */
  runNow?(statement: Statement): Result | undefined;
  /**
   * Runs one statement and gives its rows in batches of up to `size` (whole number from 1 on), reading no further than it is asked to.
   * It is the connection's one statement until the iteration ends; ending it early leaves the connection usable or broken.
   */
  stream?(statement: Statement, size: number): AsyncIterable<Rows>;
  /** Whether other statements may run between two batches of `stream`, inside a transaction. */
  readonly interleaves?: boolean;
  /** Whether `run` may be called while other statements run: each then succeeds or fails by itself, in order. Outside of transactions only. */
  readonly pipelines?: boolean;
  /**
   * Asks the server to end the statement that runs now, which then fails. Resolves when no later statement can be hit any more; never
   * rejects.
   */
  cancel?(): Promise<void>;
  /** Asks over another connection whether the server still works at what this one has sent; true where that cannot be told. */
  isServed?(other: Connection): Promise<boolean>;
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

/** What a transaction asks for besides its isolation level. */
export interface TransactionSettings {
  readonly readOnly?: boolean | undefined;
  /** Milliseconds. */
  readonly lockTimeout?: number | undefined;
}

/** Limits and names a connection is opened with; all times in milliseconds. */
export interface ConnectionLimits {
  readonly connectTimeout: number;
  readonly statementTimeout: number;
  readonly lockTimeout: number;
  readonly idleInTransactionTimeout: number;
  readonly applicationName: string;
  /** PostgreSQL: whether statements are prepared; `auto` stops at the first refusal of a pooler. */
  readonly prepare?: 'auto' | boolean;
  /** PostgreSQL: whether reads outside of transactions share connections. */
  readonly pipeline?: 'auto' | false;
}

/** What differs between the databases. One file per database implements it. */
export interface Dialect {
  readonly name: DialectName;
  /** `MariaDB` needs other statements than MySQL here and there; known after the first connection. */
  readonly variant: 'postgres' | 'mysql' | 'mariadb' | 'sqlite' | 'mssql';
  readonly version: string;
  /** Most values that one statement may bind. */
  readonly maxBindings: number;
  /** The number of connections that make sense; 1 on SQLite. */
  readonly maxConnections: number;
  /** Distance between generated keys of one INSERT of several rows (MySQL). */
  readonly keyIncrement: number;
  /** Loads the driver and opens a connection. */
  connect(): Promise<Connection>;
  /** Opens a connection that reads while another one is in a transaction, where there is one that writes only: files of SQLite. */
  connectReader?(): Promise<Connection>;
  /** Whether such a connection can run a statement. */
  reads?(statement: Statement): boolean;
  /** Whether a statement outside of transactions may share a connection that `pipelines`. */
  pipelines?(statement: Statement): boolean;
  /** Statements that begin a transaction. */
  begin(isolation: Isolation | undefined, settings?: TransactionSettings): readonly string[];
  /** Statements after the end of a transaction that undo its settings. A dialect without it knows no settings. */
  restore?(settings: TransactionSettings): readonly string[];
  /** Whether a COMMIT's answer means that the transaction took effect. */
  committed(result: Result): boolean;
  /** Closes what the dialect itself keeps open. */
  close?(): Promise<void>;
  /** Turns a driver's error into a typed failure. */
  toFailure(error: unknown): DatabaseFailure;
}
