// What locks rows, waits, writes or changes the session besides reading.
const sideEffects = /\bfor\s+(?:update|share|no\s+key|key\s+share)\b|\binto\b|\b(?:pg|lo|dblink)_\w|\b(?:set_config|nextval|setval)\b/i;
const most = 2_000;

/** Tells the texts that only read, and remembers what it found. */
export class ReadTexts {
  readonly #known = new Map<string, boolean>();

  has(sql: string): boolean {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    if (this.#known.size >= most) this.#known.clear();
    const reads = /^\s*select\b/i.test(sql) && !sideEffects.test(sql);
    this.#known.set(sql, reads);
    return reads;
  }
}
