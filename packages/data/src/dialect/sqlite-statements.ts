import type { SqliteStatement } from './sqlite-driver.js';

/** A compiled statement, and what is known of its text. */
export interface KeptStatement {
  readonly prepared: SqliteStatement;
  /** Whether it certainly writes nothing. */
  readonly reads: boolean;
  /** Whether it can neither begin nor end a transaction, unless it fails. */
  readonly plain: boolean;
  /** When it was last used, as a count of uses. */
  used: number;
}

const most = 300;

/** The compiled statements of one connection: those that were used last. */
export class StatementCache {
  readonly #byText = new Map<string, KeptStatement>();
  #uses = 0;

  get(sql: string): KeptStatement | undefined {
    const found = this.#byText.get(sql);
    if (found !== undefined) found.used = ++this.#uses;
    return found;
  }

  add(sql: string, statement: KeptStatement): void {
    if (this.#byText.size >= most) this.#shrink();
    statement.used = ++this.#uses;
    this.#byText.set(sql, statement);
  }

  clear(): void {
    this.#byText.clear();
  }

  // A quarter at a time, so that a program with ever new texts seldom looks for the ones to drop.
  #shrink(): void {
    const oldest = [...this.#byText].sort(([, a], [, b]) => a.used - b.used);
    for (const [sql] of oldest.slice(0, most / 4)) this.#byText.delete(sql);
  }
}
