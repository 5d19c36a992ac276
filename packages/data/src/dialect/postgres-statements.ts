import { createHash } from 'node:crypto';
import type { RowShape } from './postgres-query.js';

/** One statement that a connection has prepared, or is about to. */
export interface PreparedStatement {
  readonly text: string;
  readonly name: string;
  /** How its rows look; undefined until the server has told. */
  shape: RowShape | undefined;
  /** When it was last used, as a count of uses. */
  used: number;
}

/** The statements that one connection has prepared: the `limit` that were used last. */
export class PreparedStatements {
  readonly #byText = new Map<string, PreparedStatement>();
  #uses = 0;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.#byText.size;
  }

  get(text: string): PreparedStatement | undefined {
    const found = this.#byText.get(text);
    if (found !== undefined) found.used = ++this.#uses;
    return found;
  }

  /** Adds a statement; gives back the one that must be closed on the server for it, if any. */
  add(text: string): { readonly added: PreparedStatement; readonly evicted: PreparedStatement | undefined } {
    const evicted = this.#byText.size >= this.limit ? this.#leastUsed() : undefined;
    if (evicted !== undefined) this.#byText.delete(evicted.text);
    const added: PreparedStatement = { text, name: nameOf(text), shape: undefined, used: ++this.#uses };
    this.#byText.set(text, added);
    return { added, evicted };
  }

  /** Forgets a statement that the server does not have, or not as it was. */
  drop(statement: PreparedStatement): void {
    if (this.#byText.get(statement.text) === statement) this.#byText.delete(statement.text);
  }

  // One whose answer is still awaited stays: its name is not known to be free.
  #leastUsed(): PreparedStatement | undefined {
    let least: PreparedStatement | undefined;
    for (const statement of this.#byText.values()) {
      if (statement.shape !== undefined && (least === undefined || statement.used < least.used)) least = statement;
    }
    return least;
  }
}

/** The same text has the same name on every connection, so that behind a pooler a name never means another statement. */
function nameOf(text: string): string {
  return `plinth_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
}
