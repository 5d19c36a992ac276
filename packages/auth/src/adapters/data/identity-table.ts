import { table, text, timestamp, uuid } from '@plinth/data';

/** The table of identities at other providers. Tokens in it are encrypted with a key that is not in the database. */
export const authIdentities = table('auth_identities', {
  id: uuid().primary(),
  /** SHA-256 of issuer and subject: unique to the letter, whatever the collation. */
  identityKey: text({ max: 43 }).unique(),
  userId: text({ max: 255 }).index(),
  provider: text({ max: 64 }),
  issuer: text({ max: 255 }),
  subject: text({ max: 255 }),
  email: text({ max: 320 }).nullable(),
  linkedAt: timestamp(),
  usedAt: timestamp(),
  tokens: text().nullable(),
});
