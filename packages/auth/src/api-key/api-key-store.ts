import { token } from '@plinth/core';

/** An API key as it is stored. Times are milliseconds since 1970 (UTC). The key is not in it, only its hash. */
export interface ApiKeyRecord {
  /** The handle for lists and for revoking: a UUID. It opens nothing. */
  readonly id: string;
  /** SHA-256 of the key, in base64url (43 characters): what it is found by. */
  readonly keyHash: string;
  /** The beginning of the key, for lists. */
  readonly hint: string;
  /** Whose it is: the id of a user or of a machine. */
  readonly owner: string;
  /** What its owner calls it. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  /** From then on it is over; null: never. */
  readonly expiresAt: number | null;
  /** The last use, to the minute; null: never used. */
  readonly usedAt: number | null;
}

/**
 * Where API keys are kept. Implement it to keep them elsewhere, and prove it with `describeApiKeyStore`.
 * A store neither judges times nor makes keys.
 */
export interface ApiKeyStore {
  /** Stores a new key. */
  insert(record: ApiKeyRecord): Promise<void>;
  /** The key with this hash. */
  find(keyHash: string): Promise<ApiKeyRecord | undefined>;
  /** Notes a use, in one step, unless one that was later or at the same time is noted. False when it is, or there is no such key. */
  touch(keyHash: string, usedAt: number): Promise<boolean>;
  /** The keys of an owner, the newest first. */
  list(owner: string): Promise<readonly ApiKeyRecord[]>;
  /** Removes the owner's key with this id. False when there is none. */
  remove(owner: string, id: string): Promise<boolean>;
  /** Removes every key of an owner; gives their number. */
  removeAll(owner: string): Promise<number>;
}

/** The store that `ApiKeys` uses. */
export const API_KEY_STORE = token<ApiKeyStore>('API_KEY_STORE', { from: 'AuthModule of @plinth/auth' });
