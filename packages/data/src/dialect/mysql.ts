import type { Connection as MysqlClient, ConnectionOptions, ResultSetHeader } from 'mysql2';
import type { ConnectionTarget } from '../database/connection-url.js';
import type { Connection, ConnectionLimits, Dialect, Isolation, Result, Statement } from './dialect.js';
import { loadDriver } from './load-driver.js';
import { DATA_ERRORS } from '../errors.js';
import { toMysqlFailure } from './mysql-failures.js';
import { endsByRollback } from './mysql-implicit-commit.js';

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

  constructor(
    private readonly target: ConnectionTarget,
    private readonly limits: ConnectionLimits,
  ) {}

  async connect(): Promise<Connection> {
    const driver = await loadDriver('mysql2', this.name, async () => (await import('mysql2')).default);
    const client = driver.createConnection(this.clientOptions());
    const connection = new MysqlConnection(client, this.limits.statementTimeout + 500);
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

  begin(isolation: Isolation | undefined): readonly string[] {
    return isolation === undefined ? ['start transaction'] : [`set transaction isolation level ${isolation}`, 'start transaction'];
  }

  committed(): boolean {
    return true;
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
    const lock = Math.max(1, Math.round(lockTimeout / 1000));
    const settings = [
      `time_zone = '+00:00'`,
      `sql_mode = '${sqlMode}'`,
      `innodb_lock_wait_timeout = ${lock}`,
      `lock_wait_timeout = ${lock}`,
    ];
    if (this.variant === 'mariadb')
      settings.push(
        `max_statement_time = ${statementTimeout / 1000}`,
        `idle_transaction_timeout = ${Math.round(idleInTransactionTimeout / 1000)}`,
      );
    else settings.push(`max_execution_time = ${statementTimeout}`);
    await connection.run({ sql: `set session ${settings.join(', session ')}`, bindings: [] });
  }

  private clientOptions(): ConnectionOptions {
    const { target } = this;
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
      ...(target.parameters['ssl'] !== undefined &&
        target.parameters['ssl'] !== 'false' && { ssl: { rejectUnauthorized: target.parameters['ssl'] !== 'no-verify' } }),
    } as ConnectionOptions;
  }
}

// Bit 0 of the server's status flags (SERVER_STATUS_IN_TRANS).
const inTransaction = 0x0001;

class MysqlConnection implements Connection {
  broken = false;
  idle = true;
  /** Whether a transaction was open before the statement that runs now. */
  #began = false;
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly client: MysqlClient,
    private readonly timeout: number,
  ) {
    client.on('error', () => this.#end());
    client.on('end', () => this.#end());
  }

  async run(statement: Statement): Promise<Result> {
    try {
      return await this.#send(statement);
    } catch (error) {
      if (!this.idle && !this.broken) await this.#learnStatus();
      if (!this.#began || !this.idle || endsByRollback(statement.sql, error)) throw error;
      throw DATA_ERRORS.IMPLICIT_COMMIT({}, { cause: toMysqlFailure(error) });
    } finally {
      this.#began = !this.idle;
    }
  }

  spoil(): void {
    this.broken = true;
  }

  #send(statement: Statement): Promise<Result> {
    return new Promise((resolve, reject) => {
      const query = { sql: statement.sql, timeout: this.timeout, ...statement.options };
      this.client.query(query, statement.bindings as never, (error, answer, fields) => {
        if (error) {
          if (error.errno === undefined || error.fatal === true || error.code === 'PROTOCOL_SEQUENCE_TIMEOUT') this.broken = true;
          return reject(error);
        }
        resolve(this.#read(answer, fields));
      });
    });
  }

  /** Errors carry no status flags. This statement does nothing, and its answer tells whether the transaction is still open. */
  async #learnStatus(): Promise<void> {
    await this.#send({ sql: 'do 0', bindings: [] }).catch(() => this.spoil());
  }

  close(): Promise<void> {
    if (this.broken || !this.idle) {
      this.client.destroy();
      return Promise.resolve();
    }
    return new Promise((resolve) => this.client.end(() => resolve()));
  }

  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #read(answer: unknown, fields: unknown): Result {
    const raw = [answer, fields];
    if (Array.isArray(answer)) return { rows: answer as Result['rows'], affected: 0, raw };
    const header = answer as ResultSetHeader & { serverStatus?: number };
    if (header.serverStatus !== undefined) this.idle = (header.serverStatus & inTransaction) === 0;
    return { rows: [], affected: header.affectedRows ?? 0, insertId: header.insertId, raw };
  }

  #end(): void {
    this.broken = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
