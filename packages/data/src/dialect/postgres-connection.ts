import type pg from 'pg';
import type { Connection, Done, Result, Rows, Statement } from './dialect.js';
import { sendCancelRequest } from './postgres-cancel.js';
import { PostgresMessages } from './postgres-messages.js';
import { type ParserOf, PostgresQuery, type Sending, SimpleQuery, SyncQuery } from './postgres-query.js';
import { type PreparedStatement, PreparedStatements } from './postgres-statements.js';
import { streamPortal } from './postgres-stream.js';
import { postgresServes } from './session-state.js';

/** What is used of pg's client beyond its types. */
export interface PostgresClient extends pg.Client {
  readonly processID: number;
  readonly secretKey: number;
}

/** Whether statements are prepared; shared by all connections of a database, as a pooler in between is. */
export interface Preparing {
  on: boolean;
  /** Whether a refusal turns it off for good. */
  readonly auto: boolean;
  /** Most prepared statements of one connection. */
  readonly limit: number;
}

// Milliseconds. A cancellation that takes longer has been lost.
const cancelLimit = 1_000;
const control = /^(?:begin|commit|rollback|savepoint|release savepoint|select 1$)[ \w]*$/;

/** One connection through pg's client, in its pipeline mode: what is sent while a statement runs waits its turn on the server. */
export class PostgresConnection implements Connection {
  broken = false;
  readonly interleaves = true;
  readonly pipelines = true;
  readonly messages: PostgresMessages;
  readonly #statements: PreparedStatements;
  readonly #listeners: (() => void)[] = [];
  /** Tells of the statement that failed; once the server is ready again, as only then it says whether a transaction is open. */
  #failing: (() => void) | undefined;
  #portals = 0;

  constructor(
    private readonly client: PostgresClient,
    readonly parserOf: ParserOf,
    private readonly preparing: Preparing,
  ) {
    this.messages = new PostgresMessages(() => client.connection.stream);
    this.#statements = new PreparedStatements(preparing.limit);
    client.on('error', () => this.#end());
    client.on('end', () => this.#end());
  }

  /** To be called when the client has connected, so that its own listener has read the transaction status before ours. */
  ready(): void {
    (this.client.connection as NodeJS.EventEmitter).on('readyForQuery', () => this.#tellFailure());
  }

  get idle(): boolean {
    return this.client.getTransactionStatus() === 'I';
  }

  run(statement: Statement): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.send(statement, (error, result) => (result === undefined ? reject(error as Error) : resolve(result)));
    });
  }

  send(statement: Statement, done: Done): void {
    if (statement.prepare === true) this.#prepared(statement, done);
    else if (statement.bindings.length === 0 && control.test(statement.sql))
      this.submit(new SimpleQuery(this.messages, { sql: statement.sql, values: [] }, this.parserOf, this.ending(done)));
    else this.#plain(statement, done);
  }

  stream(statement: Statement, size: number): AsyncIterable<Rows> {
    return streamPortal(this, statement, size, `plinth_${++this.#portals}`);
  }

  async cancel(): Promise<void> {
    const { host, port, processID, secretKey } = this.client;
    await sendCancelRequest({ host, port, processId: processID, secretKey }, cancelLimit);
    if (this.broken) return;
    // The signal has been sent: behind one more answer it has hit what it could hit.
    await new Promise<void>((resolve) => {
      this.submit(new SyncQuery(this.messages, { sql: '', values: [] }, this.parserOf, () => resolve()));
    });
  }

  get session(): number {
    return this.client.processID;
  }

  isServed(other: Connection): Promise<boolean> {
    return postgresServes(this, other as PostgresConnection);
  }

  /** Hands a query to pg's client, which gives it its messages in turn. */
  submit(query: PostgresQuery): void {
    this.client.query(query as unknown as pg.Submittable);
  }

