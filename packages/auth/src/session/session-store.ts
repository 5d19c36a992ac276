import { token } from '@plinth/core';

/** A session as it is stored. Times are milliseconds since 1970 (UTC). The cookie's token is not in it, only its hash. */
export interface SessionRecord {
  /** The handle for lists and for revoking: a UUID. It opens nothing. */
  readonly id: string;
  /** SHA-256 of the cookie's token, in base64url (43 characters): the key that a session is found by. */
  readonly tokenHash: string;
  readonly userId: string;
  readonly createdAt: number;
  /** The last request that used it, to the minute. */
  readonly seenAt: number;
  /** From then on it is over, unless it is used before. */
  readonly idleUntil: number;
  /** From then on it is over, however often it is used. */
  readonly endsAt: number;
  /** What the application keeps with it, as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What may change in a stored session. */
export type SessionChange = Partial<Pick<SessionRecord, 'tokenHash' | 'seenAt' | 'idleUntil' | 'endsAt' | 'data'>>;

/**
 * Where sessions are kept. Implement it to keep them elsewhere, and prove it with `describeSessionStore`.
 * A store neither judges times nor makes tokens; it may drop records whose `endsAt` or `idleUntil` has passed.
 */
export interface SessionStore {
  /** Stores a new session. */
  insert(record: SessionRecord): Promise<void>;
  /** The session with this token hash. */
  find(tokenHash: string): Promise<SessionRecord | undefined>;
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
export const SESSION_STORE = token<SessionStore>('SESSION_STORE');
