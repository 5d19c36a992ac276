import type { SecurityLogAnchor, SecurityLogRecord, SecurityLogStore } from './security-log-store.js';

/** Keeps the security log in this process, the last 10,000 records of it: it ends with the process. For development and tests. */
export class MemorySecurityLogStore implements SecurityLogStore {
  readonly #texts: string[] = [];
  readonly #most: number;
  #first = 1;

  constructor(options: { readonly most?: number } = {}) {
    this.#most = options.most ?? 10_000;
  }

  async append(record: SecurityLogRecord): Promise<boolean> {
    if (this.#texts.length === 0 && this.#first === 1) this.#first = record.sequence;
    if (record.sequence !== this.#first + this.#texts.length) return false;
    // As text, so that nobody can change it from outside.
    this.#texts.push(JSON.stringify(record));
    if (this.#texts.length > this.#most) {
      this.#texts.shift();
      this.#first += 1;
    }
    return true;
  }

  async last(): Promise<SecurityLogAnchor | undefined> {
    const text = this.#texts.at(-1);
    if (text === undefined) return undefined;
    const { sequence, hash } = toRecord(text);
    return { sequence, hash };
  }

  async read(after: number, limit: number): Promise<readonly SecurityLogRecord[]> {
    const from = Math.max(0, after + 1 - this.#first);
    return this.#texts.slice(from, from + limit).map(toRecord);
  }

  async recent(subject: string, limit: number, before = Number.POSITIVE_INFINITY): Promise<readonly SecurityLogRecord[]> {
    const found: SecurityLogRecord[] = [];
    for (let index = this.#texts.length - 1; index >= 0 && found.length < limit; index--) {
      const record = toRecord(this.#texts[index]!);
      if (record.subject === subject && record.sequence < before) found.push(record);
    }
    return found;
  }

  async prune(through: number): Promise<number> {
    const removed = this.#texts.splice(0, Math.max(0, through + 1 - this.#first)).length;
    this.#first += removed;
    return removed;
  }
}

function toRecord(text: string): SecurityLogRecord {
  return JSON.parse(text) as SecurityLogRecord;
}
