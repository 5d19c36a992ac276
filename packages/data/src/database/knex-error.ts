import { isAppError } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import { codeOf, DriverError } from '../failure/driver-error.js';

/** The typed error for whatever a knex query failed with: `DATA_KNEX_QUERY`, unless it is typed already. */
export function toKnexError(error: unknown): Error {
  if (isAppError(error)) return error;
  // The driver's assertion about a value may quote it; knex's own texts name columns and placeholders only.
  if (codeOf(error) === 'ERR_ASSERTION') {
    return DATA_ERRORS.KNEX_QUERY(
      { reason: 'one of its values is of a type that the driver cannot bind' },
      { cause: new DriverError(error, undefined) },
    );
  }
  const reason = error instanceof Error ? error.message.replace(/\.$/, '') : 'something that is no error was thrown';
  return DATA_ERRORS.KNEX_QUERY({ reason }, { cause: error });
}
