import { token } from '@plinth/core';

/** What belongs to accounts beside the account itself, such as passkeys: it goes when the account goes. */
export interface AccountPart {
  /** What it is, for messages: `passkeys`. */
  readonly name: string;
  /**
   * Removes all that this user has of it. Called in the transaction that removes the account, where there is one, and again after it, for what
   * requests of the meantime have added.
   */
  remove(userId: string): Promise<unknown>;
  /** In how many ways the user can sign in by it, without any other part: the last way is not taken away. */
  waysToSignIn?(userId: string): Promise<number>;
}

/** The parts of accounts in the application, by providers marked `many: true`; add your own for your tables. */
export const ACCOUNT_PARTS = token<AccountPart>('ACCOUNT_PARTS');
