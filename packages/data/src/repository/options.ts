import type { AnyTable } from '../table/table.js';
import type { ColumnsOf, Patch, Plain, PrimaryKey, Row } from '../table/types.js';
import type { DeletedOptions } from './deleted.js';
import type { LockOptions } from './lock.js';
import type { Loaded, RowWith, With } from './relations.js';
import type { OrderBy, Where } from './where.js';

/** The properties of a row. */
export type Property<T extends AnyTable> = keyof Row<T> & string;

/** What `find` and `get` take. */
export interface FindByIdOptions<W, S extends string> extends DeletedOptions, LockOptions {
  /** Relations to load: one query each. */
  readonly with?: W;
  /** Only these properties are read. */
  readonly select?: readonly S[];
}

/** What `findOne` takes. */
export interface FindOneOptions<T extends AnyTable, W, S extends string> extends FindByIdOptions<W, S> {
  /** `rank`: the best fit for the `$search` of the filter first. */
  readonly orderBy?: OrderBy<T> | 'rank';
}

/** What `findMany` takes; without anything it gives every row. */
export interface FindOptions<T extends AnyTable, W extends With<T> = With<T>, S extends string = Property<T>> extends FindOneOptions<
  T,
  W,
  S
> {
  readonly where?: Where<T>;
  readonly limit?: number;
  readonly offset?: number;
}

/** What `iterate` takes. */
export interface IterateOptions<T extends AnyTable, S extends string = Property<T>> extends DeletedOptions {
  readonly where?: Where<T>;
  readonly orderBy?: OrderBy<T>;
  readonly select?: readonly S[];
  /** Rows that are fetched at a time, 1 to 10,000; default 100. */
  readonly batch?: number;
}

/** The rows of a read: whole, or the selected properties, with their relations. */
export type Found<T extends AnyTable, W, S extends string> = [S] extends [never]
  ? RowWith<T, W>
  : Plain<Pick<Row<T>, S & keyof Row<T>> & ([keyof W] extends [never] ? unknown : Loaded<W>)>;

/** How an upsert finds the row and what it changes there. */
export interface UpsertOptions<T extends AnyTable> {
  /** The columns of a unique key; default: the primary key. */
  readonly on?: readonly (keyof ColumnsOf<T> & string)[];
  /** What is changed when the row exists; default: every column that the given row has, but keys. */
  readonly update?: readonly Exclude<keyof ColumnsOf<T> & string, PrimaryKey<T>>[];
}

/** Adds to the number that the row has then, in one step: `{ stock: { increment: -1 } }`. */
export interface Increment<N extends number | bigint> {
  readonly increment: N;
}

/** What an update takes: values, and increments of numbers. */
export type Change<T extends AnyTable> = {
  [K in keyof Patch<T>]: Patch<T>[K] | (NonNullable<Patch<T>[K]> extends infer N extends number | bigint ? Increment<N> : never);
};

/** Conditions of a write by key. */
export interface WriteOptions {
  /** The version that the row was read with; another one by now is `DATA_STALE` (409). `DATA_TABLE_FEATURE` in a table without `version()`. */
  readonly version?: number;
}
