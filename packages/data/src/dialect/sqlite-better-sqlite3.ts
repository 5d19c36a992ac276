import type Driver from 'better-sqlite3';
import type { Rows } from './dialect.js';
import type { SqliteDriver, SqliteHandle, SqliteStatement } from './sqlite-driver.js';

/** Loads `better-sqlite3`. */
export async function loadBetterSqlite3(): Promise<SqliteDriver> {
  const { default: Database } = await import('better-sqlite3');
  // The driver waits for locks by blocking the event loop: it may not wait.
  return { open: (filename, { readOnly = false } = {}) => new BetterHandle(new Database(filename, { timeout: 0, readonly: readOnly })) };
}

class BetterHandle implements SqliteHandle {
  constructor(private readonly db: Driver.Database) {}

  get inTransaction(): boolean {
    return this.db.inTransaction;
  }

  exec(sql: string): void {
    this.db.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    return new BetterStatement(this.db.prepare(sql));
  }

  close(): void {
    this.db.close();
  }
}

class BetterStatement implements SqliteStatement {
  readonly reader: boolean;
  #bigints = false;

  constructor(private readonly statement: Driver.Statement) {
    this.reader = statement.reader;
  }

  all(bindings: readonly unknown[], bigints: boolean): Rows {
    this.#read(bigints);
    return this.statement.all(bindings) as Rows;
  }

  iterate(bindings: readonly unknown[], bigints: boolean): Iterator<Rows[number]> {
    this.#read(bigints);
    return this.statement.iterate(bindings) as Iterator<Rows[number]>;
  }

  run(bindings: readonly unknown[]): Driver.RunResult {
    return this.statement.run(bindings);
  }

  #read(bigints: boolean): void {
    if (bigints === this.#bigints) return;
    this.statement.safeIntegers(bigints);
    this.#bigints = bigints;
  }
}
