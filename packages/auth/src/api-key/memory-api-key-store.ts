import type { ApiKeyRecord, ApiKeyStore } from './api-key-store.js';

/** Keeps API keys in this process: they end with it, and other processes don't see them. For development and tests. */
export class MemoryApiKeyStore implements ApiKeyStore {
  readonly #keys = new Map<string, ApiKeyRecord>();

  async insert(record: ApiKeyRecord): Promise<void> {
    this.#keys.set(record.keyHash, copy(record));
  }

  async find(keyHash: string): Promise<ApiKeyRecord | undefined> {
    const record = this.#keys.get(keyHash);
    return record && copy(record);
  }

  async touch(keyHash: string, usedAt: number): Promise<boolean> {
    const record = this.#keys.get(keyHash);
    if (!record || (record.usedAt !== null && record.usedAt >= usedAt)) return false;
    this.#keys.set(keyHash, { ...record, usedAt });
    return true;
  }

  async list(owner: string): Promise<readonly ApiKeyRecord[]> {
    const records = [...this.#keys.values()].filter((record) => record.owner === owner);
    return records.sort((a, b) => b.createdAt - a.createdAt).map(copy);
  }

  async remove(owner: string, id: string): Promise<boolean> {
    return this.#dropWhere((record) => record.owner === owner && record.id === id) > 0;
  }

  async removeAll(owner: string): Promise<number> {
    return this.#dropWhere((record) => record.owner === owner);
  }

  #dropWhere(matches: (record: ApiKeyRecord) => boolean): number {
    const found = [...this.#keys.values()].filter(matches);
    for (const record of found) this.#keys.delete(record.keyHash);
    return found.length;
  }
}

// Nobody may change what is stored through what was given or what comes back.
function copy(record: ApiKeyRecord): ApiKeyRecord {
  return { ...record, scopes: [...record.scopes] };
}
