import { boolean, json, table, text, timestamp, uuid } from '@plinth/data';
import type { SessionDevice } from '../../session/session-device.js';
import type { StoredAuth, StoredRotation } from '../../session/session-store.js';

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
  familyHash: text({ max: 43 }).nullable().unique(),
  pending: boolean(),
  remember: boolean(),
  auth: json<StoredAuth>({ type: 'object' }),
  device: json<SessionDevice>({ type: 'object' }).nullable(),
  rotation: json<StoredRotation>({ type: 'object' }).nullable(),
});
