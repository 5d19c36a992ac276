import { bigint, integer, table, text } from '@plinth/data';

/** The table of counted attempts. Times are milliseconds since 1970 by the application's clock. */
export const authAttempts = table('auth_attempts', {
  id: text({ max: 64 }).primary(),
  attempts: integer(),
  lastAt: bigint(),
  endsAt: bigint().index(),
  /** What the last statement decided: 0 allowed, -1 held, else the milliseconds to wait. */
  given: bigint(),
});
