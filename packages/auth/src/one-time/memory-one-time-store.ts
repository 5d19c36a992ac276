import type { OneTimeRecord, OneTimeStore } from './one-time-store.js';

/** Keeps one-time tokens in this process: they end with it, and other processes don't see them. For development and tests. */
export class MemoryOneTimeStore implements OneTimeStore {
  readonly #records = new Map<string, OneTimeRecord>();
  readonly #byOwner = new Map<string, string>();

  async put(record: OneTimeRecord): Promise<void> {
    const owner = ownerOf(record);
    this.#drop(this.#byOwner.get(owner));
    this.#records.set(record.tokenHash, copy(record));
    this.#byOwner.set(owner, record.tokenHash);
  }

  async find(tokenHash: string): Promise<OneTimeRecord | undefined> {
    const record = this.#records.get(tokenHash);
    return record && copy(record);
  }

  async take(tokenHash: string): Promise<OneTimeRecord | undefined> {
    return this.#drop(tokenHash);
  }

  async countTry(tokenHash: string, limit: number): Promise<OneTimeRecord | undefined> {
    const record = this.#records.get(tokenHash);
    if (!record || record.tries >= limit) return undefined;
    const tried = { ...record, tries: record.tries + 1 };
    this.#records.set(tokenHash, tried);
    return copy(tried);
  }

  async removeAll(subject: string, purpose?: string): Promise<number> {
    return this.#dropWhere((record) => record.subject === subject && (purpose === undefined || record.purpose === purpose));
  }

  async prune(before: number): Promise<number> {
    return this.#dropWhere((record) => record.expiresAt <= before);
  }

  #dropWhere(matches: (record: OneTimeRecord) => boolean): number {
    const found = [...this.#records.values()].filter(matches);
    for (const record of found) this.#drop(record.tokenHash);
    return found.length;
  }

  #drop(tokenHash: string | undefined): OneTimeRecord | undefined {
    const record = tokenHash === undefined ? undefined : this.#records.get(tokenHash);
    if (!record) return undefined;
    this.#records.delete(record.tokenHash);
    this.#byOwner.delete(ownerOf(record));
    return record;
  }
}

function ownerOf({ purpose, subject }: OneTimeRecord): string {
  return JSON.stringify([purpose, subject]);
}

// Nobody may change what is stored through what was given, and only JSON comes back, as from other stores.
function copy(record: OneTimeRecord): OneTimeRecord {
  return { ...record, data: JSON.parse(JSON.stringify(record.data)) as OneTimeRecord['data'] };
}
