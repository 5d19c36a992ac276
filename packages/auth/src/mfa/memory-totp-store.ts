import type { ActiveTotp, PendingTotp, TotpRecord, TotpStore } from './totp-store.js';

/** Keeps authenticators in this process: they are lost with it. For development and tests. */
export class MemoryTotpStore implements TotpStore {
  readonly #records = new Map<string, TotpRecord>();

  async find(userId: string): Promise<TotpRecord | undefined> {
    return this.#records.get(userId);
  }

  async begin(userId: string, pending: PendingTotp): Promise<void> {
    this.#records.set(userId, { active: this.#records.get(userId)?.active, pending: { ...pending } });
  }

  async confirm(userId: string, active: ActiveTotp): Promise<boolean> {
    if (this.#records.get(userId)?.pending?.id !== active.id) return false;
    this.#records.set(userId, { active: { ...active }, pending: undefined });
    return true;
  }

  async use(userId: string, id: string, step: number): Promise<boolean> {
    return this.#change(userId, (active) => (active.id === id && active.lastStep < step ? { ...active, lastStep: step } : undefined));
  }

  async replaceSecret(userId: string, id: string, from: string, to: string): Promise<boolean> {
    return this.#change(userId, (active) => (active.id === id && active.secret === from ? { ...active, secret: to } : undefined));
  }

  async remove(userId: string): Promise<boolean> {
    return this.#records.delete(userId);
  }

  #change(userId: string, change: (active: ActiveTotp) => ActiveTotp | undefined): boolean {
    const record = this.#records.get(userId);
    const active = record?.active && change(record.active);
    if (!active) return false;
    this.#records.set(userId, { active, pending: record.pending });
    return true;
  }
}
