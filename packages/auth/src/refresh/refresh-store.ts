import { token } from '@plinth/core';

/**
 * A family of refresh tokens as it is stored: the one that is valid, and what all of them have in common. Times are milliseconds since
 * 1970 (UTC). No token is in it, only hashes.
 */
export interface RefreshRecord {
  /** The handle for lists and for revoking: a UUID. It opens nothing. */
  readonly id: string;
  /** SHA-256 of the part that all tokens of the family share, in base64url (43 characters): the key that it is found by. */
  readonly familyHash: string;
  /** SHA-256 of the token that is valid now. */
  readonly tokenHash: string;
  readonly userId: string;
  /** The client that it was issued to; null: any. */
  readonly clientId: string | null;
  /** The session that it belongs to; null: none. */
  readonly sessionId: string | null;
  readonly createdAt: number;
  /** When the valid token was issued. */
  readonly rotatedAt: number;
  /** From then on it is over, unless it is rotated before. */
  readonly idleUntil: number;
  /** From then on it is over, however often it is rotated. */
  readonly endsAt: number;
  /** What the application keeps with it, as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a rotation changes. */
export type RefreshRotation = Pick<RefreshRecord, 'tokenHash' | 'rotatedAt' | 'idleUntil'>;

/** Which families are meant: those for which everything that is named holds. */
export interface RefreshFilter {
  readonly userId: string;
  readonly id?: string;
  readonly clientId?: string;
  readonly sessionId?: string;
}

/**
 * Where refresh tokens are kept. Implement it to keep them elsewhere, and prove it with `describeRefreshStore`.
 * A store neither judges times nor makes tokens; it may drop records whose `endsAt` or `idleUntil` has passed.
 */
export interface RefreshStore {
  /** Stores a new family. */
  insert(record: RefreshRecord): Promise<void>;
  /** The family with this hash. Fails in a transaction of the caller (`AUTH_IN_TRANSACTION`). */
  find(familyHash: string): Promise<RefreshRecord | undefined>;
  /**
   * Replaces the valid token of a family, in one step, if it is still `from`. False when it is not: of any number of rotations of one
   * token one succeeds. Fails in a transaction of the caller (`AUTH_IN_TRANSACTION`).
   */
  rotate(familyHash: string, from: string, rotation: RefreshRotation): Promise<boolean>;
  /** Ends the family with this hash. False when there is none. */
  remove(familyHash: string): Promise<boolean>;
  /** Ends the families that the filter names; gives their number. */
  removeAll(filter: RefreshFilter): Promise<number>;
  /** The families of a user, the one rotated last first. */
  list(userId: string): Promise<readonly RefreshRecord[]>;
  /** Removes what was over at this time; gives the number. */
  prune(before: number): Promise<number>;
}

/** The store that `RefreshTokens` uses. */
export const REFRESH_STORE = token<RefreshStore>('REFRESH_STORE', { from: 'AuthModule of @plinth/auth' });
