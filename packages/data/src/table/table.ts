import { DATA_ERRORS } from '../errors.js';
import { type AnyColumn, type ColumnPlace, type ColumnSpec, Column, SPEC } from './column.js';
import { type FullText, type FullTextSet, readFullText } from './full-text.js';

/** A column of a table, with everything decided. */
export interface TableColumn extends ColumnSpec {
  readonly property: string;
  readonly name: string;
}

/** What a table value knows about itself. */
export interface TableInfo {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly byProperty: ReadonlyMap<string, TableColumn>;
  readonly primary: readonly TableColumn[];
  /** Unique sets of columns besides the primary key. */
  readonly unique: readonly (readonly TableColumn[])[];
  readonly indexes: readonly (readonly TableColumn[])[];
  /** Sets of columns that are searched together. */
  readonly fullText?: readonly FullTextSet[] | undefined;
  /** Conditions that every row meets, by name. */
  readonly checks?: Readonly<Record<string, string>> | undefined;
  readonly comment?: string | undefined;
  /** The column of the optimistic lock: 1 in a new row, one more after each update. */
  readonly version?: TableColumn | undefined;
  /** The column that says since when a row counts as deleted. */
  readonly softDelete?: TableColumn | undefined;
}

/** The key under which a table keeps its description. */
export const TABLE: unique symbol = Symbol('plinth.table');

declare const primaryKey: unique symbol;

/** A table: its columns as properties (`users.email`), its description under `TABLE`. */
export type Table<C, P extends string = never> = { readonly [K in keyof C]: C[K] } & {
  readonly [TABLE]: TableInfo;
  readonly [primaryKey]?: { readonly columns: C; readonly primary: P };
};

/** Any table. */
export interface AnyTable {
  readonly [TABLE]: TableInfo;
}

/** What concerns several columns of a table. */
export interface TableOptions<K extends string, P extends K> {
  /** The primary key, when it has several columns. */
  readonly primary?: readonly [P, P, ...P[]];
  /** Sets of columns whose values together are unique. */
  readonly unique?: readonly (readonly [K, K, ...K[]])[];
  /** Indexes over several columns. */
  readonly index?: readonly (readonly [K, K, ...K[]])[];
  /** Full-text indexes, for `where: { $search: 'words' }`: sets of text columns that are searched together. Not on SQL Server. */
  readonly fullText?: readonly FullText<K>[];
  /** CHECK conditions by name, in SQL with the names of the database: `{ price_positive: 'price > 0' }`. A row that breaks one is `DATA_CHECK`. */
  readonly checks?: Readonly<Record<string, string>>;
  /** A comment in the database; SQLite keeps none. */
  readonly comment?: string;
}

/**
 * Describes a table: the one source of its rows' types, checks, SQL and JSON Schema. Throws `DATA_TABLE`.
 *
 * @example
 * const users = table('users', { id: uuid().primary(), email: text().unique(), bio: text().nullable() });
 */
