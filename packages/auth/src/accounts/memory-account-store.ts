import type { AccountChanges, AccountRecord } from './account.js';
import type { AccountChangeResult, AccountListOptions, AccountStore } from './account-store.js';

/** Keeps accounts in this process: they end with it, and other processes don't see them. For development and tests. */
export class MemoryAccountStore implements AccountStore {
  readonly #byId = new Map<string, AccountRecord>();
  readonly #byKey = new Map<string, string>();

  async insert(record: AccountRecord): Promise<boolean> {
    if (this.#byKey.has(record.emailKey)) return false;
    this.#byId.set(record.id, copy(record));
    this.#byKey.set(record.emailKey, record.id);
    return true;
  }

  async find(id: string): Promise<AccountRecord | undefined> {
    const record = this.#byId.get(id);
    return record && copy(record);
  }

  async findByKey(emailKey: string): Promise<AccountRecord | undefined> {
    const id = this.#byKey.get(emailKey);
    return id === undefined ? undefined : this.find(id);
  }

  async update(id: string, changes: AccountChanges, only?: Pick<AccountRecord, 'passwordHash'>): Promise<AccountChangeResult> {
    const record = this.#byId.get(id);
    if (!record || (only && record.passwordHash !== only.passwordHash)) return 'none';
    const { emailKey = record.emailKey } = changes;
    if ((this.#byKey.get(emailKey) ?? id) !== id) return 'taken';
    this.#byKey.delete(record.emailKey);
    this.#byKey.set(emailKey, id);
    this.#byId.set(id, copy({ ...record, ...changes }));
    return 'done';
  }

  async remove(id: string): Promise<boolean> {
    const record = this.#byId.get(id);
    if (!record) return false;
    this.#byKey.delete(record.emailKey);
    return this.#byId.delete(id);
  }

  async list({ search = '', after = '', limit }: AccountListOptions): Promise<readonly AccountRecord[]> {
    return [...this.#byId.values()]
      .filter(({ id, emailKey }) => id > after && emailKey.includes(search))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(copy);
  }

  /** Runs the steps; what they did before one of them failed stays. */
  async transaction<T>(steps: () => Promise<T>): Promise<T> {
    return steps();
  }
}

// Nobody may change what is stored through what was given.
function copy(record: AccountRecord): AccountRecord {
  return {
    ...record,
    roles: [...record.roles],
    createdAt: new Date(record.createdAt),
    emailVerifiedAt: record.emailVerifiedAt && new Date(record.emailVerifiedAt),
    disabledAt: record.disabledAt && new Date(record.disabledAt),
  };
}
