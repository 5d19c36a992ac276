import type { Connection } from './dialect.js';

/** What opens the connection from which statements are cancelled. */
interface Opener {
  readonly variant: 'mysql' | 'mariadb';
  connect(): Promise<Connection>;
}

// Milliseconds for which the connection is kept after a cancellation, for the next one.
const keep = 10_000;

/** Ends statements of other connections (KILL QUERY), on a connection reserved for that; opened when it is first needed. */
export class MysqlCanceller {
  #connection: Promise<Connection> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly opener: Opener) {}

  /** Ends what the session runs, as long as `isRunning` says that it is still the statement that is meant. Never rejects. */
  async cancel(threadId: number, isRunning: () => boolean): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    try {
      this.#connection ??= this.opener.connect();
      const connection = await this.#connection;
      await this.#kill(connection, threadId, isRunning);
    } catch {
      // A statement that was not cancelled shows by going on. The connection may be the reason.
      await this.#drop();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#drop(), keep).unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#drop();
  }

  async #kill(connection: Connection, threadId: number, isRunning: () => boolean): Promise<void> {
    if (!isRunning()) return;
    if (this.opener.variant === 'mysql') {
      await connection.run({ sql: `kill query ${threadId}`, bindings: [] });
      return;
    }
    // MariaDB can end one certain statement, which cannot hit the next one of the session by mistake.
    const sql = `select query_id as number from information_schema.processlist where id = ${threadId} and command = 'Query'`;
    const { rows } = await connection.run({ sql, bindings: [] });
    const number = rows[0]?.['number'];
    if (number === undefined || !isRunning()) return;
    // That it has just ended is an error, too.
    await connection.run({ sql: `kill query id ${Number(number)}`, bindings: [] }).catch(() => undefined);
  }

  async #drop(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.then((open) => (open.spoil(), open.close())).catch(() => undefined);
  }
}
