import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import knexModule, { type Knex } from 'knex';
import { DATA_ERRORS } from '../errors.js';
import type { DialectName, Isolation } from '../dialect/dialect.js';
import type { Transactions } from '../transaction/transaction.js';
import type { Executor, Lease } from './executor.js';
import { toKnexError } from './knex-error.js';
import { streamLeased } from './knex-stream.js';
import { createKnexTransaction } from './knex-transaction.js';

/** One query as knex hands it to its client. */
interface KnexQuery {
  sql: string;
  bindings?: readonly unknown[];
  options?: object;
  response?: unknown;
  context?: unknown;
  queryContext?: unknown;
}

/** What of knex's dialect clients is used or replaced here. */
export interface KnexClient {
  emit(event: string, ...args: unknown[]): void;
  prepBindings(bindings: unknown): readonly unknown[];
  positionBindings(sql: string): string;
  transacting?: boolean;
  acquireConnection(): Promise<Lease>;
  releaseConnection(lease: Lease): Promise<void>;
  runner(builder: unknown): KnexRunner;
}

/** What executes a builder when it is awaited. */
interface KnexRunner {
  run(): Promise<unknown>;
}

type ClientClass = new (config: object) => KnexClient;

// knex's dialects are CommonJS files without types of their own.
const require = createRequire(import.meta.url);
const dialects: Readonly<Record<DialectName, () => ClientClass>> = {
  postgres: () => require('knex/lib/dialects/postgres/index.js') as ClientClass,
  mysql: () => require('knex/lib/dialects/mysql2/index.js') as ClientClass,
  sqlite: () => require('knex/lib/dialects/better-sqlite3/index.js') as ClientClass,
  mssql: () => require('knex/lib/dialects/mssql/index.js') as ClientClass,
};

/**
 * A knex object that compiles SQL as ever, but whose queries all run through our executor: they join the ambient transaction,
 * and their failures are typed. knex clones clients by prototype, so everything here is in methods, nothing in fields.
 */
export function createKnex(executor: Executor, transactions: Transactions): Knex {
  const Base = dialects[executor.dialect.name]();
  class PlinthClient extends Base {
    initializeDriver(): void {
      // The dialect of this package has loaded the driver.
    }

    override acquireConnection(): Promise<Lease> {
      return executor.lease();
    }

    override async releaseConnection(lease: Lease): Promise<void> {
      executor.release(lease);
    }

    /** knex and the drivers throw plain errors at a query that they cannot compile or bind. */
    override runner(builder: unknown): KnexRunner {
      const runner = super.runner(builder);
      const run = runner.run.bind(runner);
      runner.run = () =>
        run().catch((error: unknown) => {
          throw toKnexError(error);
        });
      return runner;
    }

    /** knex's own writes the bound values into the error's message. */
    async query(lease: Lease, query: KnexQuery | string): Promise<KnexQuery> {
      const object: KnexQuery = typeof query === 'string' ? { sql: query } : query;
      object.bindings = this.prepBindings(object.bindings);
      object.sql = this.positionBindings(object.sql);
      this.emit('query', { __knexUid: lease.__knexUid, ...object });
      try {
        return await this._query(lease, object);
      } catch (error) {
        this.emit('query-error', error, { __knexUid: lease.__knexUid, ...object });
        throw error;
      }
    }

    async _query(lease: Lease, query: KnexQuery): Promise<KnexQuery> {
      if (!query.sql) throw DATA_ERRORS.KNEX_UNSUPPORTED({ feature: 'an empty query', cure: 'Give the query some SQL.' });
      const result = await executor.runLeased(lease, { sql: query.sql, bindings: query.bindings ?? [], options: query.options });
      if (executor.dialect.name === 'sqlite') Object.assign(query, result.raw);
      else query.response = result.raw;
      return query;
    }

    _stream(lease: Lease, query: KnexQuery, stream: Writable, options?: { readonly highWaterMark?: number }): Promise<void> {
      return streamLeased(executor, lease, { sql: query.sql, bindings: query.bindings ?? [] }, stream, options);
    }

    transaction(container: (trx: Knex.Transaction) => unknown, config: KnexTransactionConfig = {}): Promise<unknown> {
      return createKnexTransaction(executor, transactions, this, container, config);
    }
  }
  Object.assign(PlinthClient.prototype, { canCancelQuery: false });
  return knexModule({
    client: PlinthClient as unknown as typeof Knex.Client,
    pool: { max: 0 },
    useNullAsDefault: true,
    compileSqlOnError: false,
    log: { warn: () => undefined, error: () => undefined, debug: () => undefined, deprecate: () => undefined },
  } as Knex.Config);
}

/** What is read of knex's transaction options. */
export interface KnexTransactionConfig {
  readonly isolationLevel?: Isolation;
  readonly readOnly?: boolean;
  /** A connection that knex already holds: its own table rebuilds on SQLite. */
  readonly connection?: Lease;
}
