import type { Dep } from '@plinth/core';
import { DATABASE, type Database } from '../database/database.js';
import type { TransactionOptions } from './transaction.js';

/** An around of a route, as `@plinth/http` takes it; declared here structurally, because neither package imports the other. */
export interface TransactionAround {
  readonly name: string;
  readonly position: 'inner';
  readonly deps: readonly Dep[];
  readonly run: <R>(context: never, next: () => Promise<R>, ...dependencies: readonly unknown[]) => Promise<R>;
}

/**
 * Runs a route's handler in a transaction: `@Post('/', { around: [inTransaction()] })`. It commits when the handler's reply has
 * passed its contract, and rolls back when anything throws.
 */
export function inTransaction(options: TransactionOptions = {}): TransactionAround {
  return Object.freeze<TransactionAround>({
    name: 'inTransaction',
    position: 'inner',
    deps: [DATABASE],
    run: (_context, next, database) => (database as Database).transaction(next, options),
  });
}
