import { identityKey, type IdentityRecord, type IdentityStore } from './identity-store.js';

/** Keeps identities in this process: they are lost with it. For development and tests. */
export class MemoryIdentityStore implements IdentityStore {
  readonly #records = new Map<string, IdentityRecord>();
  readonly #byKey = new Map<string, string>();

  async insert(record: IdentityRecord): Promise<boolean> {
    const key = identityKey(record.issuer, record.subject);
    if (this.#byKey.has(key)) return false;
    this.#byKey.set(key, record.id);
    this.#records.set(record.id, { ...record });
    return true;
  }

  async find(issuer: string, subject: string): Promise<IdentityRecord | undefined> {
    const id = this.#byKey.get(identityKey(issuer, subject));
    return id === undefined ? undefined : this.#records.get(id);
  }

  async findById(id: string): Promise<IdentityRecord | undefined> {
    return this.#records.get(id);
  }

  async list(userId: string): Promise<readonly IdentityRecord[]> {
    const records = [...this.#records.values()].filter((record) => record.userId === userId);
    return records.sort((a, b) => a.linkedAt - b.linkedAt || (a.id < b.id ? -1 : 1));
  }

  async touch(id: string, { usedAt, email }: Pick<IdentityRecord, 'usedAt' | 'email'>): Promise<boolean> {
    return this.#change(id, { usedAt, email });
  }

  async replaceTokens(id: string, from: string | null, to: string | null): Promise<boolean> {
    return this.#records.get(id)?.tokens === from && this.#change(id, { tokens: to });
  }

  async remove(userId: string, id: string): Promise<boolean> {
    const record = this.#records.get(id);
    if (record?.userId !== userId) return false;
    this.#byKey.delete(identityKey(record.issuer, record.subject));
    return this.#records.delete(id);
  }

  async removeAll(userId: string): Promise<number> {
    const records = await this.list(userId);
    for (const { id } of records) await this.remove(userId, id);
    return records.length;
  }

  #change(id: string, change: Partial<IdentityRecord>): boolean {
    const record = this.#records.get(id);
    if (!record) return false;
    this.#records.set(id, { ...record, ...change });
    return true;
  }
}
