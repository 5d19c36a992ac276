import type { Connection as MysqlClient, QueryError, ResultSetHeader } from 'mysql2';
import { DATA_ERRORS } from '../errors.js';
import { ValueTooLong } from '../failure/database-errors.js';
import type { Connection, Done, Result, Rows, Statement } from './dialect.js';
import type { MysqlCanceller } from './mysql-cancel.js';
import { toMysqlFailure } from './mysql-failures.js';
import { endsByRollback } from './mysql-implicit-commit.js';
import { mysqlServes } from './session-state.js';

// Bit 0 of the server's status flags (SERVER_STATUS_IN_TRANS).
const inTransaction = 0x0001;

// The smallest packet size that a server of today is set up with; escaping at most doubles a value.
const surelySmall = 500_000;

function isLarge({ bindings }: Statement): boolean {
  let size = 0;
  for (const value of bindings) if (typeof value === 'string' || value instanceof Uint8Array) size += value.length;
  return size > surelySmall;
}

/** One connection through `mysql2`. */
export class MysqlConnection implements Connection {
  broken = false;
  idle = true;
  /** Whether a transaction was open before the statement that runs now. */
  #began = false;
  /** Counts the statements, so that a cancellation can tell whether the one it is for still runs. */
  #statements = 0;
  #running = false;
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly client: MysqlClient,
    private readonly canceller: MysqlCanceller,
  ) {
    client.on('error', () => this.#end());
    client.on('end', () => this.#end());
  }

  run(statement: Statement): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.send(statement, (error, result) => (result === undefined ? reject(error as Error) : resolve(result)));
    });
  }

  send(statement: Statement, done: Done): void {
    this.#statements++;
    this.#running = true;
    const answered: Done = (error, result) => {
      if (result === undefined) return void this.#failed(statement, error, done);
      this.#ended();
      done(undefined, result);
    };
    if (isLarge(statement)) this.#sendMeasured(statement, answered);
    else this.#send(statement, answered);
  }

  /** A statement beyond the server's packet size would cost the connection, and look like a network that failed. */
  #sendMeasured(statement: Statement, done: Done): void {
    const length = Buffer.byteLength(this.client.format(statement.sql, statement.bindings as never)) + 1;
    this.#send({ sql: 'select @@max_allowed_packet as max', bindings: [] }, (error, result) => {
      if (result === undefined) return done(error);
      const max = Number(result.rows[0]!['max']);
      if (length > max) done(new ValueTooLong({ driverCode: 'ER_NET_PACKET_TOO_LARGE', max, unit: 'bytes of a whole statement' }));
      else this.#send(statement, done);
    });
  }

  /** Tells of a failed statement, once it is known whether it has ended the transaction. */
  async #failed(statement: Statement, error: unknown, done: Done): Promise<void> {
    if (!this.idle && !this.broken) await this.#learnStatus();
    const committed = this.#began && this.idle && !endsByRollback(statement.sql, error);
    this.#ended();
    done(committed ? DATA_ERRORS.IMPLICIT_COMMIT({}, { cause: toMysqlFailure(error) }) : error);
  }

  #ended(): void {
    this.#running = false;
    this.#began = !this.idle;
  }

  /** Rows as they arrive: the socket is not read while nobody asks for more. Leaving early cancels what is left on the server. */
  async *stream(statement: Statement, size: number): AsyncGenerator<Rows, void, undefined> {
    this.#statements++;
    this.#running = true;
    const query = this.client.query({ sql: statement.sql, values: statement.bindings as unknown[] });
    // The stream passes errors on while somebody reads it; later ones are of the cancellation.
    query.on('error', (error) => this.#noteBroken(error));
    const rows = query.stream({ highWaterMark: size });
    let complete = false;
    try {
      let batch: Rows[number][] = [];
      for await (const row of rows) {
        if (batch.push(row as Rows[number]) < size) continue;
        yield batch;
        batch = [];
      }
      complete = true;
      this.#running = false;
      if (batch.length > 0) yield batch;
    } finally {
      if (!complete && !this.broken) await this.cancel();
      this.#running = false;
    }
  }

  async cancel(): Promise<void> {
    const number = this.#statements;
    const threadId = this.client.threadId;
    if (threadId !== null && !this.broken)
      await this.canceller.cancel(threadId, () => this.#running && this.#statements === number && !this.broken);
    // Behind the answer to this nothing is hit any more.
    if (!this.broken) await this.#learnStatus();
  }

  get session(): number {
    return this.client.threadId!;
  }

  isServed(other: Connection): Promise<boolean> {
    return mysqlServes(this, other as MysqlConnection);
  }

  spoil(): void {
    this.broken = true;
  }

  #send(statement: Statement, done: Done): void {
    // As text: `execute` would bind every number as a double, and read other types back than `query`.
    const query = statement.options === undefined ? { sql: statement.sql } : { sql: statement.sql, ...statement.options };
    this.client.query(query, statement.bindings as never, (error, answer, fields) => {
      if (!error) return done(undefined, this.#read(answer, fields));
      this.#noteBroken(error);
      done(error);
    });
  }

  /** Errors carry no status flags. This statement does nothing, and its answer tells whether the transaction is still open. */
  async #learnStatus(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#send({ sql: 'do 0', bindings: [] }, (_error, result) => {
        if (result === undefined) this.spoil();
        resolve();
      });
    });
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

  #noteBroken(error: QueryError): void {
    if (error.errno === undefined || error.fatal === true || error.code === 'PROTOCOL_SEQUENCE_TIMEOUT') this.broken = true;
  }

  #end(): void {
    this.broken = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
