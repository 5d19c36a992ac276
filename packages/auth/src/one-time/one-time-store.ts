import { token } from '@plinth/core';

/** A one-time token or code as it is stored. Times are milliseconds since 1970 (UTC). No secret is in it, only hashes. */
export interface OneTimeRecord {
  /** SHA-256 of the token, or of the request id of a code, in base64url (43 characters): the key that it is found by. */
  readonly tokenHash: string;
  /** What it is for: at most 64 characters. */
  readonly purpose: string;
  /** Whose it is: at most 255 characters. */
  readonly subject: string;
  /** The keyed hash of a code (43 characters); null for tokens. */
  readonly codeHash: string | null;
  /** How often a code was tried. */
  readonly tries: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** What the application keeps with it, as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Where one-time tokens are kept. Implement it to keep them elsewhere, and prove it with `describeOneTimeStore`.
 * A store neither judges times nor makes tokens; it may drop records whose `expiresAt` has passed.
 */
export interface OneTimeStore {
  /** Stores a record in the place of the one of the same purpose and subject, in one step: at most one of them is there at any time. */
  put(record: OneTimeRecord): Promise<void>;
  /** The record with this token hash. */
  find(tokenHash: string): Promise<OneTimeRecord | undefined>;
  /** Removes the record and gives it, in one step: of any number of takers one gets it. */
  take(tokenHash: string): Promise<OneTimeRecord | undefined>;
  /**
   * Counts a try, in one step, and gives the record; undefined when there is none or `limit` tries have been counted. What it counts
   * outlives a rollback: in a transaction of the caller it fails (`AUTH_IN_TRANSACTION`).
   */
  countTry(tokenHash: string, limit: number): Promise<OneTimeRecord | undefined>;
  /** Removes what a subject has, of one purpose or of all; gives the number. */
  removeAll(subject: string, purpose?: string): Promise<number>;
  /** Removes what had expired at this time; gives the number. */
  prune(before: number): Promise<number>;
}

/** The store that `OneTimeTokens` uses. */
export const ONE_TIME_STORE = token<OneTimeStore>('ONE_TIME_STORE', { from: 'AuthModule of @plinth/auth' });
