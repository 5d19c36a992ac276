import { defineMigration, json, table, text, timestamp, uuid } from '@plinth/data';

/** The table of refresh tokens, one row a family. No token is in it, only hashes. */
export const authRefreshTokens = table('auth_refresh_tokens', {
  id: uuid().primary(),
  familyHash: text({ max: 43 }).unique(),
  tokenHash: text({ max: 43 }),
  userId: text({ max: 255 }).index(),
  clientId: text({ max: 255 }).nullable(),
  sessionId: text({ max: 255 }).nullable(),
  createdAt: timestamp(),
  rotatedAt: timestamp(),
  idleUntil: timestamp().index(),
  endsAt: timestamp().index(),
  data: json<Readonly<Record<string, unknown>>>({ type: 'object' }),
});

/** Creates the table of refresh tokens: list it in the migrations of your `DataModule`. */
export const createAuthRefreshTokens = defineMigration('2026_11_auth_refresh_tokens', {
  up: ({ createTable }) => createTable(authRefreshTokens),
  down: ({ dropTable }) => dropTable(authRefreshTokens),
});
