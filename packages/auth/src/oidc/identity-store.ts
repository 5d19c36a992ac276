import { hash } from 'node:crypto';
import { token } from '@plinth/core';

/** An identity at a provider, linked to a user here, as it is stored. Times are milliseconds since 1970 (UTC). */
export interface IdentityRecord {
  /** A UUID: the handle for lists and for unlinking. */
  readonly id: string;
  readonly userId: string;
  /** The name that the application gives the provider. */
  readonly provider: string;
  /** Who vouches for it: at most 255 characters. With `subject` it is there once (ASVS 5.0, 6.8.1). */
  readonly issuer: string;
  /** What the issuer calls its user: at most 255 characters. */
  readonly subject: string;
  /** The address that the provider told last, to be shown and for nothing else: at most 320 characters. */
  readonly email: string | null;
  readonly linkedAt: number;
  /** The last sign-in by it. */
  readonly usedAt: number;
  /** The provider's tokens, encrypted; null where they are not kept. */
  readonly tokens: string | null;
}

/**
 * Where identities are kept. Implement it to keep them elsewhere, and prove it with `describeIdentityStore`. A store neither judges times
 * nor reads tokens; each method is one atomic step, and texts are told apart to the letter.
 */
export interface IdentityStore {
  /** Stores an identity. False when one of this issuer and subject is there already, whoever has it. */
  insert(record: IdentityRecord): Promise<boolean>;
  /** The identity that an issuer calls so. */
  find(issuer: string, subject: string): Promise<IdentityRecord | undefined>;
  /** The identity with this id. */
  findById(id: string): Promise<IdentityRecord | undefined>;
  /** The identities of a user, the one linked first first. */
  list(userId: string): Promise<readonly IdentityRecord[]>;
  /** Notes a sign-in. False when there is no such identity (any more). */
  touch(id: string, change: Pick<IdentityRecord, 'usedAt' | 'email'>): Promise<boolean>;
  /** Replaces the tokens if they still are those that were read. */
  replaceTokens(id: string, from: string | null, to: string | null): Promise<boolean>;
  /** Removes the user's identity with this id. False when the user has no such identity. */
  remove(userId: string, id: string): Promise<boolean>;
  /** Removes all identities of a user; gives the number. */
  removeAll(userId: string): Promise<number>;
}

/** Where identities are kept: the memory of this process, unless `OidcModule.with({ store })` says otherwise. */
export const IDENTITY_STORE = token<IdentityStore>('IDENTITY_STORE', { from: 'OidcModule of @plinth/auth/oidc' });

/** The key of an identity in 43 characters: databases compare it to the letter, whatever they do with texts. */
export function identityKey(issuer: string, subject: string): string {
  return hash('sha256', JSON.stringify([issuer, subject]), 'base64url');
}
