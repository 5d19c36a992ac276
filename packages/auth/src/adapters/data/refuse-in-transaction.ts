import type { Database } from '@plinth/data';
import { AUTH_ERRORS } from '../../errors.js';

/** Throws `AUTH_IN_TRANSACTION` where the caller has a transaction, whose rollback would take back what must stay: a counted try, a revocation. */
export function refuseInTransaction(database: Database, what: string): void {
  if (database.inTransaction) throw AUTH_ERRORS.IN_TRANSACTION({ what });
}
