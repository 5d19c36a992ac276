import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ConnectionTarget } from '../database/connection-url.js';
import { DATA_ERRORS } from '../errors.js';
import { codeOf } from '../failure/driver-error.js';
import type { Connection, ConnectionLimits, Dialect, Statement } from './dialect.js';
import { retryBusy } from './sqlite-busy.js';
import { onlyReads, SqliteConnection } from './sqlite-connection.js';
import { loadSqliteDriver, type SqliteDriverName, type SqliteHandle } from './sqlite-driver.js';
import { toSqliteFailure } from './sqlite-failures.js';
import { WriteQueue } from './sqlite-write-queue.js';

/** What can be chosen about SQLite. */
export interface SqliteSettings {
  readonly driver?: SqliteDriverName | undefined;
  /** `full` waits for the disk at each commit, `normal` at checkpoints only. */
  readonly synchronous?: 'normal' | 'full' | undefined;
}

/** SQLite 3.35 and later, through `better-sqlite3` or `node:sqlite`: one writing connection per file, write-ahead log, foreign keys on. */
export class SqliteDialect implements Dialect {
  readonly name = 'sqlite';
  readonly variant = 'sqlite';
  readonly maxBindings = 32_766;
  readonly maxConnections = 1;
  readonly keyIncrement = 1;
  readonly toFailure = toSqliteFailure;
  version = '';
  readonly connectReader?: () => Promise<Connection>;

  constructor(
    private readonly target: ConnectionTarget,
    private readonly limits: ConnectionLimits,
    private readonly settings: SqliteSettings = {},
  ) {
    // The data of :memory: belongs to one connection.
    if (target.filename !== ':memory:') this.connectReader = () => this.#openReader();
  }

  async connect(): Promise<Connection> {
    const driver = await loadSqliteDriver(this.settings.driver);
    const filename = this.target.filename!;
    if (filename !== ':memory:') this.#makeDirectory(dirname(resolve(filename)));
    const db = driver.open(filename);
    try {
      await retryBusy(this.limits.lockTimeout, () => this.#prepareFile(db));
      this.version = String(db.prepare('select sqlite_version() as version').all([], false)[0]?.['version']);
      return new SqliteConnection(db, this.limits.lockTimeout, WriteQueue.of(filename));
    } catch (error) {
      db.close();
      throw error;
    }
  }

  async #openReader(): Promise<Connection> {
    const driver = await loadSqliteDriver(this.settings.driver);
    return new SqliteConnection(driver.open(this.target.filename!, { readOnly: true }), this.limits.lockTimeout, undefined);
  }

  reads(statement: Statement): boolean {
    return onlyReads.test(statement.sql);
  }

  #prepareFile(db: SqliteHandle): void {
    db.exec('pragma journal_mode = WAL');
    db.exec(`pragma synchronous = ${this.settings.synchronous ?? 'normal'}`);
    db.exec('pragma foreign_keys = ON');
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
