import type { Statement } from '../dialect/dialect.js';
import type { Grammar } from './grammar.js';

/** Writes one statement: text is appended, values are bound and leave a placeholder. */
export class SqlWriter {
  readonly bindings: unknown[] = [];
  /** Whether the text depends on the shape of the call only, not on the length of its lists: worth a prepared statement. */
  stable = true;

  constructor(
    readonly grammar: Grammar,
    public text = '',
  ) {}

  /** Appends a placeholder for a value. */
  bind(value: unknown): void {
    this.text += this.grammar.place(this.bindings.push(value));
  }

  /** What has been written. `bigints`: SQLite only, integers are read as bigint. */
  toStatement(bigints = false): Statement {
    return { sql: this.text, bindings: this.bindings, bigints, prepare: this.stable };
  }
}
