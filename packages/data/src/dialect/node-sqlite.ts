import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Rows } from './dialect.js';
import { sqliteCodes } from './sqlite-codes.js';
import type { SqliteDriver, SqliteHandle, SqliteStatement } from './sqlite-driver.js';

/** Node's own `node:sqlite`; undefined where Node was built without it. */
export function loadNodeSqlite(): SqliteDriver | undefined {
  const library = withoutWarning(() => process.getBuiltinModule('node:sqlite')) as typeof import('node:sqlite') | undefined;
  if (library === undefined) return undefined;
  return {
    open: (filename, { readOnly = false } = {}) =>
      typed(() => new NodeHandle(new library.DatabaseSync(filename, { readOnly, timeout: 0, enableDoubleQuotedStringLiterals: false }))),
  };
}

// Node 22 warns, once, that the module is experimental; whoever lets this package choose it can do nothing about that.
function withoutWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = (() => undefined) as typeof emitWarning;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

class NodeHandle implements SqliteHandle {
  constructor(private readonly db: DatabaseSync) {}

  get inTransaction(): boolean {
    return this.db.isTransaction;
  }

  exec(sql: string): void {
    typed(() => this.db.exec(sql));
  }

  prepare(sql: string): SqliteStatement {
    const statement = typed(() => this.db.prepare(sql));
    // Node compiles the first statement and forgets the others.
    const rest = sql.slice(statement.sourceSQL.length).replace(comments, '');
    if (/[^\s;]/.test(rest)) throw new RangeError('The text holds more than one statement');
    return new NodeStatement(statement, countPlaceholders(sql), sql.includes('*'));
  }

  close(): void {
    this.db.close();
  }
}

class NodeStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly #names: readonly string[];

  constructor(
    private readonly statement: StatementSync,
    /** Number of its `?`; undefined where it names or numbers its parameters. */
    private readonly placeholders: number | undefined,
    /** Whether a change of the schema by somebody else can give it other columns. */
    private readonly open: boolean,
  ) {
    this.#names = this.#columns();
    this.reader = this.#names.length > 0;
    // Its objects have no prototype, and are slow to make and to read.
    statement.setReturnArrays(true);
  }

  all(bindings: readonly unknown[], bigints: boolean): Rows {
    const values = this.#check(bindings);
    this.statement.setReadBigInts(bigints);
    const rows = typed(() => this.statement.all(...values)) as unknown as readonly unknown[][];
    const names = this.#namesNow();
    return rows.map((row) => toRow(names, row));
  }

  *iterate(bindings: readonly unknown[], bigints: boolean): Generator<Rows[number], void, undefined> {
    const values = this.#check(bindings);
    this.statement.setReadBigInts(bigints);
    const rows = typed(() => this.statement.iterate(...values)) as unknown as Iterator<unknown[], undefined>;
    try {
      let next = typed(() => rows.next());
      const names = this.#namesNow();
      for (; next.done !== true; next = typed(() => rows.next())) yield toRow(names, next.value);
    } finally {
      rows.return?.();
    }
  }

  run(bindings: readonly unknown[]): { changes: number; lastInsertRowid: number | bigint } {
    const values = this.#check(bindings);
    const { changes, lastInsertRowid } = typed(() => this.statement.run(...values));
    return { changes: Number(changes), lastInsertRowid };
  }

  #columns(): readonly string[] {
    return this.statement.columns().map(({ name }) => name);
  }

  /** SQLite compiles a statement anew, when it runs, after a change of the schema. */
  #namesNow(): readonly string[] {
    return this.open ? this.#columns() : this.#names;
  }

  /** Node binds NULL for what is missing, and takes an object in the first place for named parameters. */
  #check(bindings: readonly unknown[]): SQLInputValue[] {
    if (this.placeholders !== undefined && this.placeholders !== bindings.length)
      throw new RangeError(`${this.placeholders} values are expected and ${bindings.length} given`);
    for (const value of bindings) {
      if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
        throw new TypeError('SQLite binds strings, numbers, bigints, bytes and null only');
    }
    return bindings as SQLInputValue[];
  }
}

const comments = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

function countPlaceholders(sql: string): number | undefined {
  const bare = sql.replace(quoted, ' ');
  return /\?\d|[:@$][a-z_]/i.test(bare) ? undefined : bare.split('?').length - 1;
}

function toRow(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index++) row[names[index]!] = values[index];
  return row;
}

/** Runs a call of the driver; its errors get SQLite's name of their number as their code. */
function typed<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { code, errcode } = error as { code?: unknown; errcode?: number };
    // Its message quotes the number.
    if (code === 'ERR_OUT_OF_RANGE') throw new RangeError('An integer is beyond 2^53: read it as bigint, by a column of bigint()');
    if (errcode !== undefined)
      (error as { code: string }).code = sqliteCodes[errcode] ?? sqliteCodes[errcode & 0xff] ?? `SQLITE_${errcode}`;
    throw error;
  }
}
