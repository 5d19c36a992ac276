import type { Dialect, DialectName, Result, Statement } from '../dialect/dialect.js';
import type { Grammar } from '../sql/grammar.js';
import { grammarOf } from '../sql/grammars.js';
import { SqlWriter } from '../sql/sql-writer.js';
import type { TableColumn, TableInfo } from '../table/table.js';
import { flushBatches } from './call-batch.js';
import type { ShapeText } from './plain-filter.js';
import { compileReader, type RowReader } from './row-reader.js';
import type { Session } from './session.js';

/** Quoted names of columns. */
export type Names = ReadonlyMap<TableColumn, string>;

/** A table as one database sees it: what does not depend on the call is written once. */
export class TableContext {
  readonly dialect: Dialect;
  readonly dialectName: DialectName;
  readonly grammar: Grammar;
  /** The quoted name of the table. */
  readonly table: string;
  /** Columns as they stand in statements about this table alone. */
  readonly names: Names;
  /** Columns with their table before them: in ORDER BY, where a bare name may mean an output column, and in joins. */
  readonly qualified: Names;
  /** Whether rows may hold integers beyond 2^53. */
  readonly bigints: boolean;
  /** Every column, under its property's name. */
  readonly selection: string;
  /** `select … from …`. */
  readonly select: string;
  readonly read: RowReader;
  /** The first row of an answer. */
  readonly readFirst: (result: Result) => Record<string, unknown> | undefined;
  /** Every row of an answer. */
  readonly readAll: (result: Result) => Record<string, unknown>[];
  /** SQL by the shape of a call. */
  readonly texts = new Map<string, string>();
  /** The same, with what else it binds. */
  readonly shapes = new Map<string, ShapeText>();

  constructor(
    readonly session: Session,
    readonly info: TableInfo,
  ) {
    this.dialect = session.dialect;
    this.dialectName = session.dialect.name;
    this.grammar = grammarOf(this.dialectName);
    this.table = this.grammar.quote(info.name);
    this.names = new Map(info.columns.map((column) => [column, this.grammar.quote(column.name)]));
    this.qualified = this.named(this.table);
    this.bigints = info.columns.some((column) => column.codec.bigints === true);
    this.selection = this.selectionOf(info.columns);
    this.select = `select ${this.selection} from ${this.table}`;
    const read = compileReader(info, this.dialectName);
    this.read = read;
    this.readAll = ({ rows }) => {
      for (const row of rows) read(row);
      // Read in place; an answer belongs to its caller.
      return rows as Record<string, unknown>[];
    };
    this.readFirst = ({ rows }) => (rows.length === 0 ? undefined : read(rows[0]!));
  }

  name(column: TableColumn): string {
    return this.names.get(column)!;
  }

  /** The columns under another name of the table. */
  named(alias: string): Names {
    return new Map(this.info.columns.map((column) => [column, `${alias}.${this.grammar.quote(column.name)}`]));
  }

  /** Columns under their properties' names; `before`: what stands before each, with its dot. */
  selectionOf(columns: readonly TableColumn[], before = ''): string {
    return columns
      .map((column) => {
        const name = before + this.grammar.quote(column.name);
        return column.name === column.property ? name : `${name} as ${this.grammar.quote(column.property)}`;
      })
      .join(', ');
  }

  writer(text = ''): SqlWriter {
    return new SqlWriter(this.grammar, text);
  }

  /** Runs what has been written. */
  run(writer: SqlWriter): Promise<Result> {
    return this.send(writer.toStatement(this.bigints));
  }

  /** Runs a statement, after the finds by key that were called before it in the same transaction; gives what `read` makes of its answer. */
  send(statement: Statement): Promise<Result>;
  send<T>(statement: Statement, read: (result: Result) => T): Promise<T>;
  send(statement: Statement, read: (result: Result) => unknown = asItIs): Promise<unknown> {
    flushBatches(this.session);
    return this.session.run(statement, read);
  }

  keepShape(shape: string, text: ShapeText): void {
    if (this.shapes.size >= mostTexts) this.shapes.clear();
    this.shapes.set(shape, text);
  }

  /** The SQL of a call's shape, written at its first call. The number of shapes is bounded by the code and the table. */
  text(shape: string, write: () => string): string {
    let text = this.texts.get(shape);
    if (text === undefined) {
      text = write();
      // A patch with ever new sets of columns must not fill the memory.
      if (this.texts.size >= mostTexts) this.texts.clear();
      this.texts.set(shape, text);
    }
    return text;
  }
}

const mostTexts = 500;

const asItIs = (result: Result): Result => result;

const contexts = new WeakMap<Session, WeakMap<TableInfo, TableContext>>();

/** The context of a table, made once per database. */
export function contextOf(session: Session, info: TableInfo): TableContext {
  let tables = contexts.get(session);
  if (tables === undefined) contexts.set(session, (tables = new WeakMap()));
  let context = tables.get(info);
  if (context === undefined) tables.set(info, (context = new TableContext(session, info)));
  return context;
}
