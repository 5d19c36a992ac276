import type { AnyTable, TableColumn } from './table.js';
import { columnOf, infoOf } from './table.js';
import type { ColumnsOf, Insert, Patch, Plain, Row } from './types.js';

/** A JSON Schema made from a table; `J` is what a value of it looks like in JSON. */
export interface TableSchema<J> {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
  readonly [key: string]: unknown;
  /** Only in types: what `Infer` of `@plinth/validation` reads. */
  readonly '~unsafe': J;
}

/** A row as it stands in JSON: dates, bigints and bytes are texts. */
export type JsonRow<R> = { [K in keyof R]: JsonOf<R[K]> };
type JsonOf<V> = V extends Date | bigint | Uint8Array ? string : V;

/** What a schema describes: a row as it is read, a row to insert, or a change of one. */
export type SchemaPurpose = 'row' | 'insert' | 'patch';

/** What of a table goes into a schema. */
export interface TableSchemaOptions<K extends string, P extends K, O extends K, Q extends boolean, M extends SchemaPurpose> {
  /**
   * `row` (default): every column is there. `insert`: what `Insert` says, so columns with a default and nullable ones may be left out.
   * `patch`: what `Patch` says, so the primary key is no part of it and everything may be left out.
   */
  readonly for?: M;
  /** Only these columns. */
  readonly pick?: readonly P[];
  /** All but these columns: for a body, also those that its sender must not decide. */
  readonly omit?: readonly O[];
  /** Every property may be left out. */
  readonly partial?: Q;
}

type Source<T extends AnyTable, M> = M extends 'insert' ? Insert<T> : M extends 'patch' ? Patch<T> : Row<T>;
type Chosen<R, P, O, Q> = Q extends true ? Partial<JsonRow<Pick<R, Exclude<P & keyof R, O>>>> : JsonRow<Pick<R, Exclude<P & keyof R, O>>>;

/**
 * The JSON Schema of a table's rows as JSON, for contracts: all columns, or some. Throws `DATA_COLUMN_UNKNOWN`.
 * Dates are `date-time` texts, bigints and decimals are texts, bytes are base64. Lengths, ranges, formats, enums and null are those of
 * the columns.
 *
 * @example
 * const NewUser = tableSchema(users, { for: 'insert', omit: ['id', 'createdAt'] });
 */
export function tableSchema<
  T extends AnyTable,
  const P extends keyof ColumnsOf<T> & string = keyof ColumnsOf<T> & string,
  const O extends keyof ColumnsOf<T> & string = never,
  const Q extends boolean = false,
  const M extends SchemaPurpose = 'row',
>(table: T, options: TableSchemaOptions<keyof ColumnsOf<T> & string, P, O, Q, M> = {}): TableSchema<Plain<Chosen<Source<T, M>, P, O, Q>>> {
  const info = infoOf(table);
  const omitted = new Set((options.omit ?? []).map((property) => columnOf(info, property)));
  if (options.for === 'patch') for (const column of info.primary) omitted.add(column);
  const picked = options.pick === undefined ? info.columns : options.pick.map((property) => columnOf(info, property));
  const columns = picked.filter((column) => !omitted.has(column));
  const schema = {
    type: 'object',
    properties: Object.fromEntries(columns.map((column) => [column.property, schemaOf(column)])),
    required: columns.filter((column) => options.partial !== true && isRequired(column, options.for)).map((column) => column.property),
    additionalProperties: false,
  };
  return schema as never;
}

function isRequired(column: TableColumn, purpose: SchemaPurpose | undefined): boolean {
  if (purpose === 'patch') return false;
  return purpose !== 'insert' || (column.default === undefined && !column.nullable);
}

function schemaOf(column: TableColumn): Readonly<Record<string, unknown>> {
  const schema = column.codec.jsonSchema;
  if (!column.nullable) return schema;
  if (typeof schema['type'] !== 'string') return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  return { ...schema, type: [schema['type'], 'null'], ...(Array.isArray(values) && { enum: [...(values as unknown[]), null] }) };
}
