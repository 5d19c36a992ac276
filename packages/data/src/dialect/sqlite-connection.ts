import type { Connection, Result, Rows, Statement } from './dialect.js';
import { isBusy, retryBusy } from './sqlite-busy.js';
import type { SqliteHandle, SqliteStatement } from './sqlite-driver.js';
import { type KeptStatement, StatementCache } from './sqlite-statements.js';
import type { WriteQueue } from './sqlite-write-queue.js';

/** A connection to a file of SQLite. Its statements run in this process, one after the other, and are compiled once. */
export class SqliteConnection implements Connection {
  broken = false;
  readonly #statements = new StatementCache();
  #closed = false;
  /** Whether no transaction is open; the driver is asked again after each statement that can change it. */
  #idle = true;

  constructor(
    private readonly db: SqliteHandle,
    /** Longest wait for a lock, in milliseconds. */
    private readonly lockTimeout: number,
    private readonly queue: WriteQueue | undefined,
  ) {}

  get idle(): boolean {
    return this.#idle;
  }

  run(statement: Statement): Promise<Result> {
    // Readers need no turn: they see the last commit.
    if (this.queue === undefined || (this.#idle && onlyReads.test(statement.sql)))
      return retryBusy(this.lockTimeout, () => this.#run(statement));
    return this.#runInTurn(this.queue, statement);
  }

  runNow(statement: Statement): Result | undefined {
    const { queue } = this;
    try {
      const prepared = this.#prepare(statement.sql);
      if (queue !== undefined && !(this.#idle && prepared.reads) && !queue.takeNow(this)) return undefined;
      const result = this.#runPrepared(prepared, statement);
      if (this.#idle) queue?.give(this);
      return result;
    } catch (error) {
      if (this.#idle) queue?.give(this);
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  async *stream(statement: Statement, size: number): AsyncGenerator<Rows, void, undefined> {
    const { prepared, reads } = this.#prepare(statement.sql);
    if (!prepared.reader || !reads) {
      const { rows } = await this.run(statement);
      for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
      return;
    }
    const bindings = statement.bindings.map(toBinding);
    const open = (): { rows: Iterator<Rows[number]>; first: IteratorResult<Rows[number]> } => {
      const rows = prepared.iterate(bindings, statement.bigints === true);
      return { rows, first: rows.next() };
    };
    const { rows, first } = await retryBusy(this.lockTimeout, open);
    try {
      let batch: Rows[number][] = [];
      for (let next = first; next.done !== true; next = rows.next()) {
        batch.push(next.value);
        if (batch.length < size) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    } finally {
      rows.return?.();
    }
  }

  // Closing would lose an in-memory database, and is never needed where a rollback works.
  spoil(): void {
    this.reset();
  }

  reset(): void {
    try {
      if (this.db.inTransaction) this.db.exec('rollback');
    } catch {
      this.broken = true;
    }
    this.#idle = !this.db.inTransaction;
    this.queue?.give(this);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    try {
      this.db.close();
    } finally {
      this.queue?.leave(this);
    }
  }

  onEnd(): void {
    // A file does not hang up.
  }

  async #runInTurn(queue: WriteQueue, statement: Statement): Promise<Result> {
    const asked = performance.now();
    try {
      const turn = queue.take(this, this.lockTimeout);
      if (turn !== undefined) await turn;
      return await retryBusy(Math.max(0, this.lockTimeout - (performance.now() - asked)), () => this.#run(statement));
    } finally {
      // BEGIN keeps the turn for its transaction, until COMMIT or ROLLBACK.
      if (this.#idle) queue.give(this);
    }
  }

  #run(statement: Statement): Result {
    return this.#runPrepared(this.#prepare(statement.sql), statement);
  }

  #runPrepared({ prepared, plain }: KeptStatement, statement: Statement): Result {
    try {
      return resultOf(prepared, statement);
    } catch (error) {
      // A failure may have rolled back everything.
      this.#idle = !this.db.inTransaction;
      throw error;
    } finally {
      if (!plain) this.#idle = !this.db.inTransaction;
    }
  }

  #prepare(sql: string): KeptStatement {
    const kept = this.#statements.get(sql);
    if (kept !== undefined) return kept;
    const made: KeptStatement = { prepared: this.db.prepare(sql), reads: onlyReads.test(sql), plain: plainStatement.test(sql), used: 0 };
    // The columns of kept statements may have changed.
    if (changesSchema.test(sql)) this.#statements.clear();
    else this.#statements.add(sql, made);
    return made;
  }
}

function resultOf(prepared: SqliteStatement, statement: Statement): Result {
  const bindings = toBindings(statement.bindings);
  if (prepared.reader) {
    const rows = prepared.all(bindings, statement.bigints === true);
    // INSERT … RETURNING reads rows too; its count is that of the rows.
    return { rows, affected: rows.length, raw: { response: rows } };
  }
  const done = prepared.run(bindings);
  return {
    rows: [],
    affected: done.changes,
    insertId: done.lastInsertRowid,
    raw: { response: done, context: { lastID: done.lastInsertRowid, changes: done.changes } },
  };
}

/** Statements that certainly write nothing. */
export const onlyReads = /^\s*(?:select|values|explain|pragma\s+foreign_keys)\b/i;
const changesSchema = /^\s*(?:create|alter|drop|pragma|vacuum|attach|detach|reindex)\b/i;

// After success of one of these a transaction is open if and only if it was before.
const plainStatement = /^\s*(?:select|insert|update|delete|replace|with|values)\b/i;

function toBindings(values: readonly unknown[]): readonly unknown[] {
  const bindings = [...values];
  for (let index = 0; index < bindings.length; index++) {
    const value = bindings[index];
    if (typeof value !== 'string' && typeof value !== 'number') bindings[index] = toBinding(value);
  }
  return bindings;
}

function toBinding(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === undefined ? null : value;
}
