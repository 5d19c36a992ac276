import { token } from '@plinth/core';
import type { AccountChanges, AccountRecord } from './account.js';

/**
 * What became of a change: `done`; `none`: there is no such account, or it is not (any more) as `only` says; `taken`: another account
 * has the address.
 */
export type AccountChangeResult = 'done' | 'none' | 'taken';

/** Which accounts `list` gives. */
export interface AccountListOptions {
  /** Only those whose key of the address contains this text. */
  readonly search?: string;
  /** Those after this id. */
  readonly after?: string;
  /** At most so many. */
  readonly limit: number;
}

/**
 * Where accounts are kept. Implement it over a table of yours, and prove it with `describeAccountStore`.
 * A store neither judges addresses nor makes ids or hashes; each method is one atomic step.
 */
export interface AccountStore {
  /** Stores a new account. False when another has its `emailKey`, also one that is stored at the same time. */
  insert(record: AccountRecord): Promise<boolean>;
  /** The account with this id; undefined for any text that is none. */
  find(id: string): Promise<AccountRecord | undefined>;
  /** The account with this key of its address; exactly this one: letter case and accents count. */
  findByKey(emailKey: string): Promise<AccountRecord | undefined>;
  /** Changes an account; with `only`, if its password hash is still this one. */
  update(id: string, changes: AccountChanges, only?: Pick<AccountRecord, 'passwordHash'>): Promise<AccountChangeResult>;
  /** Removes an account. False when there is none. */
  remove(id: string): Promise<boolean>;
  /** Accounts in the order of their ids. */
  list(options: AccountListOptions): Promise<readonly AccountRecord[]>;
  /**
   * Runs steps of this and other stores that belong together: all or none of them, where the store can. What is thrown takes them back. A
   * store without transactions just runs them.
   */
  transaction<T>(steps: () => Promise<T>): Promise<T>;
}

/** The store that `Accounts` uses. */
export const ACCOUNT_STORE = token<AccountStore>('ACCOUNT_STORE', { from: 'AccountsModule of @plinth/auth/accounts' });
