import type { Knex } from 'knex';
import { DATA_ERRORS } from '../errors.js';
import type { ConnectionLimits, Dialect, DialectName, Result, Statement } from '../dialect/dialect.js';
import { MssqlDialect } from '../dialect/mssql.js';
import { MysqlDialect } from '../dialect/mysql.js';
import { PostgresDialect } from '../dialect/postgres.js';
import { SqliteDialect } from '../dialect/sqlite.js';
import { Migrator } from '../migrate/migrator.js';
import { flushBatches } from '../repository/call-batch.js';
import { Repository } from '../repository/repository.js';
import type { Session } from '../repository/session.js';
import { Seeder } from '../seed/seeder.js';
import { compileSql, type SqlPart, toSql } from '../sql/sql.js';
import type { AnyTable } from '../table/table.js';
import { type TransactionOptions, Transactions } from '../transaction/transaction.js';
import { type ConnectionTarget, parseConnectionUrl } from './connection-url.js';
import type { Database, SqlRows } from './database.js';
import type { DatabaseOptions } from './database-options.js';
import { Executor } from './executor.js';
import { createKnex } from './knex-client.js';
import { NPlusOneDetector } from './n-plus-one.js';
import { Pool, type PoolUse } from './pool.js';
import { QueryObserver } from './query-observer.js';
import { ServerWatch } from './server-watch.js';
import { StatementWatch } from './statement-watch.js';

/**
 * A database of its own, outside of modules: for scripts and tests. Connects at the first query; `close()` it. Throws `DATA_URL`.
 *
 * @example
 * const db = openDatabase({ url: 'sqlite::memory:' });
 */
export function openDatabase(options: DatabaseOptions): Database {
  return new SqlDatabase(options);
}

const executors = new WeakMap<Database, Executor>();

/** @internal What runs the statements of a database of `openDatabase`; for `@plinth/data/testing`. */
export function executorOf(database: Database): Executor {
  const executor = executors.get(database);
  if (executor === undefined) throw new TypeError('A database of openDatabase() or DataModule is expected.');
  return executor;
}

class SqlDatabase implements Database {
  readonly name: string;
  readonly url: string;
  readonly knex: Knex;
  readonly migrate: Migrator;
  readonly seed: Seeder;
  readonly #executor: Executor;
  readonly #transactions: Transactions;
  readonly #repositories = new WeakMap<AnyTable, Repository<AnyTable>>();
  readonly #session: Session;

