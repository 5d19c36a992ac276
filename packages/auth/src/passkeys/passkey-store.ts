import { token } from '@plinth/core';

/** A passkey as it is stored. Times are milliseconds since 1970 (UTC). No secret is in it: the private key never leaves the device. */
export interface PasskeyRecord {
  /** The handle for lists and routes: a UUID. */
  readonly id: string;
  /** The id that the authenticator gave it, in base64url: 1 to 1,364 characters (1,023 bytes). Nobody else has one with it. */
  readonly credentialId: string;
  readonly userId: string;
  /** What authenticators know the user by, in base64url: random, and neither the user's id nor the address (WebAuthn, 14.6.1). */
  readonly userHandle: string;
  /** The public key in COSE form, in base64url: at most 2,048 characters. */
  readonly publicKey: string;
  /** The signature counter of its last use, 0 to 4,294,967,295; 0 where the authenticator does not count. */
  readonly counter: number;
  /** How the browser may reach it: `internal`, `hybrid`, `usb`, … */
  readonly transports: readonly string[];
  /** The model of the authenticator: a UUID, all zeros where it does not say. */
  readonly aaguid: string;
  /** It never leaves the device that made it. Never changes (WebAuthn, 6.1.3: the flag BE). */
  readonly deviceBound: boolean;
  /** It was in the keeping of more than one device when it was last used (the flag BS). */
  readonly backedUp: boolean;
  /** What its owner calls it: at most 64 characters. */
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
}

/** What a use of a passkey changes. */
export type PasskeyUse = Pick<PasskeyRecord, 'counter' | 'backedUp'> & { readonly usedAt: number };

/**
 * Where passkeys are kept. Implement it to keep them elsewhere, and prove it with `describePasskeyStore`. A store neither judges times
 * nor reads keys; each method is one atomic step.
 */
export interface PasskeyStore {
  /** Stores a new passkey. False when there is one with this credential id, whoever's it is. */
  insert(record: PasskeyRecord): Promise<boolean>;
  /** The passkey with this credential id. */
  find(credentialId: string): Promise<PasskeyRecord | undefined>;
  /** The passkeys of a user, the oldest first. */
  list(userId: string): Promise<readonly PasskeyRecord[]>;
  /** How many a user has. */
  count(userId: string): Promise<number>;
  /**
   * Notes a use, if its counter is greater than the one stored, or both are 0. False when it is not, or there is no such passkey: of any
   * number of uses with one counter, one is noted. In a transaction of the caller it fails (`AUTH_IN_TRANSACTION`): it outlives a rollback.
   */
  use(credentialId: string, use: PasskeyUse): Promise<boolean>;
  /** Gives a passkey of this user another name. False when the user has no such passkey. */
  rename(userId: string, id: string, name: string): Promise<boolean>;
  /** Removes a passkey of this user. False when the user has no such passkey. */
  remove(userId: string, id: string): Promise<boolean>;
  /** Removes every passkey of a user; gives the number. */
  removeAll(userId: string): Promise<number>;
}

/** Where passkeys are kept: the memory of this process, unless `PasskeysModule.with({ store })` says otherwise. */
export const PASSKEY_STORE = token<PasskeyStore>('PASSKEY_STORE', { from: 'PasskeysModule of @plinth/auth/passkeys' });
