import { bigint, defineMigration, table, text } from '@plinth/data';

/** The table of idempotency keys. Keys and whose they are stand in it as hashes only; replies as they were sent. */
export const httpIdempotencyKeys = table('http_idempotency_keys', {
  id: text({ max: 43 }).primary(),
  fingerprint: text({ max: 43 }),
  owner: text({ max: 36 }),
  /** Null while the first request runs. */
  reply: text().nullable(),
  /** Milliseconds since 1970: the end of the lock, then that of the reply. */
  until: bigint().index(),
});

/** Creates the table of idempotency keys: list it in the migrations of your `DataModule`. */
export const createHttpIdempotencyKeys = defineMigration('2026_11_http_idempotency_keys', {
  up: ({ createTable }) => createTable(httpIdempotencyKeys),
  down: ({ dropTable }) => dropTable(httpIdempotencyKeys),
});
