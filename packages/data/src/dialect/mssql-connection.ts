import type { Connection as MssqlClient, Request } from 'tedious';
import type { Connection, Result, Statement } from './dialect.js';

/** A row as the driver gives it. */
type Columns = readonly { readonly value: unknown; readonly metadata: { readonly colName: string } }[];

/** What is used of the driver's module. */
type Driver = typeof import('tedious');

/** One connection to SQL Server. Statements without values are sent as a batch, the others through `sp_executesql` as `@p1`, `@p2`, … */
export class MssqlConnection implements Connection {
  broken = false;
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly client: MssqlClient,
    private readonly driver: Driver,
    private readonly timeout: number,
  ) {
    client.on('error', () => this.#end());
    client.on('end', () => this.#end());
  }

  /** The server tells of each beginning and end of a transaction, also of one that it ended by itself. */
  get idle(): boolean {
    return !this.client.inTransaction;
  }

  async run(statement: Statement): Promise<Result> {
    const sql = toTransactSql(statement.sql);
    if (sql === undefined) return { rows: [], affected: 0, raw: [] };
    const raw: Columns[] = [];
    const affected = await this.#send(sql, statement.bindings, (columns) => raw.push(columns));
    return { rows: raw.map(toRow), affected, raw };
  }

  /** The server is told to stop; the driver ends the request when that is confirmed, and no later one can be meant. */
  async cancel(): Promise<void> {
    this.client.cancel();
  }

  spoil(): void {
    this.broken = true;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.client.closed) return resolve();
      this.client.once('end', () => resolve());
      this.client.close();
    });
  }

  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #send(sql: string, bindings: readonly unknown[], onRow: (columns: Columns) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = new this.driver.Request(sql, (error, rowCount) => {
        if (error === undefined || error === null) return resolve(rowCount ?? 0);
        if (isFatal(error)) this.broken = true;
        reject(error);
      });
      request.setTimeout(this.timeout);
      request.on('row', onRow);
      if (bindings.length === 0) return this.client.execSqlBatch(request);
      // knex counts from @p0, the other statements of this package from @p1.
      const first = /@p0\b/.test(sql) ? 0 : 1;
      bindings.forEach((value, index) => this.#bind(request, `p${index + first}`, value));
      this.client.execSql(request);
    });
  }

  #bind(request: Request, name: string, value: unknown): void {
    const { TYPES } = this.driver;
    if (value === null || value === undefined || typeof value === 'string') request.addParameter(name, TYPES.NVarChar, value ?? null);
    else if (typeof value === 'boolean') request.addParameter(name, TYPES.Bit, value);
    else if (typeof value === 'bigint') request.addParameter(name, TYPES.BigInt, value.toString());
    else if (typeof value === 'number') request.addParameter(name, isInt32(value) ? TYPES.Int : TYPES.Float, value);
    else if (value instanceof Date) request.addParameter(name, TYPES.DateTime2, value, { scale: 3 });
    else if (value instanceof Uint8Array) request.addParameter(name, TYPES.VarBinary, Buffer.from(value));
    else request.addParameter(name, TYPES.NVarChar, JSON.stringify(value));
  }

  #end(): void {
    this.broken = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

function toRow(columns: Columns): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map(({ value, metadata }) => [metadata.colName, value]));
}

/** The statements of transactions in Transact-SQL; undefined for one that it has no need of. */
function toTransactSql(sql: string): string | undefined {
  if (!/^(?:savepoint|release|rollback)\b/i.test(sql)) return sql;
  const savepoint = sql.match(/^(savepoint|release savepoint|rollback to savepoint|rollback to) (\w+)$/i);
  if (savepoint === null) return /^rollback$/i.test(sql) ? 'if @@trancount > 0 rollback transaction' : sql;
  const [, action, name] = savepoint;
  if (/^release/i.test(action!)) return undefined;
  return `${/^savepoint/i.test(action!) ? 'save' : 'rollback'} transaction ${name}`;
}

/** Errors without a number of the server, other than those of a time limit, leave the connection unusable; severity 20 ends it. */
function isFatal(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.some((part: Error) => isFatal(part));
  const { number, class: severity, code } = error as { number?: number; class?: number; code?: string };
  if (number === undefined) return code !== 'ETIMEOUT' && code !== 'ECANCEL' && code !== 'EPARAM';
  return severity !== undefined && severity >= 20;
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}
