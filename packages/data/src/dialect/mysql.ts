import type { ConnectionOptions } from 'mysql2';
import type { ConnectionTarget } from '../database/connection-url.js';
import { tlsOf } from '../database/tls-of.js';
import type { Connection, ConnectionLimits, Dialect, Isolation, TransactionSettings } from './dialect.js';
import { loadDriver } from './load-driver.js';
import { MysqlCanceller } from './mysql-cancel.js';
import { MysqlConnection } from './mysql-connection.js';
import { toMysqlFailure } from './mysql-failures.js';

// Errors instead of silently cut or replaced values; backslash escapes stay on, as the driver's quoting needs them.
const sqlMode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY';

/** MariaDB 10.6 and MySQL 8 and later, through `mysql2`. */
export class MysqlDialect implements Dialect {
  readonly name = 'mysql';
  readonly maxBindings = 65_535;
  readonly maxConnections = Number.POSITIVE_INFINITY;
  readonly toFailure = toMysqlFailure;
  variant: 'mysql' | 'mariadb' = 'mariadb';
  version = '';
  keyIncrement = 1;
  readonly #canceller = new MysqlCanceller(this);

  constructor(
    private readonly target: ConnectionTarget,
    private readonly limits: ConnectionLimits,
  ) {}

  async connect(): Promise<Connection> {
    const driver = await loadDriver('mysql2', this.name, async () => (await import('mysql2')).default);
    const client = driver.createConnection(this.clientOptions());
    const connection = new MysqlConnection(client, this.#canceller);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
    try {
      await this.#prepareSession(connection);
    } catch (error) {
      connection.spoil();
      await connection.close();
      throw error;
    }
    return connection;
  }

  begin(isolation: Isolation | undefined, { readOnly, lockTimeout }: TransactionSettings = {}): readonly string[] {
    return [
      ...(lockTimeout === undefined ? [] : [setLockTimeout(lockTimeout)]),
      ...(isolation === undefined ? [] : [`set transaction isolation level ${isolation}`]),
      readOnly === true ? 'start transaction read only' : 'start transaction',
    ];
  }

  restore({ lockTimeout }: TransactionSettings): readonly string[] {
    return lockTimeout === undefined ? [] : [setLockTimeout(this.limits.lockTimeout)];
  }

  committed(): boolean {
    return true;
  }

  close(): Promise<void> {
    return this.#canceller.close();
  }

  async #prepareSession(connection: Connection): Promise<void> {
    if (this.version === '') {
      const answer = await connection.run({ sql: 'select version() as version, @@auto_increment_increment as increment', bindings: [] });
      const version = String(answer.rows[0]?.['version']);
      this.variant = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
      this.keyIncrement = Number(answer.rows[0]?.['increment'] ?? 1);
      this.version = version.match(/\d+\.\d+\.\d+/)?.[0] ?? '';
    }
    const { statementTimeout, lockTimeout, idleInTransactionTimeout } = this.limits;
    const settings = [`time_zone = '+00:00'`, `sql_mode = '${sqlMode}'`];
    if (this.variant === 'mariadb')
      settings.push(
        `max_statement_time = ${statementTimeout / 1000}`,
        `idle_transaction_timeout = ${Math.round(idleInTransactionTimeout / 1000)}`,
      );
    else settings.push(`max_execution_time = ${statementTimeout}`);
    await connection.run({ sql: `${setLockTimeout(lockTimeout)}, session ${settings.join(', session ')}`, bindings: [] });
  }

  private clientOptions(): ConnectionOptions {
    const { target } = this;
    const tls = tlsOf(target);
    return {
      ...(target.parameters['socketPath'] === undefined
        ? { host: target.host, port: target.port }
        : { socketPath: target.parameters['socketPath'] }),
      user: target.user ?? 'root',
      ...(target.password !== undefined && { password: target.password }),
      database: target.database,
      connectTimeout: this.limits.connectTimeout,
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: ['DATE'],
      supportBigNumbers: true,
      bigNumberStrings: false,
      jsonStrings: true,
      // An object as a value must never turn into SQL of its own.
      stringifyObjects: true,
      multipleStatements: false,
      enableKeepAlive: true,
      ...(tls !== 'off' && { ssl: { rejectUnauthorized: tls === 'verify' } }),
    } as ConnectionOptions;
  }
}

// Whole seconds are what the server knows; 0 would be no waiting at all.
function setLockTimeout(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return `set session innodb_lock_wait_timeout = ${seconds}, session lock_wait_timeout = ${seconds}`;
}
