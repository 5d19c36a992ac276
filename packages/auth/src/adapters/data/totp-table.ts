import { integer, table, text, timestamp, uuid } from '@plinth/data';

/** The table of authenticators, a row for each user. The secrets in it are encrypted with a key that is not in the database. */
export const authTotp = table('auth_totp', {
  userId: text({ max: 255 }).primary(),
  activeId: uuid().nullable(),
  secret: text({ max: 255 }).nullable(),
  lastStep: integer().nullable(),
  confirmedAt: timestamp().nullable(),
  pendingId: uuid().nullable(),
  pendingSecret: text({ max: 255 }).nullable(),
  startedAt: timestamp().nullable(),
});
