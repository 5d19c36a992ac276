import type { SessionChange, SessionRecord, SessionStore } from './session-store.js';

/** Keeps sessions in this process: they end with it, and other processes don't see them. For development and tests. */
export class MemorySessionStore implements SessionStore {
  readonly #byToken = new Map<string, SessionRecord>();
  readonly #byFamily = new Map<string, string>();
  readonly #byUser = new Map<string, Set<string>>();

  async insert(record: SessionRecord): Promise<void> {
    this.#put(frozen(record));
  }

  find(tokenHash: string): SessionRecord | undefined {
    return this.#byToken.get(tokenHash);
  }

  async findByFamily(familyHash: string): Promise<SessionRecord | undefined> {
    const tokenHash = this.#byFamily.get(familyHash);
    return tokenHash === undefined ? undefined : this.find(tokenHash);
  }

  async update(tokenHash: string, change: SessionChange): Promise<boolean> {
    const kept = this.#byToken.get(tokenHash);
    if (!kept) return false;
    this.#drop(kept);
    this.#put(frozen({ ...kept, ...change }));
    return true;
  }

  async list(userId: string): Promise<readonly SessionRecord[]> {
    return this.#of(userId).sort((a, b) => b.seenAt - a.seenAt || b.createdAt - a.createdAt);
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return this.#dropAll(this.#of(userId).filter((record) => record.id === id)) > 0;
  }

  async removeByToken(tokenHash: string): Promise<boolean> {
    const kept = this.#byToken.get(tokenHash);
    return this.#dropAll(kept ? [kept] : []) > 0;
  }

  async removeAll(userId: string, except?: string): Promise<number> {
    return this.#dropAll(this.#of(userId).filter((record) => record.id !== except));
  }

  async prune(before: number): Promise<number> {
    return this.#dropAll([...this.#byToken.values()].filter((record) => record.endsAt <= before || record.idleUntil <= before));
  }

  #of(userId: string): SessionRecord[] {
    return [...(this.#byUser.get(userId) ?? [])].map((tokenHash) => this.#byToken.get(tokenHash)!);
  }

  #put(record: SessionRecord): void {
    const { tokenHash, familyHash, userId } = record;
    this.#byToken.set(tokenHash, record);
    if (familyHash !== null) this.#byFamily.set(familyHash, tokenHash);
    const hashes = this.#byUser.get(userId);
    if (hashes) hashes.add(tokenHash);
    else this.#byUser.set(userId, new Set([tokenHash]));
  }

  #dropAll(all: readonly SessionRecord[]): number {
    for (const record of all) this.#drop(record);
    return all.length;
  }

  #drop({ tokenHash, familyHash, userId }: SessionRecord): void {
    this.#byToken.delete(tokenHash);
    if (familyHash !== null) this.#byFamily.delete(familyHash);
    const hashes = this.#byUser.get(userId);
    hashes?.delete(tokenHash);
    if (hashes?.size === 0) this.#byUser.delete(userId);
  }
}

/**
 * A copy that is what other stores would give back, and that nobody can change: so it need not be copied again for every request that asks
 * for it. Data that is written to where it should be replaced is a `TypeError` here, and lost without a word elsewhere.
 */
function frozen(record: SessionRecord): SessionRecord {
  return freeze(JSON.parse(JSON.stringify(record)) as SessionRecord);
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
