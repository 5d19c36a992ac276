import { token } from '@plinth/core';
import type { Knex } from 'knex';
import type { DialectName } from '../dialect/dialect.js';
import type { Migrator } from '../migrate/migrator.js';
import type { Repository } from '../repository/repository.js';
import type { Seeder } from '../seed/seeder.js';
import type { SqlPart } from '../sql/sql.js';
import type { AnyTable } from '../table/table.js';
import type { TransactionOptions } from '../transaction/transaction.js';
import type { PoolUse } from './pool.js';

/** Rows of a statement; `affected` is the number of rows it changed. */
export type SqlRows<T> = T[] & { readonly affected: number };

/** A database: typed repositories, transactions that every query joins by itself, and knex underneath. */
export interface Database {
  /** Its name in logs and events. */
  readonly name: string;
  readonly dialect: DialectName;
  /** Its URL without the password. */
  readonly url: string;
  /** knex, for what repositories do not say. Its queries join the ambient transaction too; its rows are as the driver gives them. */
  readonly knex: Knex;
  /** Whether the current asynchronous context is inside a transaction. */
  readonly inTransaction: boolean;
  /** How full the pool is. */
  readonly pool: PoolUse;

  /** The rows of one table, typed. */
  repository<T extends AnyTable>(table: T): Repository<T>;

  /**
   * Runs `fn` in a transaction: every query of its asynchronous context joins, also in code that never heard of it. Commits when
   * `fn` resolves, rolls back when it throws. Inside another transaction it is a savepoint. A statement that failed makes the
   * transaction roll back even if its error was caught (`DATA_TRANSACTION_ABORTED`); `fn` never runs if BEGIN failed.
   */
  transaction<T>(fn: () => Promise<T> | T, options?: TransactionOptions): Promise<T>;

  /** Runs `hook` after the outermost transaction has committed, never after a rollback; at once outside of a transaction. Its errors are logged. */
  afterCommit(hook: () => unknown): Promise<void>;

  /** Runs SQL whose values are bound: `` await db.sql<{ n: number }>`select count(*) as n from ${users} where ${users.email} = ${email}` ``. */
  sql<R extends object = Record<string, unknown>>(texts: TemplateStringsArray, ...parts: readonly SqlPart[]): Promise<SqlRows<R>>;

  /** The migrations that the module lists. */
  readonly migrate: Migrator;
  /** The seeds that the module lists. */
  readonly seed: Seeder;

  /** Asks the database whether it is there. Throws `DATA_UNAVAILABLE` and the like. */
  ping(): Promise<void>;
  /** Waits up to `grace` ms (default 5,000) for running queries, then closes every connection. */
  close(grace?: number): Promise<void>;
}

/** Every database of the application, for tools that look after all: `app.get(allOf(DATABASES))`. */
export const DATABASES = token<Database>('DATABASES', { from: 'DataModule of @plinth/data' });

/** The application's database. Depending on it makes a route enter the request context. */
export const DATABASE = token<Database>('DATABASE', { from: 'DataModule of @plinth/data' });
