import { defineMigration, integer, json, table, text, timestamp } from '@plinth/data';

/** The table of one-time tokens and codes. No secret is in it, only hashes. */
export const authOneTimeTokens = table(
  'auth_one_time_tokens',
  {
    purpose: text({ max: 64 }),
    subject: text({ max: 255 }),
    tokenHash: text({ max: 43 }).unique(),
    codeHash: text({ max: 43 }).nullable(),
    tries: integer(),
    issuedAt: timestamp(),
    expiresAt: timestamp().index(),
    data: json<Readonly<Record<string, unknown>>>({ type: 'object' }),
  },
  { primary: ['subject', 'purpose'] },
);

/** Creates the table of one-time tokens: list it in the migrations of your `DataModule`. */
export const createAuthOneTimeTokens = defineMigration('2026_11_auth_one_time_tokens', {
  up: ({ createTable }) => createTable(authOneTimeTokens),
  down: ({ dropTable }) => dropTable(authOneTimeTokens),
});
