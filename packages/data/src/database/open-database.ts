import type { Knex } from 'knex';
import type { ConnectionLimits, Dialect, DialectName } from '../dialect/dialect.js';
import { MysqlDialect } from '../dialect/mysql.js';
import { PostgresDialect } from '../dialect/postgres.js';
import { SqliteDialect } from '../dialect/sqlite.js';
import { Migrator } from '../migrate/migrator.js';
import { Repository } from '../repository/repository.js';
import type { Session } from '../repository/session.js';
import { Seeder } from '../seed/seeder.js';
import { compileSql, Sql, type SqlPart } from '../sql/sql.js';
import type { AnyTable } from '../table/table.js';
import { type TransactionOptions, Transactions } from '../transaction/transaction.js';
import { type ConnectionTarget, parseConnectionUrl } from './connection-url.js';
import type { Database, SqlRows } from './database.js';
import type { DatabaseOptions } from './database-options.js';
import { Executor } from './executor.js';
import { createKnex } from './knex-client.js';
import { Pool, type PoolUse } from './pool.js';
import { QueryObserver } from './query-observer.js';
import { ServerWatch } from './server-watch.js';

/**
 * A database of its own, outside of modules: for scripts and tests. Connects at the first query; `close()` it. Throws `DATA_URL`.
 *
 * @example
 * const db = openDatabase({ url: 'sqlite::memory:' });
 */
export function openDatabase(options: DatabaseOptions): Database {
  return new SqlDatabase(options);
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
    const dialect = createDialect(target, limitsOf(options));
    const pool = new Pool(poolLimits(options, dialect), () => dialect.connect());
    const observer = new QueryObserver(dialect.name, this.name, options.slowQuery ?? 500, options.logger);
    this.#executor = new Executor(dialect, pool, observer, watchOf(options, dialect));
    this.#transactions = new Transactions(this.#executor, options.statementTimeout ?? 30_000, (error) =>
      options.logger?.error({ err: error }, 'An afterCommit hook failed; the transaction has committed'),
    );
    this.knex = createKnex(this.#executor, this.#transactions);
    this.#session = {
      knex: this.knex,
      dialect,
      run: (statement) => this.#executor.run(statement),
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
    return this.#transactions.run(fn, options);
  }

  async afterCommit(hook: () => unknown): Promise<void> {
    const { scope } = this.#executor;
    if (scope === undefined) await this.#transactions.runHooks([hook]);
    else scope.afterCommit(hook);
  }

  async sql<R extends object>(texts: TemplateStringsArray, ...parts: readonly SqlPart[]): Promise<SqlRows<R>> {
    const result = await this.#executor.run(compileSql(new Sql(texts, parts), this.#executor.dialect.name));
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

function createDialect(target: ConnectionTarget, limits: ConnectionLimits): Dialect {
  switch (target.dialect) {
    case 'postgres':
      return new PostgresDialect(target, limits);
    case 'mysql':
      return new MysqlDialect(target, limits);
    case 'sqlite':
      return new SqliteDialect(target, limits);
  }
}

function limitsOf(options: DatabaseOptions): ConnectionLimits {
  return {
    connectTimeout: options.connectTimeout ?? 2_000,
    statementTimeout: options.statementTimeout ?? 30_000,
    lockTimeout: options.lockTimeout ?? 5_000,
    idleInTransactionTimeout: options.idleInTransactionTimeout ?? 30_000,
    applicationName: options.applicationName ?? 'plinth',
  };
}

function watchOf(options: DatabaseOptions, dialect: Dialect): ServerWatch | undefined {
  if (dialect.name === 'sqlite') return undefined;
  // Together below 3 seconds, and the answer's limit below that of connecting: its own timer decides.
  const answer = Math.min(1_500, limitsOf(options).connectTimeout * 0.75);
  return new ServerWatch({ patience: 1_000, answer }, () => dialect.connect());
}

function poolLimits({ pool = {} }: DatabaseOptions, dialect: Dialect): ConstructorParameters<typeof Pool>[0] {
  const max = Math.min(pool.max ?? 10, dialect.maxConnections);
  const sqlite = dialect.name === 'sqlite';
  return {
    max,
    acquireTimeout: pool.acquireTimeout ?? 2_500,
    maxWaiting: pool.maxWaiting ?? Math.max(500, 50 * max),
    // A file's connection holds its caches, and :memory: its data: it stays.
    lifetime: sqlite ? Number.POSITIVE_INFINITY : (pool.lifetime ?? 30 * 60_000),
    idleTimeout: sqlite ? 0 : (pool.idleTimeout ?? 60_000),
  };
}
