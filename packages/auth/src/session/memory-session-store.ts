import type { SessionChange, SessionRecord, SessionStore } from './session-store.js';

/** A record whose objects are text, so that nobody can change them from outside, and they are what other stores would give back. */
interface Kept {
  readonly record: Omit<SessionRecord, keyof Objects>;
  readonly json: string;
}

type Objects = Pick<SessionRecord, 'auth' | 'device' | 'rotation' | 'data'>;

/** Keeps sessions in this process: they end with it, and other processes don't see them. For development and tests. */
export class MemorySessionStore implements SessionStore {
  readonly #byToken = new Map<string, Kept>();
  readonly #byFamily = new Map<string, string>();
  readonly #byUser = new Map<string, Set<string>>();

  async insert(record: SessionRecord): Promise<void> {
    this.#put(toKept(record));
  }

  async find(tokenHash: string): Promise<SessionRecord | undefined> {
    const kept = this.#byToken.get(tokenHash);
    return kept && toRecord(kept);
  }

  async findByFamily(familyHash: string): Promise<SessionRecord | undefined> {
    const tokenHash = this.#byFamily.get(familyHash);
    return tokenHash === undefined ? undefined : this.find(tokenHash);
  }

  async update(tokenHash: string, change: SessionChange): Promise<boolean> {
    const kept = this.#byToken.get(tokenHash);
    if (!kept) return false;
    this.#drop(kept);
    this.#put(toKept({ ...toRecord(kept), ...change }));
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
    const { tokenHash, familyHash, userId } = kept.record;
    this.#byToken.set(tokenHash, kept);
    if (familyHash !== null) this.#byFamily.set(familyHash, tokenHash);
    const hashes = this.#byUser.get(userId);
    if (hashes) hashes.add(tokenHash);
    else this.#byUser.set(userId, new Set([tokenHash]));
  }

  #dropAll(all: readonly Kept[]): number {
    for (const kept of all) this.#drop(kept);
    return all.length;
  }

  #drop({ record: { tokenHash, familyHash, userId } }: Kept): void {
    this.#byToken.delete(tokenHash);
    if (familyHash !== null) this.#byFamily.delete(familyHash);
    const hashes = this.#byUser.get(userId);
    hashes?.delete(tokenHash);
    if (hashes?.size === 0) this.#byUser.delete(userId);
  }
}

function toKept({ auth, device, rotation, data, ...record }: SessionRecord): Kept {
  return { record, json: JSON.stringify({ auth, device, rotation, data } satisfies Objects) };
}

function toRecord({ record, json }: Kept): SessionRecord {
  return { ...record, ...(JSON.parse(json) as Objects) };
}
