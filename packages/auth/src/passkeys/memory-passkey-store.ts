import type { PasskeyRecord, PasskeyStore, PasskeyUse } from './passkey-store.js';

/** Keeps passkeys in this process: they are lost with it. For development and tests. */
export class MemoryPasskeyStore implements PasskeyStore {
  readonly #records = new Map<string, PasskeyRecord>();

  async insert(record: PasskeyRecord): Promise<boolean> {
    if (this.#records.has(record.credentialId)) return false;
    this.#records.set(record.credentialId, copy(record));
    return true;
  }

  async find(credentialId: string): Promise<PasskeyRecord | undefined> {
    const record = this.#records.get(credentialId);
    return record && copy(record);
  }

  async list(userId: string): Promise<readonly PasskeyRecord[]> {
    return this.#of(userId)
      .toSorted((one, other) => one.createdAt - other.createdAt)
      .map(copy);
  }

  async count(userId: string): Promise<number> {
    return this.#of(userId).length;
  }

  async use(credentialId: string, { counter, backedUp, usedAt }: PasskeyUse): Promise<boolean> {
    const record = this.#records.get(credentialId);
    if (!record || !(counter > record.counter || (counter === 0 && record.counter === 0))) return false;
    this.#records.set(credentialId, { ...record, counter, backedUp, usedAt });
    return true;
  }

  async rename(userId: string, id: string, name: string): Promise<boolean> {
    const record = this.#one(userId, id);
    if (record) this.#records.set(record.credentialId, { ...record, name });
    return record !== undefined;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    const record = this.#one(userId, id);
    return record !== undefined && this.#records.delete(record.credentialId);
  }

  async removeAll(userId: string): Promise<number> {
    const records = this.#of(userId);
    for (const { credentialId } of records) this.#records.delete(credentialId);
    return records.length;
  }

  #of(userId: string): readonly PasskeyRecord[] {
    return [...this.#records.values()].filter((record) => record.userId === userId);
  }

  #one(userId: string, id: string): PasskeyRecord | undefined {
    return this.#of(userId).find((record) => record.id === id);
  }
}

// Nobody may change what is stored through what was given.
function copy(record: PasskeyRecord): PasskeyRecord {
  return { ...record, transports: [...record.transports] };
}
