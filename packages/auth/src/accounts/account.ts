import type { AuthUser } from '../user/users.js';

/** An account as the application sees it: what guards give as `user`, and what `Accounts` gives. */
export interface Account extends AuthUser {
  readonly id: string;
  /** Where its mails go. */
  readonly email: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  /** Whether its owner can sign in with a password. The hash of it is for the store and for `Accounts` only. */
  readonly hasPassword: boolean;
  /** When its owner has proved that the address is theirs; null: not yet. */
  readonly emailVerifiedAt: Date | null;
  readonly createdAt: Date;
  /** Since when it is closed; null: it is open. */
  readonly disabledAt: Date | null;
}

/** An account as it is stored. */
export interface AccountRecord extends Omit<Account, 'hasPassword'> {
  /** What it is found by, one for each account: `addressKey(email)`. At most 320 characters. */
  readonly emailKey: string;
  /** The PHC string that `Passwords.hash` gave; null: it has no password. */
  readonly passwordHash: string | null;
}

/** What may be changed of a stored account. */
export type AccountChanges = Partial<Omit<AccountRecord, 'id' | 'createdAt'>>;

/** The account without what only sign-ins need. */
export function toAccount({ passwordHash, emailKey: _key, ...account }: AccountRecord): Account {
  return { ...account, hasPassword: passwordHash !== null };
}
