import { token } from '@plinth/core';
import type { SessionDevice } from './session-device.js';

/** When and how the user of a session has proved who they are. */
export interface StoredAuth {
  /** The last proof (`auth_time`), in milliseconds since 1970; 0: never, as far as is known. */
  readonly at: number;
  /** The time of the last proof of each kind, by its name of RFC 8176 (`pwd`, `otp`, `hwk`, …). */
  readonly methods: Readonly<Record<string, number>>;
}

/** The last change of a session's token. */
export interface StoredRotation {
  readonly at: number;
  /** The hash of the token before, where that one still opens the session until its successor has arrived; else null. */
  readonly previous: string | null;
  /** Whether the new token has been used: whoever holds it, its client has it. */
  readonly confirmed: boolean;
  /** The hash of the token that was given when the user's rights last changed: what CSRF tokens are bound to. */
  readonly origin: string;
}

/** A session as it is stored. Times are milliseconds since 1970 (UTC). The cookie's token is not in it, only its hash. */
export interface SessionRecord {
  /** The handle for lists and for revoking: a UUID. It opens nothing. */
  readonly id: string;
  /** SHA-256 of the cookie's token, in base64url (43 characters): the key that a session is found by. */
  readonly tokenHash: string;
  /** A hash that all tokens of this session have in common: by it a token of the past is recognised. Null in sessions of old releases. */
  readonly familyHash: string | null;
  readonly userId: string;
  readonly createdAt: number;
  /** The last request that used it, to the minute. */
  readonly seenAt: number;
  /** From then on it is over, unless it is used before. */
  readonly idleUntil: number;
  /** From then on it is over, however often it is used. */
  readonly endsAt: number;
  readonly auth: StoredAuth;
  /** A second factor is needed before it opens anything else. */
  readonly pending: boolean;
  /** It has the longer lifetimes, and its token is renewed after times of rest. */
  readonly remember: boolean;
  readonly device: SessionDevice | null;
  readonly rotation: StoredRotation | null;
  /** What the application keeps with it, as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What may change in a stored session. */
export type SessionChange = Partial<Omit<SessionRecord, 'id' | 'userId' | 'createdAt' | 'device'>>;

/**
 * Where sessions are kept. Implement it to keep them elsewhere, and prove it with `describeSessionStore`.
 * A store neither judges times nor makes tokens; it may drop records whose `endsAt` or `idleUntil` has passed.
 */
export interface SessionStore {
  /** Stores a new session. */
  insert(record: SessionRecord): Promise<void>;
  /** The session with this token hash. A store that knows it at once says so at once: guards ask it with every request. */
  find(tokenHash: string): Promise<SessionRecord | undefined> | SessionRecord | undefined;
  /** The session with this family hash, whatever its token is by now. */
  findByFamily(familyHash: string): Promise<SessionRecord | undefined>;
  /**
   * Changes the session that has this token hash, in one step. False when there is none (any more): of two rotations at the same time
   * one wins.
   */
  update(tokenHash: string, change: SessionChange): Promise<boolean>;
  /** The sessions of a user, the one used last first. */
  list(userId: string): Promise<readonly SessionRecord[]>;
  /** Removes the user's session with this id. False when there is none. */
  remove(userId: string, id: string): Promise<boolean>;
  /** Removes the session with this token hash. False when there is none. */
  removeByToken(tokenHash: string): Promise<boolean>;
  /** Removes every session of a user, but for the one with the id `except`; gives their number. */
  removeAll(userId: string, except?: string): Promise<number>;
  /** Removes what was over before this time; gives their number. */
  prune(before: number): Promise<number>;
}

/** The store that `Sessions` uses. */
export const SESSION_STORE = token<SessionStore>('SESSION_STORE', { from: 'AuthModule of @plinth/auth' });
