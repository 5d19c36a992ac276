import { json, table, text, timestamp, uuid } from '@plinth/data';

/** The table of sessions. No token is in it, only hashes: whoever reads it cannot sign in with it. */
export const authSessions = table('auth_sessions', {
  id: uuid().primary(),
  tokenHash: text({ max: 43 }).unique(),
  userId: text({ max: 255 }).index(),
  createdAt: timestamp(),
  seenAt: timestamp(),
  idleUntil: timestamp().index(),
  endsAt: timestamp().index(),
  data: json<Readonly<Record<string, unknown>>>({ type: 'object' }),
});
