import type { Done, Result } from './dialect.js';
import type { PostgresMessages } from './postgres-messages.js';
import type { PreparedStatement } from './postgres-statements.js';

/** A column as the server describes it (RowDescription). */
export interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

/** How to read the rows of one statement. */
export interface RowShape {
  readonly names: readonly string[];
  readonly parsers: readonly ((text: string) => unknown)[];
  /** Has every column from the start, so that all rows share one layout; also a column named `__proto__` is one of its own. */
  readonly empty: Readonly<Record<string, unknown>>;
}

/** Gives the function that reads a type's text format. */
export type ParserOf = (oid: number) => (text: string) => unknown;

/** What to send: `named` was or will be prepared under its name; `fresh` says that this query prepares it. */
export interface Sending {
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly named?: PreparedStatement | undefined;
  readonly fresh?: boolean;
  /** The name of a prepared statement that makes room for it. */
  readonly evicted?: string | undefined;
}

/**
 * A query in the shape that pg's client submits and feeds with messages (pg `lib/query.js`). Of a statement that is prepared and whose
 * row shape is known it sends Bind, Execute and Sync only; rows are read straight into the result.
 */
export class PostgresQuery {
  /** How the rows look; known from the start, or told by the server. */
  shape: RowShape | undefined;
  /** Whether the portal has more rows. */
  suspended = false;
  /** Whether nothing of it was sent, because a value cannot be converted. */
  unsent = false;
  readonly #rows: Record<string, unknown>[] = [];
  #tag = '';
  #unreadable: unknown;

  constructor(
    protected readonly messages: PostgresMessages,
    readonly sending: Sending,
    private readonly parserOf: ParserOf,
    private readonly done: Done,
  ) {
    this.shape = sending.named?.shape;
  }

  submit(): Error | null {
    const { messages } = this;
    const { mark } = messages;
    try {
      this.write(messages);
    } catch (error) {
      messages.reset(mark);
      this.unsent = true;
      return error instanceof Error ? error : new TypeError(String(error));
    }
    messages.send();
    return null;
  }

  protected write(messages: PostgresMessages): void {
    const { sql, values, named, fresh = false, evicted } = this.sending;
    const name = named?.name ?? '';
    if (evicted !== undefined) messages.closeStatement(evicted);
    if (fresh || named === undefined) messages.parse(name, sql);
    messages.bind('', name, values);
    if (this.shape === undefined) messages.describePortal('');
    messages.execute('', 0);
    messages.sync();
  }

  handleRowDescription(message: { readonly fields: readonly Field[] }): void {
    this.shape = toShape(message.fields, this.parserOf);
    if (this.sending.named !== undefined) this.sending.named.shape = this.shape;
  }

  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(readFields(this.shape, message.fields));
    } catch (error) {
      this.#unreadable ??= error;
    }
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.#tag = message.text;
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {
    this.suspended = true;
  }

  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('COPY needs a stream of its own');
  }

  handleCopyData(): void {}

  handleReadyForQuery(): void {
    const { named } = this.sending;
    // A statement without rows has no description.
    if (named !== undefined) named.shape ??= noRows;
    if (this.#unreadable !== undefined) return this.done(this.#unreadable);
    this.done(undefined, toResult(this.#rows, this.#tag));
  }

  handleError(error: unknown): void {
    this.done(error);
  }
}

/** A text without values, as it is: BEGIN, COMMIT, savepoints. */
export class SimpleQuery extends PostgresQuery {
  protected override write(messages: PostgresMessages): void {
    messages.query(this.sending.sql);
  }
}

/** Waits until the server has worked off everything before. */
export class SyncQuery extends PostgresQuery {
  protected override write(messages: PostgresMessages): void {
    messages.sync();
  }
}

const noRows: RowShape = { names: [], parsers: [], empty: {} };

export function toShape(fields: readonly Field[], parserOf: ParserOf): RowShape {
  const empty = Object.create(null) as Record<string, unknown>;
  for (const field of fields) empty[field.name] = null;
  return {
    names: fields.map((field) => field.name),
    parsers: fields.map((field) => parserOf(field.dataTypeID)),
    empty: { ...empty },
  };
}

export function readFields(shape: RowShape | undefined, fields: readonly (string | null)[]): Record<string, unknown> {
  // Behind a pooler another program may have prepared the text on another schema.
  if (shape === undefined || shape.names.length !== fields.length) throw new Error('the row does not have the columns of its statement');
  const row: Record<string, unknown> = { ...shape.empty };
  const { names, parsers } = shape;
  for (let index = 0; index < fields.length; index++) {
    const text = fields[index]!;
    if (text !== null) row[names[index]!] = parsers[index]!(text);
  }
  return row;
}

/** The answer with the numbers of a command tag: `SELECT 5`, `INSERT 0 1`, `BEGIN`. */
export function toResult(rows: Result['rows'], tag: string): Result {
  const space = tag.lastIndexOf(' ');
  const affected = space === -1 ? 0 : Number(tag.slice(space + 1)) || 0;
  const first = space === -1 ? tag : tag.slice(0, tag.indexOf(' '));
  return { rows, affected, command: first, raw: undefined };
}
