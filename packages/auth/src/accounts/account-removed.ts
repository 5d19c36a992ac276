import { defineEvent } from '@plinth/core';

/** An account that is no more. */
export interface AccountRemoved {
  readonly userId: string;
  readonly at: Date;
}

/** Emitted after an account was removed with all its `ACCOUNT_PARTS`: listen to it to clean up what is not in the same database. */
export const ACCOUNT_REMOVED = defineEvent<AccountRemoved>('auth.account-removed');
