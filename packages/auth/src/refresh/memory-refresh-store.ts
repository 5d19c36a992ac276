import type { RefreshFilter, RefreshRecord, RefreshRotation, RefreshStore } from './refresh-store.js';

/** Keeps refresh tokens in this process: they end with it, and other processes don't see them. For development and tests. */
export class MemoryRefreshStore implements RefreshStore {
  readonly #families = new Map<string, RefreshRecord>();

  async insert(record: RefreshRecord): Promise<void> {
    this.#families.set(record.familyHash, copy(record));
  }

  async find(familyHash: string): Promise<RefreshRecord | undefined> {
    const record = this.#families.get(familyHash);
    return record && copy(record);
  }

  async rotate(familyHash: string, from: string, rotation: RefreshRotation): Promise<boolean> {
    const record = this.#families.get(familyHash);
    if (record?.tokenHash !== from) return false;
    this.#families.set(familyHash, { ...record, ...rotation });
    return true;
  }

  async remove(familyHash: string): Promise<boolean> {
    return this.#families.delete(familyHash);
  }

  async removeAll(filter: RefreshFilter): Promise<number> {
    return this.#dropWhere(
      (record) =>
        record.userId === filter.userId &&
        (filter.id === undefined || record.id === filter.id) &&
        (filter.clientId === undefined || record.clientId === filter.clientId) &&
        (filter.sessionId === undefined || record.sessionId === filter.sessionId),
    );
  }

  async list(userId: string): Promise<readonly RefreshRecord[]> {
    return [...this.#families.values()]
      .filter((record) => record.userId === userId)
      .sort((a, b) => b.rotatedAt - a.rotatedAt || b.createdAt - a.createdAt)
      .map(copy);
  }

  async prune(before: number): Promise<number> {
    return this.#dropWhere((record) => record.endsAt <= before || record.idleUntil <= before);
  }

  #dropWhere(matches: (record: RefreshRecord) => boolean): number {
    const found = [...this.#families.values()].filter(matches);
    for (const record of found) this.#families.delete(record.familyHash);
    return found.length;
  }
}

// Nobody may change what is stored through what was given, and only JSON comes back, as from other stores.
function copy(record: RefreshRecord): RefreshRecord {
  return { ...record, data: JSON.parse(JSON.stringify(record.data)) as RefreshRecord['data'] };
}
