import type { SessionDevice } from './session-device.js';
import type { SessionRecord } from './session-store.js';

/** When and how the user of a session has proved who they are. */
export interface SessionAuth {
  /** The last proof: `auth_time` of OpenID Connect. */
  readonly at: Date;
  /** The kinds of proof given so far, by their names of RFC 8176: `pwd`, `otp`, `hwk`, … (`amr`). */
  readonly methods: readonly string[];
  /** When each was given last. */
  readonly times: Readonly<Record<string, Date>>;
}

/** A session as the application sees it. */
export interface Session {
  /** The handle for lists of devices and for `revoke`; it opens nothing. */
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  /** The last request that used it, to the minute. */
  readonly seenAt: Date;
  /** When it will be over if it is not used any more. */
  readonly expiresAt: Date;
  readonly auth: SessionAuth;
  /** It waits for a second factor: the guard `session` refuses it, `sessionPending` takes it. */
  readonly pending: boolean;
  /** Where it was started, if that was said. */
  readonly device: SessionDevice | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A session and the secret that opens it, for the cookie. The secret is never to be had again. */
export interface NewSession {
  readonly token: string;
  readonly session: Session;
  /** For how many seconds the browser keeps the cookie; undefined: until it is closed. */
  readonly maxAge?: number;
}

/** What the application is shown of a record. */
export function toSession(record: SessionRecord): Session {
  const { at, methods } = record.auth;
  return {
    id: record.id,
    userId: record.userId,
    createdAt: new Date(record.createdAt),
    seenAt: new Date(record.seenAt),
    expiresAt: new Date(record.idleUntil),
    auth: {
      at: new Date(at),
      methods: Object.keys(methods),
      times: Object.fromEntries(Object.entries(methods).map(([method, time]) => [method, new Date(time)])),
    },
    pending: record.pending,
    device: record.device ?? undefined,
    data: record.data,
  };
}
