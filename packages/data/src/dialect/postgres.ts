import type pg from 'pg';
import type { ConnectionTarget } from '../database/connection-url.js';
import type { Connection, ConnectionLimits, Dialect, Isolation, Result, Statement } from './dialect.js';
import { loadDriver } from './load-driver.js';
import { toPostgresFailure } from './postgres-failures.js';

/** PostgreSQL 12 and later, through `pg`. */
export class PostgresDialect implements Dialect {
  readonly name = 'postgres';
  readonly variant = 'postgres';
  readonly maxBindings = 65_535;
  readonly maxConnections = Number.POSITIVE_INFINITY;
  readonly keyIncrement = 1;
  readonly toFailure = toPostgresFailure;
  version = '';

  constructor(
    private readonly target: ConnectionTarget,
    private readonly limits: ConnectionLimits,
  ) {}

  async connect(): Promise<Connection> {
    const driver = await loadDriver('pg', this.name, async () => (await import('pg')).default);
    const client = new driver.Client(this.clientConfig(driver.types));
    const connection = new PostgresConnection(client);
    await client.connect();
    if (this.version === '') {
      const answer = await client.query<{ server_version: string }>('show server_version');
      this.version = answer.rows[0]?.server_version.split(' ')[0] ?? '';
    }
    return connection;
  }

  begin(isolation: Isolation | undefined): readonly string[] {
    return [isolation === undefined ? 'begin' : `begin isolation level ${isolation}`];
  }

  // A COMMIT of a transaction with a failed statement is answered by ROLLBACK, without an error.
  committed(result: Result): boolean {
    return result.command === 'COMMIT';
  }

  private clientConfig(types: typeof pg.types): pg.ClientConfig {
    const { target, limits } = this;
    return {
      host: target.parameters['host'] ?? target.host,
      port: target.port,
      user: target.user,
      password: target.password,
      database: target.database,
      application_name: target.parameters['application_name'] ?? limits.applicationName,
      connectionTimeoutMillis: limits.connectTimeout,
      statement_timeout: limits.statementTimeout,
      // The client's own limit is for a server that no longer answers at all; the server's comes first.
      query_timeout: limits.statementTimeout + 500,
      lock_timeout: limits.lockTimeout,
      idle_in_transaction_session_timeout: limits.idleInTransactionTimeout,
      options: '-c TimeZone=UTC -c DateStyle=ISO',
      keepAlive: true,
      ...sslOf(target.parameters['sslmode']),
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

function sslOf(mode: string | undefined): { ssl?: boolean | { rejectUnauthorized: boolean } } {
  if (mode === undefined || mode === 'disable') return {};
  return mode === 'no-verify' ? { ssl: { rejectUnauthorized: false } } : { ssl: { rejectUnauthorized: true } };
}

class PostgresConnection implements Connection {
  broken = false;
  readonly #listeners: (() => void)[] = [];

  constructor(private readonly client: pg.Client) {
    client.on('error', () => this.#end());
    client.on('end', () => this.#end());
  }

  get idle(): boolean {
    return this.client.getTransactionStatus() === 'I';
  }

  run(statement: Statement): Promise<Result> {
    return new Promise((resolve, reject) => {
      const config = { text: statement.sql, values: statement.bindings as unknown[], ...statement.options };
      this.client.query(config, (error: Error | null, answer: pg.QueryResult) => {
        if (error) {
          // Without an SQLSTATE the error is not the server's: the connection is in an unknown state.
          if (!isSqlState((error as { code?: unknown }).code)) this.broken = true;
          return reject(error);
        }
        // Several statements in one text give several answers.
        const last = Array.isArray(answer) ? (answer as pg.QueryResult[]).at(-1)! : answer;
        resolve({ rows: last.rows ?? [], affected: last.rowCount ?? 0, command: last.command, raw: answer });
      });
    });
  }

  spoil(): void {
    this.broken = true;
  }

  async close(): Promise<void> {
    if (this.broken || !this.idle) {
      // end() waits for the running statement and for the server; a broken connection is cut off instead.
      (this.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      return;
    }
    await this.client.end();
  }

  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #end(): void {
    this.broken = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

function isSqlState(code: unknown): boolean {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE';
}
