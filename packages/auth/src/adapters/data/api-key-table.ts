import { defineMigration, json, table, text, timestamp, uuid } from '@plinth/data';

/** The table of API keys. No key is in it, only hashes. */
export const authApiKeys = table('auth_api_keys', {
  id: uuid().primary(),
  keyHash: text({ max: 43 }).unique(),
  hint: text({ max: 64 }),
  owner: text({ max: 255 }).index(),
  name: text({ max: 255 }),
  scopes: json<readonly string[]>({ type: 'array' }),
  createdAt: timestamp(),
  expiresAt: timestamp().nullable(),
  usedAt: timestamp().nullable(),
});

/** Creates the table of API keys: list it in the migrations of your `DataModule`. */
export const createAuthApiKeys = defineMigration('2026_11_auth_api_keys', {
  up: ({ createTable }) => createTable(authApiKeys),
  down: ({ dropTable }) => dropTable(authApiKeys),
});
