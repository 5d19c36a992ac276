import type { RecoveryCodeStore } from './recovery-code-store.js';

/** Keeps recovery codes in this process: they are lost with it. For development and tests. */
export class MemoryRecoveryCodeStore implements RecoveryCodeStore {
  readonly #hashes = new Map<string, Set<string>>();

  async replace(userId: string, hashes: readonly string[]): Promise<void> {
    this.#hashes.set(userId, new Set(hashes));
  }

  async take(userId: string, hash: string): Promise<boolean> {
    return this.#hashes.get(userId)?.delete(hash) ?? false;
  }

  async count(userId: string): Promise<number> {
    return this.#hashes.get(userId)?.size ?? 0;
  }

  async remove(userId: string): Promise<number> {
    const count = await this.count(userId);
    this.#hashes.delete(userId);
    return count;
  }
}
