import type { SessionChange, SessionRecord, SessionStore } from './session-store.js';

/** A record with its data as text, so that nobody can change it from outside, and it is what other stores would give back. */
interface Kept {
  readonly record: Omit<SessionRecord, 'data'>;
  readonly json: string;
}

/** Keeps sessions in this process: they end with it, and other processes don't see them. For development and tests. */
export class MemorySessionStore implements SessionStore {
  readonly #byToken = new Map<string, Kept>();
  readonly #byUser = new Map<string, Set<string>>();

  async insert({ data, ...record }: SessionRecord): Promise<void> {
    this.#put({ record, json: JSON.stringify(data) });
  }

  async find(tokenHash: string): Promise<SessionRecord | undefined> {
    const kept = this.#byToken.get(tokenHash);
    return kept && toRecord(kept);
  }

  async update(tokenHash: string, { data, ...change }: SessionChange): Promise<boolean> {
    const kept = this.#byToken.get(tokenHash);
    if (!kept) return false;
    this.#drop(kept);
    this.#put({ record: { ...kept.record, ...change }, json: data === undefined ? kept.json : JSON.stringify(data) });
    return true;
  }

  async list(userId: string): Promise<readonly SessionRecord[]> {
    return this.#of(userId)
      .map(toRecord)
      .sort((a, b) => b.seenAt - a.seenAt || b.createdAt - a.createdAt);
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return this.#dropAll(this.#of(userId).filter(({ record }) => record.id === id)) > 0;
  }

  async removeByToken(tokenHash: string): Promise<boolean> {
    const kept = this.#byToken.get(tokenHash);
    return this.#dropAll(kept ? [kept] : []) > 0;
  }

  async removeAll(userId: string, except?: string): Promise<number> {
    return this.#dropAll(this.#of(userId).filter(({ record }) => record.id !== except));
  }

  async prune(before: number): Promise<number> {
    return this.#dropAll([...this.#byToken.values()].filter(({ record }) => record.endsAt <= before || record.idleUntil <= before));
  }

  #of(userId: string): Kept[] {
    return [...(this.#byUser.get(userId) ?? [])].map((tokenHash) => this.#byToken.get(tokenHash)!);
  }

  #put(kept: Kept): void {
    const { tokenHash, userId } = kept.record;
    this.#byToken.set(tokenHash, kept);
    const hashes = this.#byUser.get(userId);
    if (hashes) hashes.add(tokenHash);
    else this.#byUser.set(userId, new Set([tokenHash]));
  }

  #dropAll(all: readonly Kept[]): number {
    for (const kept of all) this.#drop(kept);
    return all.length;
  }

  #drop({ record: { tokenHash, userId } }: Kept): void {
    this.#byToken.delete(tokenHash);
    const hashes = this.#byUser.get(userId);
    hashes?.delete(tokenHash);
    if (hashes?.size === 0) this.#byUser.delete(userId);
  }
}

function toRecord({ record, json }: Kept): SessionRecord {
  return { ...record, data: JSON.parse(json) as SessionRecord['data'] };
}