  /** What ends a query: its failure is told once the server is ready again, or at once when the session is over. */
  ending(done: Done): Done {
    return (error, result) => {
      if (result !== undefined) return done(undefined, result);
      const code = (error as { code?: unknown } | null)?.code;
      // Without an SQLSTATE the error is not the server's: the connection is in an unknown state. Some say that the session is over.
      if (!isSqlState(code) || endsSession.test(code)) this.broken = true;
      if (this.broken) return done(error);
      this.#failing = () => done(error);
    };
  }

  spoil(): void {
    this.broken = true;
  }

  async close(): Promise<void> {
    if (this.broken || !this.idle) {
      // end() waits for the running statement and for the server; a broken connection is cut off instead.
      this.client.connection.stream.destroy();
      return;
    }
    await this.client.end();
  }

  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #prepared(statement: Statement, done: Done): void {
    const sending = this.#sendingOf(statement);
    const ending = this.ending((error, result) => {
      if (result !== undefined) return done(undefined, result);
      if (this.#mayAgain(error, sending) && this.idle && !this.broken) return this.#prepared(statement, done);
      done(error);
    });
    const query: PostgresQuery = new PostgresQuery(this.messages, sending, this.parserOf, (error, result) => {
      if (!query.unsent) return ending(error, result);
      if (sending.fresh === true) this.#statements.drop(sending.named!);
      done(error);
    });
    this.submit(query);
  }

  /** By name where that is possible; without one while another query is preparing the same text and may still fail. */
  #sendingOf({ sql, bindings: values }: Statement): Sending {
    if (!this.preparing.on) return { sql, values };
    const known = this.#statements.get(sql);
    if (known !== undefined) return known.shape === undefined ? { sql, values } : { sql, values, named: known };
    const { added, evicted } = this.#statements.add(sql);
    return { sql, values, named: added, fresh: true, evicted: evicted?.name };
  }

  /** Whether a statement failed only because of its name, so that nothing of it has run; the name is not used again then. */
  #mayAgain(error: unknown, { named, fresh = false }: Sending): boolean {
    if (named === undefined) return false;
    const { code, routine } = (error ?? {}) as { code?: string; routine?: string };
    if (code === '26000' || code === '42P05') {
      this.#statements.drop(named);
      // Behind a pooler that shares sessions, names mean nothing.
      if (this.preparing.auto) this.preparing.on = false;
      else if (code === '42P05') this.#close(named);
      return true;
    }
    if (code === '0A000' && routine === 'RevalidateCachedQuery') {
      this.#statements.drop(named);
      this.#close(named);
      return true;
    }
    if (fresh && named.shape === undefined) {
      this.#statements.drop(named);
      this.#close(named);
    }
    return false;
  }

  // Closing what does not exist is no error; its answer comes before that of the statement it is sent with.
  #close(statement: PreparedStatement): void {
    if (this.broken) return;
    this.messages.closeStatement(statement.name);
  }

  /** pg's own query: for texts without a name, with knex's options, or of several statements. */
  #plain(statement: Statement, done: Done): void {
    const ending = this.ending(done);
    const config = { text: statement.sql, values: statement.bindings as unknown[], ...statement.options };
    // pg writes at once; what was gathered comes first.
    this.messages.flush();
    this.client.query(config, (error: Error | null, answer: pg.QueryResult) => {
      if (error) return ending(error);
      // Several statements in one text give several answers.
      const last = Array.isArray(answer) ? (answer as pg.QueryResult[]).at(-1)! : answer;
      ending(undefined, { rows: last.rows ?? [], affected: last.rowCount ?? 0, command: last.command, raw: answer });
    });
  }

  #tellFailure(): void {
    const tell = this.#failing;
    if (tell === undefined) return;
    this.#failing = undefined;
    tell();
  }

  #end(): void {
    this.broken = true;
    this.#tellFailure();
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

const endsSession = /^(?:57P|08|25P03)/;

function isSqlState(code: unknown): code is string {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE';
}
