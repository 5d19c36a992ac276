import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '@plinth/data';
import { refuseInTransaction } from './refuse-in-transaction.js';

/**
 * Runs statements apart from the caller's transaction and request: a rollback, or a client who leaves, must not take back what was
 * counted or recorded. Where a database has one connection that writes (SQLite), the caller's transaction would be waited for by itself:
 * there it throws `AUTH_IN_TRANSACTION`. Make it when the store is made, outside of any transaction.
 */
export function outsideTransactions(database: Database): <T>(what: string, run: () => Promise<T>) => Promise<T> {
  const outside = AsyncLocalStorage.snapshot();
  return async (what, run) => {
    if (database.dialect === 'sqlite') refuseInTransaction(database, what);
    return outside(run);
  };
}
