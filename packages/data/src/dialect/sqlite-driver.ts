import { DATA_ERRORS } from '../errors.js';
import { loadDriver } from './load-driver.js';
import { loadNodeSqlite } from './node-sqlite.js';
import { loadBetterSqlite3 } from './sqlite-better-sqlite3.js';
import type { Rows } from './dialect.js';

/** The libraries that SQLite is reached through. */
export type SqliteDriverName = 'better-sqlite3' | 'node:sqlite';

/** Opens files. Every method of what it opens is synchronous, and fails with a code of SQLite (`SQLITE_BUSY`) as its `code`. */
export interface SqliteDriver {
  /** Opens a file, or `:memory:`; makes it where there is none, unless it is to be read only. Never waits for a lock. */
  open(filename: string, options?: { readonly readOnly?: boolean }): SqliteHandle;
}

/** One open connection. */
export interface SqliteHandle {
  readonly inTransaction: boolean;
  /** Runs statements without values or rows. */
  exec(sql: string): void;
  /** Compiles the one statement of a text. */
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** A compiled statement. `bigints` reads integers as bigint. Values are strings, numbers, bigints, bytes and null. */
export interface SqliteStatement {
  /** Whether it gives rows; then `all` or `iterate` runs it, else `run`. */
  readonly reader: boolean;
  all(bindings: readonly unknown[], bigints: boolean): Rows;
  /** Rows one by one; ending early frees the connection. */
  iterate(bindings: readonly unknown[], bigints: boolean): Iterator<Rows[number]>;
  run(bindings: readonly unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
}

/**
 * The driver that was asked for; by default `better-sqlite3` where it is installed, else Node's own `node:sqlite`.
 * Throws `DATA_DRIVER_MISSING`.
 */
export async function loadSqliteDriver(name: SqliteDriverName | undefined): Promise<SqliteDriver> {
  if (name === 'node:sqlite') return loadNodeSqlite() ?? missing(name);
  try {
    return await loadDriver('better-sqlite3', 'sqlite', loadBetterSqlite3);
  } catch (error) {
    if (name !== undefined || (error as { code?: unknown }).code !== 'DATA_DRIVER_MISSING') throw error;
    const own = loadNodeSqlite();
    if (own === undefined) throw error;
    return own;
  }
}

// Only a Node that was built without SQLite lacks it; the cure is the other driver.
function missing(driver: SqliteDriverName): never {
  throw DATA_ERRORS.DRIVER_MISSING({ driver: 'better-sqlite3', dialect: 'sqlite' }, { cause: new Error(`this Node has no ${driver}`) });
}