export function table<const C extends Readonly<Record<string, AnyColumn>>, const P extends keyof C & string = never>(
  name: string,
  columns: C,
  options: TableOptions<keyof C & string, P> = {},
): Table<C, P> {
  const refuse = (reason: string): Error =>
    DATA_ERRORS.TABLE({ table: typeof name === 'string' ? JSON.stringify(name) : '(unnamed)', reason });
  if (typeof columns !== 'object' || columns === null) throw refuse('its columns are not an object');
  if (!isName(name)) throw refuse('its name is not of letters, digits and underscores, at most 60 long');
  const keyed = new Set<string>([...(options.primary ?? []), ...(options.unique ?? []).flat(), ...(options.index ?? []).flat()]);
  const described = Object.entries(columns).map(([property, column]) => describeColumn(property, column, keyed.has(property), refuse));
  const byProperty = new Map(described.map((column) => [column.property, column]));
  const pick = (properties: readonly string[], what: string): readonly TableColumn[] => {
    if (properties.length === 0 || new Set(properties).size !== properties.length) throw refuse(`${what} is empty or names a column twice`);
    return properties.map((property) => byProperty.get(property) ?? fail(refuse(`${what} names ${property}, which is no column`)));
  };
  const marked = described.filter((column) => column.primary);
  if (marked.length > 1 || (marked.length === 1 && options.primary !== undefined)) {
    throw refuse('more than one column is marked primary(); name them all in the option primary instead');
  }
  const names = new Set(described.map((column) => column.name.toLowerCase()));
  if (described.length === 0 || names.size !== described.length) throw refuse('it has no columns, or two of the same name in the database');
  const primary = options.primary === undefined ? marked : pick(options.primary, 'the primary key');
  if (primary.some((column) => column.nullable)) throw refuse('a column of the primary key is nullable');
  const misnamed = Object.keys(options.checks ?? {}).find((check) => !isName(check));
  if (misnamed !== undefined) throw refuse(`the check ${JSON.stringify(misnamed)} is not named with letters, digits and underscores`);
  const [version, secondVersion] = described.filter((column) => column.version === true);
  const [softDelete, secondSoftDelete] = described.filter((column) => column.softDelete === true);
  if (secondVersion !== undefined || secondSoftDelete !== undefined) throw refuse('two columns are marked version(), or two softDelete()');
  const info: TableInfo = Object.freeze({
    name,
    columns: described,
    byProperty,
    primary,
    ...(version !== undefined && { version }),
    ...(softDelete !== undefined && { softDelete }),
    ...(options.fullText !== undefined && { fullText: readFullText(options.fullText, primary, pick, refuse) }),
    ...(options.checks !== undefined && { checks: options.checks }),
    ...(options.comment !== undefined && { comment: options.comment }),
    unique: [
      ...described.filter((column) => column.unique).map((column) => [column]),
      ...(options.unique ?? []).map((set) => pick(set, 'a unique set')),
    ],
    indexes: [
      ...described.filter((column) => column.index && !column.unique && primary[0] !== column).map((column) => [column]),
      ...(options.index ?? []).map((set) => pick(set, 'an index')),
    ],
  });
  const placed = Object.entries(columns).map(([property, column]) => {
    const place: ColumnPlace = { table: name, property, name: byProperty.get(property)!.name };
    return [property, new Column(column[SPEC], place)];
  });
  return Object.freeze(Object.assign(Object.fromEntries(placed), { [TABLE]: info })) as Table<C, P>;
}

/** The description of a table. */
export function infoOf(table: AnyTable): TableInfo {
  return table[TABLE];
}

/** A column of a table by its property. Throws `DATA_COLUMN_UNKNOWN`; property names can come from a query string. */
export function columnOf(info: TableInfo, property: string): TableColumn {
  const column = info.byProperty.get(property);
  if (column === undefined) {
    throw DATA_ERRORS.COLUMN_UNKNOWN({
      table: info.name,
      column: JSON.stringify(property.slice(0, 64)),
      columns: [...info.byProperty.keys()].join(', '),
    });
  }
  return column;
}

const wellNamed = /^[a-zA-Z_][a-zA-Z0-9_]{0,59}$/;

function isName(name: unknown): boolean {
  return typeof name === 'string' && wellNamed.test(name);
}

// They have a meaning in filters.
const reserved = new Set(['and', 'or', 'not', 'all', '__proto__']);

function describeColumn(property: string, column: AnyColumn, keyed: boolean, refuse: (reason: string) => Error): TableColumn {
  if (!isName(property)) throw refuse(`the column ${JSON.stringify(property)} is not named with letters, digits and underscores`);
  if (reserved.has(property))
    throw refuse(`a column cannot be called ${property}, which has a meaning in filters; use .named('${property}') on another property`);
  // Every object has a value of this name, also a row that leaves the column out.
  if (property in Object.prototype)
    throw refuse(`a column cannot be called ${property}, as every object of JavaScript has one; use .named('...') on another property`);
  const spec = column?.[SPEC];
  if (spec === undefined) throw refuse(`${property} is no column; use text(), uuid() and the like`);
  const name = spec.named ?? snakeCase(property);
  if (!isName(name)) throw refuse(`the column name ${JSON.stringify(name)} is not of letters, digits and underscores`);
  const limited = keyed || spec.primary || spec.unique || spec.index;
  const codec = limited ? (spec.codec.limited?.() ?? spec.codec) : spec.codec;
  if (limited && codec.type === 'json') throw refuse(`${property} is json, which can be no key`);
  if (typeof spec.default === 'object' && 'value' in spec.default && spec.default.value !== null) {
    const checked = codec.check(spec.default.value);
    if (checked.refusal !== undefined) throw refuse(`the default of ${property} is not ${checked.refusal.expected}`);
  }
  return { ...spec, codec, property, name };
}

function snakeCase(property: string): string {
  return property
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

function fail(error: Error): never {
  throw error;
}
