import type { Knex } from 'knex';
import type { Dialect, Result, Rows, Statement } from '../dialect/dialect.js';
import type { TransactionOptions } from '../transaction/transaction.js';

/** What repositories need of a database. */
export interface Session {
  readonly knex: Knex;
  readonly dialect: Dialect;
  run(statement: Statement): Promise<Result>;
  /** The same with what `read` makes of the answer: one promise less to wait for. */
  run<T>(statement: Statement, read: (result: Result) => T): Promise<T>;
  /** The rows of a statement in batches of up to `size`, read no further than the loop goes. */
  iterate(statement: Statement, size: number): AsyncIterable<Rows>;
  /** The transaction of the current asynchronous context; the same object for all its statements. */
  scope(): object | undefined;
  transaction<T>(fn: () => Promise<T>, options?: TransactionOptions): Promise<T>;
  now(): Date;
}
