import { newId } from '@plinth/core';
import type { AccountRecord } from './account.js';
import { readAddress } from './address.js';
import { readName } from './read-name.js';
import { readRoles } from './read-roles.js';

/** What a new account is made of. */
export interface NewRecord {
  readonly email: string;
  readonly name?: string | null | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly passwordHash: string | null;
  /** The address is known to be its owner's. */
  readonly verified: boolean;
}

/** The record of an account that begins now. Throws `AUTH_ACCOUNT_ADDRESS`, `AUTH_ACCOUNT_NAME`, `AUTH_ACCOUNT_ROLES`. */
export function newAccountRecord({ email, name, roles, passwordHash, verified }: NewRecord, now: Date): AccountRecord {
  const address = readAddress(email);
  return {
    id: newId(),
    email: address.email,
    emailKey: address.key,
    name: readName(name),
    roles: readRoles(roles),
    passwordHash,
    emailVerifiedAt: verified ? now : null,
    createdAt: now,
    disabledAt: null,
  };
}
