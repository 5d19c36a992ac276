import type { Connection as MssqlClient, ConnectionConfiguration } from 'tedious';
import type { ConnectionTarget } from '../database/connection-url.js';
import { tlsOf } from '../database/tls-of.js';
import type { Connection, ConnectionLimits, Dialect, Isolation } from './dialect.js';
import { loadDriver } from './load-driver.js';
import { MssqlConnection } from './mssql-connection.js';
import { toMssqlFailure } from './mssql-failures.js';

/** SQL Server 2019 and later, through `tedious`. Its SQL is tested as text; it has not been tested against a server. */
export class MssqlDialect implements Dialect {
  readonly name = 'mssql';
  readonly variant = 'mssql';
  // 2,100 parameters, of which sp_executesql takes two for the statement itself.
  readonly maxBindings = 2_098;
  readonly maxConnections = Number.POSITIVE_INFINITY;
  readonly keyIncrement = 1;
  readonly toFailure = toMssqlFailure;
  version = '';

  constructor(
    private readonly target: ConnectionTarget,
    private readonly limits: ConnectionLimits,
  ) {}

  async connect(): Promise<Connection> {
    const driver = await loadDriver('tedious', this.name, async () => (await import('tedious')).default);
    const client = new driver.Connection(this.clientOptions());
    await open(client);
    const connection = new MssqlConnection(client, driver, this.limits.statementTimeout);
    try {
      const version = this.version === '' ? `; select cast(serverproperty('ProductVersion') as nvarchar(128)) as version` : '';
      const answer = await connection.run({ sql: `set lock_timeout ${Math.round(this.limits.lockTimeout)}${version}`, bindings: [] });
      if (version !== '') this.version = String(answer.rows[0]?.['version'] ?? '');
    } catch (error) {
      connection.spoil();
      await connection.close();
      throw error;
    }
    return connection;
  }

  /** The level stays with the session, so each transaction says its own. */
  begin(isolation: Isolation | undefined): readonly string[] {
    return [`set transaction isolation level ${isolation ?? 'read committed'}; begin transaction`];
  }

  committed(): boolean {
    return true;
  }

  private clientOptions(): ConnectionConfiguration {
    const { target, limits } = this;
    const tls = tlsOf(target);
    return {
      server: target.host ?? '127.0.0.1',
      authentication: { type: 'default', options: { userName: target.user ?? 'sa', password: target.password ?? '' } },
      options: {
        port: target.port,
        database: target.database,
        appName: limits.applicationName,
        connectTimeout: limits.connectTimeout,
        requestTimeout: limits.statementTimeout,
        cancelTimeout: 500,
        encrypt: tls !== 'off',
        trustServerCertificate: tls === 'no-verify',
        useUTC: true,
        maxRetriesOnTransientErrors: 0,
      },
    };
  }
}

function open(client: MssqlClient): Promise<void> {
  return new Promise((resolve, reject) => {
    client.connect((error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}
