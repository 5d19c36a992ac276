import { defineErrors } from '@plinth/core';
import { CONNECTION_ERRORS } from './errors/connection-errors.js';
import { MIGRATION_ERRORS } from './errors/migration-errors.js';
import { QUERY_ERRORS } from './errors/query-errors.js';
import { REDIS_ERRORS } from './errors/redis-errors.js';
import { TRANSACTION_ERRORS } from './errors/transaction-errors.js';

/**
 * Every error of this package that is not a failure reported by the database itself (those are the classes in `failure/`). Each stands in
 * the file of its area, in `errors/`.
 */
export const DATA_ERRORS = defineErrors('DATA', {
  ...CONNECTION_ERRORS,
  ...TRANSACTION_ERRORS,
  ...QUERY_ERRORS,
  ...MIGRATION_ERRORS,
  ...REDIS_ERRORS,
});