  constructor(options: DatabaseOptions) {
    const target = parseConnectionUrl(options.url);
    this.name = options.name ?? 'database';
    this.url = target.shown;
    const dialect = createDialect(target, options);
    if (dialect.name === 'mssql')
      options.logger?.warn({}, 'SQL Server is supported as written: this package has not been tested against a server');
    const pool = new Pool(poolLimits(options, dialect), () => dialect.connect());
    const observer = new QueryObserver(dialect.name, this.name, options.slowQuery ?? 500, options.logger, detectorOf(options));
    this.#executor = new Executor(dialect, pool, observer, watchOf(options, dialect), readersOf(options, dialect));
    executors.set(this, this.#executor);
    this.#transactions = new Transactions(this.#executor, options.statementTimeout ?? 30_000, (error) =>
      options.logger?.error({ err: error }, 'An afterCommit hook failed; the transaction has committed'),
    );
    this.knex = createKnex(this.#executor, this.#transactions);
    this.#session = {
      knex: this.knex,
      dialect,
      run: <T>(statement: Statement, read?: (result: Result) => T) => this.#executor.run(statement, read as (result: Result) => T),
      iterate: (statement, size) => this.#executor.iterate(statement, size),
      scope: () => this.#executor.scope,
      transaction: (fn, transactionOptions) => this.#transactions.run(fn, transactionOptions),
      now: options.now ?? (() => new Date()),
    };
    this.migrate = new Migrator(this, this.#executor, this.#transactions, options.migrations ?? [], options.migrationLockTimeout ?? 60_000);
    this.seed = new Seeder(this, options.seeds ?? []);
  }

  get dialect(): DialectName {
    return this.#executor.dialect.name;
  }

  get inTransaction(): boolean {
    return this.#executor.scope !== undefined;
  }

  get pool(): PoolUse {
    return this.#executor.pool.use;
  }

  repository<T extends AnyTable>(table: T): Repository<T> {
    let repository = this.#repositories.get(table);
    if (repository === undefined) {
      repository = new Repository<AnyTable>(this.#session, table);
      this.#repositories.set(table, repository);
    }
    return repository as unknown as Repository<T>;
  }

  transaction<T>(fn: () => Promise<T> | T, options?: TransactionOptions): Promise<T> {
    flushBatches(this.#session);
    return this.#transactions.run(fn, options);
  }

  async afterCommit(hook: () => unknown): Promise<void> {
    if (typeof hook !== 'function')
      throw DATA_ERRORS.TRANSACTION_OPTIONS({ option: 'its afterCommit hook', reason: 'a function is expected' });
    const { scope } = this.#executor;
    if (scope === undefined || !scope.joinable) await this.#transactions.runHooks([hook]);
    else scope.afterCommit(hook);
  }

  async sql<R extends object>(texts: TemplateStringsArray, ...parts: readonly SqlPart[]): Promise<SqlRows<R>> {
    flushBatches(this.#session);
    const result = await this.#executor.run(compileSql(toSql(texts, parts), this.#executor.dialect.name));
    const rows = [...result.rows] as unknown as SqlRows<R>;
    Object.defineProperty(rows, 'affected', { value: result.affected });
    return rows;
  }

  async ping(): Promise<void> {
    // Outside of any transaction: the answer is about the server.
    await this.#executor.within(undefined, () => this.#executor.run({ sql: 'select 1', bindings: [] }));
  }

  async close(grace = 5_000): Promise<void> {
    await this.#executor.close(grace);
  }
}

function detectorOf({ nPlusOne = false, nPlusOneThreshold = 10, logger }: DatabaseOptions): NPlusOneDetector | undefined {
  return nPlusOne === false ? undefined : new NPlusOneDetector({ action: nPlusOne, threshold: nPlusOneThreshold }, logger);
}

function createDialect(target: ConnectionTarget, options: DatabaseOptions): Dialect {
  const limits = limitsOf(options);
  switch (target.dialect) {
    case 'postgres':
      return new PostgresDialect(target, limits);
    case 'mysql':
      return new MysqlDialect(target, limits);
    case 'sqlite':
      return new SqliteDialect(target, limits, options);
    case 'mssql':
      return new MssqlDialect(target, limits);
  }
}

function limitsOf(options: DatabaseOptions): ConnectionLimits {
  return {
    connectTimeout: options.connectTimeout ?? 2_000,
    statementTimeout: options.statementTimeout ?? 30_000,
    lockTimeout: options.lockTimeout ?? 5_000,
    idleInTransactionTimeout: options.idleInTransactionTimeout ?? 30_000,
    applicationName: options.applicationName ?? 'plinth',
    prepare: options.prepare ?? 'auto',
    pipeline: options.pipeline ?? 'auto',
  };
}

function watchOf(options: DatabaseOptions, dialect: Dialect): StatementWatch | undefined {
  if (dialect.name === 'sqlite') return undefined;
  const { connectTimeout, statementTimeout } = limitsOf(options);
  // Together below 3 seconds, and the answer's limit below that of connecting: its own timer decides.
  const patience = 1_000;
  const server = new ServerWatch({ patience, answer: Math.min(1_500, connectTimeout * 0.75) }, () => dialect.connect());
  // The client's own limit is for a server that no longer answers at all; the server's comes first.
  return new StatementWatch({ patience, statement: statementTimeout + 500 }, server);
}

function readersOf(options: DatabaseOptions, dialect: Dialect): Pool | undefined {
  if (dialect.connectReader === undefined) return undefined;
  // The data is in the file, so these may come and go like connections to a server.
  const limits = { ...poolLimits(options, dialect), max: options.pool?.max ?? 10, idleTimeout: options.pool?.idleTimeout ?? 60_000 };
  return new Pool(limits, () => dialect.connectReader!());
}

function poolLimits({ pool = {} }: DatabaseOptions, dialect: Dialect): ConstructorParameters<typeof Pool>[0] {
  const max = Math.min(pool.max ?? 10, dialect.maxConnections);
  const sqlite = dialect.name === 'sqlite';
  return {
    max,
    acquireTimeout: pool.acquireTimeout ?? 2_500,
    maxWaiting: pool.maxWaiting ?? Math.max(500, 50 * max),
    // A second connection to a file that is slow to open would only get into the way of the first.
    openPatience: sqlite ? Number.POSITIVE_INFINITY : 300,
    // A file's connection holds its caches, and :memory: its data: it stays.
    lifetime: sqlite ? Number.POSITIVE_INFINITY : (pool.lifetime ?? 30 * 60_000),
    idleTimeout: sqlite ? 0 : (pool.idleTimeout ?? 60_000),
  };
}
