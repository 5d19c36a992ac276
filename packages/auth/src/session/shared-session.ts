import { toSession, type Session, type SessionAuth } from './session.js';
import type { SessionRecord, StoredAuth } from './session-store.js';

const shared = new WeakMap<SessionRecord, Session>();

/**
 * `toSession` for a record that a store will not change any more, which it says by having frozen it: made once, not with every request.
 * Several requests have the same object, so it is frozen too, and every reading of a time gives another `Date`, which whoever reads it may
 * change.
 */
export function sharedSession(record: SessionRecord): Session {
  if (!Object.isFrozen(record)) return toSession(record);
  let session = shared.get(record);
  if (session === undefined) shared.set(record, (session = share(record)));
  return session;
}

function share(record: SessionRecord): Session {
  const { device, data } = toSession(record);
  const auth = shareAuth(record.auth);
  return Object.freeze<Session>({
    id: record.id,
    userId: record.userId,
    get createdAt() {
      return new Date(record.createdAt);
    },
    get seenAt() {
      return new Date(record.seenAt);
    },
    get expiresAt() {
      return new Date(record.idleUntil);
    },
    auth,
    pending: record.pending,
    device,
    data,
  });
}

function shareAuth(auth: StoredAuth): SessionAuth {
  return Object.freeze<SessionAuth>({
    get at() {
      return new Date(auth.at);
    },
    methods: Object.freeze(Object.keys(auth.methods)),
    get times() {
      return Object.fromEntries(Object.entries(auth.methods).map(([method, time]) => [method, new Date(time)]));
    },
  });
}
