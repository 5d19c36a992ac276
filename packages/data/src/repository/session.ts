import type { Knex } from 'knex';
import type { Dialect, Result, Statement } from '../dialect/dialect.js';
import type { TransactionOptions } from '../transaction/transaction.js';

/** What repositories need of a database. */
export interface Session {
  readonly knex: Knex;
  readonly dialect: Dialect;
  run(statement: Statement): Promise<Result>;
  transaction<T>(fn: () => Promise<T>, options?: TransactionOptions): Promise<T>;
  now(): Date;
}

/** A knex query or raw piece as a statement in the dialect's own placeholders. */
export function toStatement(query: Knex.QueryBuilder | Knex.Raw, bigints: boolean): Statement {
  const { sql, bindings } = query.toSQL().toNative();
  return { sql, bindings, bigints };
}
