import type pg from 'pg';
import type { ConnectionTarget } from '../database/connection-url.js';
import { tlsOf } from '../database/tls-of.js';
import type { Connection, ConnectionLimits, Dialect, Isolation, Result, Statement, TransactionSettings } from './dialect.js';
import { loadDriver } from './load-driver.js';
import { type PostgresClient, PostgresConnection, type Preparing } from './postgres-connection.js';
import { toPostgresFailure } from './postgres-failures.js';
import { PostgresQuery } from './postgres-query.js';
import { ReadTexts } from './postgres-reads.js';

// As many as a program has texts, and few enough for the memory of a server with many connections.
const preparedPerConnection = 256;

/** PostgreSQL 12 and later, through `pg`. */
export class PostgresDialect implements Dialect {
  readonly name = 'postgres';
  readonly variant = 'postgres';
  readonly maxBindings = 65_535;
  readonly maxConnections = Number.POSITIVE_INFINITY;
  readonly keyIncrement = 1;
  readonly toFailure = toPostgresFailure;
  version = '';
  readonly #preparing: Preparing;
  readonly #reads = new ReadTexts();

  constructor(
    private readonly target: ConnectionTarget,
    private readonly limits: ConnectionLimits,
  ) {
    const { prepare = 'auto' } = limits;
    this.#preparing = { on: prepare !== false, auto: prepare === 'auto', limit: preparedPerConnection };
  }

  /** Reads only: a write may wait for a lock, and everything behind it with it. Not without names, as behind an old pooler. */
  pipelines(statement: Statement): boolean {
    return this.limits.pipeline !== false && statement.prepare === true && this.#preparing.on && this.#reads.has(statement.sql);
  }

  async connect(): Promise<Connection> {
    const driver = await loadDriver('pg', this.name, async () => (await import('pg')).default);
    const config = this.clientConfig(driver.types);
    // pg's client takes nothing else in its pipeline mode; its constructor is not wanted.
    if (!(PostgresQuery.prototype instanceof driver.Query))
      Object.setPrototypeOf(PostgresQuery.prototype, driver.Query.prototype as object);
    const client = new driver.Client(config) as PostgresClient;
    const connection = new PostgresConnection(
      client,
      (oid) => config.types!.getTypeParser(oid, 'text') as (text: string) => unknown,
      this.#preparing,
    );
    await client.connect();
    connection.ready();
    if (this.version === '') {
      const answer = await client.query<{ server_version: string }>('show server_version');
      this.version = answer.rows[0]?.server_version.split(' ')[0] ?? '';
    }
    return connection;
  }

  begin(isolation: Isolation | undefined, { readOnly, lockTimeout }: TransactionSettings = {}): readonly string[] {
    const begin = `begin${isolation === undefined ? '' : ` isolation level ${isolation}`}${readOnly === true ? ' read only' : ''}`;
    // In one message, so that it takes no more time than BEGIN alone.
    return [lockTimeout === undefined ? begin : `${begin}; set local lock_timeout = ${lockTimeout}`];
  }

  // `set local` ends with the transaction.
  restore(): readonly string[] {
    return [];
  }

  // A COMMIT of a transaction with a failed statement is answered by ROLLBACK, without an error.
  committed(result: Result): boolean {
    return result.command === 'COMMIT';
  }

  private clientConfig(types: typeof pg.types): pg.ClientConfig {
    const { target, limits } = this;
    const tls = tlsOf(target);
    return {
      host: target.parameters['host'] ?? target.host,
      port: target.port,
      user: target.user,
      password: target.password,
      database: target.database,
      application_name: target.parameters['application_name'] ?? limits.applicationName,
      connectionTimeoutMillis: limits.connectTimeout,
      statement_timeout: limits.statementTimeout,
      lock_timeout: limits.lockTimeout,
      idle_in_transaction_session_timeout: limits.idleInTransactionTimeout,
      options: '-c TimeZone=UTC -c DateStyle=ISO -c extra_float_digits=1',
      keepAlive: true,
      pipeline: true,
      ...(tls !== 'off' && { ssl: { rejectUnauthorized: tls === 'verify' } }),
      types: {
        getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
          parsers.get(oid) ?? types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
      },
    } as pg.ClientConfig;
  }
}

const identity = (text: string): string => text;
// pg reads `date` and `timestamp` in the process's time zone, which shifts them; both are UTC here.
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [1082, identity],
  [1114, (text: string) => new Date(`${text.replace(' ', 'T')}Z`)],
]);
