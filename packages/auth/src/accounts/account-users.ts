import { Injectable } from '@plinth/core';
import type { UserSource } from '../user/users.js';
import { toAccount, type Account } from './account.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';

/** The users whom guards find: accounts that are open. Looked up with every request, so that a change holds from the next one on. */
@Injectable({ deps: [ACCOUNT_STORE], from: 'AccountsModule of @plinth/auth/accounts' })
export class AccountUsers implements UserSource<Account> {
  readonly #store: AccountStore;

  constructor(store: AccountStore) {
    this.#store = store;
  }

  async findById(id: string): Promise<Account | undefined> {
    const record = await this.#store.find(id);
    return record?.disabledAt === null ? toAccount(record) : undefined;
  }
}
