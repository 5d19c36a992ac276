import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type Driver from 'better-sqlite3';
import type { ConnectionTarget } from '../database/connection-url.js';
import { DATA_ERRORS } from '../errors.js';
import { codeOf } from '../failure/driver-error.js';
import type { Connection, ConnectionLimits, Dialect, Result, Statement } from './dialect.js';
import { loadDriver } from './load-driver.js';
import { toSqliteFailure } from './sqlite-failures.js';
import { retryBusy } from './sqlite-busy.js';

/** SQLite 3.35 and later, through `better-sqlite3`: one writing connection per file, write-ahead log, foreign keys on. */
export class SqliteDialect implements Dialect {
  readonly name = 'sqlite';
  readonly variant = 'sqlite';
  readonly maxBindings = 32_766;
  readonly maxConnections = 1;
  readonly keyIncrement = 1;
  readonly toFailure = toSqliteFailure;
  version = '';

  constructor(
    private readonly target: ConnectionTarget,
    private readonly limits: ConnectionLimits,
  ) {}

  async connect(): Promise<Connection> {
    const driver = await loadDriver('better-sqlite3', this.name, async () => (await import('better-sqlite3')).default);
    const filename = this.target.filename!;
    if (filename !== ':memory:') this.#makeDirectory(dirname(resolve(filename)));
    // The driver waits for locks by blocking the event loop: it may not wait; retryBusy waits instead.
    const db = new driver(filename, { timeout: 0 });
    try {
      await retryBusy(this.limits.lockTimeout, () => {
        db.pragma('journal_mode = WAL');
        db.pragma('synchronous = NORMAL');
        db.pragma('foreign_keys = ON');
      });
    } catch (error) {
      db.close();
      throw error;
    }
    this.version = String(db.prepare('select sqlite_version() as version').pluck().get());
    return new SqliteConnection(db, this.limits.lockTimeout);
  }

  /** Makes the last directory of the path only: a mistyped path would else begin an empty database somewhere. */
  #makeDirectory(directory: string): void {
    try {
      mkdirSync(directory);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') return;
      if (code === 'ENOENT' || code === 'ENOTDIR')
        throw DATA_ERRORS.DIRECTORY({ directory: JSON.stringify(directory), url: this.target.shown });
      throw error;
    }
  }

  // A deferred BEGIN fails at its first write when another writer came first; an immediate one waits its turn.
  begin(): readonly string[] {
    return ['begin immediate'];
  }

  committed(): boolean {
    return true;
  }
}

const statementsKept = 300;

class SqliteConnection implements Connection {
  broken = false;
  // In the order of last use; the first is the one to drop.
  readonly #statements = new Map<string, Driver.Statement>();

  constructor(
    private readonly db: Driver.Database,
    private readonly lockTimeout: number,
  ) {}

  get idle(): boolean {
    return !this.db.inTransaction;
  }

  async run(statement: Statement): Promise<Result> {
    return retryBusy(this.lockTimeout, () => this.#run(statement));
  }

  // Closing would lose an in-memory database, and is never needed where a rollback works.
  spoil(): void {
    this.reset();
  }

  reset(): void {
    try {
      if (this.db.inTransaction) this.db.exec('rollback');
    } catch {
      this.broken = true;
    }
  }

  async close(): Promise<void> {
    this.#statements.clear();
    this.db.close();
  }

  onEnd(): void {
    // A file does not hang up.
  }

  #run(statement: Statement): Result {
    const prepared = this.#prepare(statement.sql);
    const bindings = statement.bindings.map(toBinding);
    if (prepared.reader) {
      prepared.safeIntegers(statement.bigints === true);
      const rows = prepared.all(bindings) as Result['rows'];
      // INSERT … RETURNING reads rows too; its count is that of the rows.
      return { rows, affected: rows.length, raw: { response: rows } };
    }
    const done = prepared.run(bindings);
    return {
      rows: [],
      affected: done.changes,
      insertId: done.lastInsertRowid,
      raw: { response: done, context: { lastID: done.lastInsertRowid, changes: done.changes } },
    };
  }

  #prepare(sql: string): Driver.Statement {
    const kept = this.#statements.get(sql);
    if (kept !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, kept);
      return kept;
    }
    const statement = this.db.prepare(sql);
    if (changesSchema.test(sql)) {
      // The columns of kept statements may have changed.
      this.#statements.clear();
      return statement;
    }
    this.#statements.set(sql, statement);
    if (this.#statements.size > statementsKept) this.#statements.delete(this.#statements.keys().next().value!);
    return statement;
  }
}

const changesSchema = /^\s*(?:create|alter|drop|pragma|vacuum|attach|detach|reindex)\b/i;

function toBinding(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === undefined ? null : value;
}
