import { bigint, defineMigration, table, text } from '@plinth/data';

/** The table of rate limits. Who was counted is in it as a hash only. */
export const httpRateLimits = table('http_rate_limits', {
  id: text({ max: 43 }).primary(),
  /** Microseconds since 1970 at which everything taken will have come back. */
  instant: bigint().index(),
  /** What the last take gave. */
  given: bigint(),
});

/** Creates the table of rate limits: list it in the migrations of your `DataModule`. */
export const createHttpRateLimits = defineMigration('2026_11_http_rate_limits', {
  up: ({ createTable }) => createTable(httpRateLimits),
  down: ({ dropTable }) => dropTable(httpRateLimits),
});
