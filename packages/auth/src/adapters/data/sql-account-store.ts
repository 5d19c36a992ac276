import { Injectable, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, UniqueViolation, type Database } from '@plinth/data';
import type { AccountChanges, AccountRecord } from '../../accounts/account.js';
import { ACCOUNT_STORE, type AccountChangeResult, type AccountListOptions, type AccountStore } from '../../accounts/account-store.js';
import { accounts } from './account-table.js';
import { isUuid } from './is-uuid.js';
import { requireTable } from './require-table.js';

/** Longer texts are in no row, and the column refuses them. */
const LONGEST_KEY = 320;

/** Keeps accounts in the application's SQL database. */
@Injectable({ deps: [DATABASE] })
export class SqlAccountStore implements AccountStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, accounts);
  }

  async insert(record: AccountRecord): Promise<boolean> {
    return (await this.#unlessTaken(() => this.#rows.insert(record))) !== undefined;
  }

  async find(id: string): Promise<AccountRecord | undefined> {
    return isUuid(id) ? this.#rows.find(id) : undefined;
  }

  async findByKey(emailKey: string): Promise<AccountRecord | undefined> {
    return isKey(emailKey) ? this.#rows.findOne({ emailKey }) : undefined;
  }

  async update(id: string, changes: AccountChanges, only?: Pick<AccountRecord, 'passwordHash'>): Promise<AccountChangeResult> {
    if (!isUuid(id)) return 'none';
    const change = (): Promise<number> => this.#rows.updateMany({ id, ...only }, changes);
    const changed = changes.emailKey === undefined ? await change() : await this.#unlessTaken(change);
    if (changed === undefined) return 'taken';
    return changed > 0 ? 'done' : 'none';
  }

  async remove(id: string): Promise<boolean> {
    return isUuid(id) && (await this.#rows.deleteMany({ id })) > 0;
  }

  list({ search = '', after, limit }: AccountListOptions): Promise<readonly AccountRecord[]> {
    const where = {
      ...(search !== '' && { emailKey: { contains: search } }),
      ...(after !== undefined && isUuid(after) && { id: { gt: after } }),
    };
    return this.#rows.findMany({ where, orderBy: [{ id: 'asc' }], limit });
  }

  transaction<T>(steps: () => Promise<T>): Promise<T> {
    return this.#database.transaction(steps, this.#database.inTransaction ? {} : { retries: 5 });
  }

  // In a transaction a savepoint around it: what PostgreSQL refuses would otherwise end the whole.
  async #unlessTaken<T>(write: () => Promise<T>): Promise<T | undefined> {
    try {
      return await (this.#database.inTransaction ? this.#database.transaction(write) : write());
    } catch (error) {
      if (error instanceof UniqueViolation) return undefined;
      throw error;
    }
  }

  get #rows() {
    return this.#database.repository(accounts);
  }
}

/** The store of accounts in SQL: `AccountsModule.with({ store: sqlAccountStore })`. Needs `accountMigrations`. */
export const sqlAccountStore: Provider = provideClass(ACCOUNT_STORE, SqlAccountStore);

function isKey(text: string): boolean {
  return text.length <= LONGEST_KEY && text.isWellFormed() && !text.includes('\0');
}
