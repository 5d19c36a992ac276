import type { SessionChange, SessionRecord, SessionStore } from './session-store.js';

/** Keeps sessions in this process: they end with it, and other processes don't see them. For development and tests. */
export class MemorySessionStore implements SessionStore {
  readonly #byToken = new Map<string, SessionRecord>();
  readonly #byUser = new Map<string, Set<string>>();

  insert(record: SessionRecord): Promise<void> {
    this.#put(structuredClone(record));
    return Promise.resolve();
  }

  find(tokenHash: string): Promise<SessionRecord | undefined> {
    const record = this.#byToken.get(tokenHash);
    return Promise.resolve(record && structuredClone(record));
  }

  update(tokenHash: string, change: SessionChange): Promise<boolean> {
    const record = this.#byToken.get(tokenHash);
    if (!record) return Promise.resolve(false);
    this.#drop(record);
    this.#put({ ...record, ...structuredClone(change) });
    return Promise.resolve(true);
  }

  list(userId: string): Promise<readonly SessionRecord[]> {
    const records = this.#of(userId).map((record) => structuredClone(record));
    return Promise.resolve(records.sort((a, b) => b.seenAt - a.seenAt || b.createdAt - a.createdAt));
  }

  remove(userId: string, id: string): Promise<boolean> {
    return Promise.resolve(this.#dropAll(this.#of(userId).filter((record) => record.id === id)) > 0);
  }

  removeByToken(tokenHash: string): Promise<boolean> {
    const record = this.#byToken.get(tokenHash);
    return Promise.resolve(this.#dropAll(record ? [record] : []) > 0);
  }

  removeAll(userId: string, except?: string): Promise<number> {
    return Promise.resolve(this.#dropAll(this.#of(userId).filter((record) => record.id !== except)));
  }

  prune(before: number): Promise<number> {
    const over = [...this.#byToken.values()].filter((record) => record.endsAt <= before || record.idleUntil <= before);
    return Promise.resolve(this.#dropAll(over));
  }

  #of(userId: string): SessionRecord[] {
    return [...(this.#byUser.get(userId) ?? [])].map((tokenHash) => this.#byToken.get(tokenHash)!);
  }

  #put(record: SessionRecord): void {
    this.#byToken.set(record.tokenHash, record);
    const hashes = this.#byUser.get(record.userId);
    if (hashes) hashes.add(record.tokenHash);
    else this.#byUser.set(record.userId, new Set([record.tokenHash]));
  }

  #dropAll(records: readonly SessionRecord[]): number {
    for (const record of records) this.#drop(record);
    return records.length;
  }

  #drop(record: SessionRecord): void {
    this.#byToken.delete(record.tokenHash);
    const hashes = this.#byUser.get(record.userId);
    hashes?.delete(record.tokenHash);
    if (hashes?.size === 0) this.#byUser.delete(record.userId);
  }
}
