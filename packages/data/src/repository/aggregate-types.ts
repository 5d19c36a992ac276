import type { AnyTable } from '../table/table.js';
import type { Plain, Row } from '../table/types.js';
import type { DeletedOptions } from './deleted.js';
import type { Where } from './where.js';

type Summable<T extends AnyTable> = {
  [K in keyof Row<T> & string]: NonNullable<Row<T>[K]> extends number | bigint | string ? K : never;
}[keyof Row<T> & string];
type Comparable<T extends AnyTable> = {
  [K in keyof Row<T> & string]: NonNullable<Row<T>[K]> extends number | bigint | string | Date ? K : never;
}[keyof Row<T> & string];

/** What is computed over rows. Sums and averages take columns of numbers, decimals among them; smallest and largest also text and times. */
export interface Aggregates<T extends AnyTable, Sum extends string, Avg extends string, Min extends string, Max extends string> {
  /** The number of rows. */
  readonly count?: boolean;
  /** Exact: bigint for bigint columns, text for decimals; null over no values. A sum of integers beyond 2^53 is `DATA_OUT_OF_RANGE`. */
  readonly sum?: readonly (Sum & Summable<T>)[];
  /** A double; null over no values. */
  readonly avg?: readonly (Avg & Summable<T>)[];
  readonly min?: readonly (Min & Comparable<T>)[];
  readonly max?: readonly (Max & Comparable<T>)[];
}

/** What `aggregate` takes. */
export interface AggregateOptions<T extends AnyTable, Sum extends string, Avg extends string, Min extends string, Max extends string>
  extends Aggregates<T, Sum, Avg, Min, Max>, DeletedOptions {
  readonly where?: Where<T>;
}

/** What `groupBy` takes. */
export interface GroupOptions<
  T extends AnyTable,
  By extends string,
  Sum extends string,
  Avg extends string,
  Min extends string,
  Max extends string,
> extends AggregateOptions<T, Sum, Avg, Min, Max> {
  /** The columns whose values make a group; not json. */
  readonly by: readonly By[];
  /** Only groups whose number of rows and computed values meet these conditions, all of them. */
  readonly having?: Having<T>;
  /** By columns of `by`, or the number of rows. */
  readonly orderBy?: { readonly [K in By | 'count']?: 'asc' | 'desc' };
  readonly limit?: number;
}

/** Conditions on groups: `{ count: { gte: 2 }, sum: { total: { gt: '100.00' } } }`. What they are about need not be asked for as well. */
export interface Having<T extends AnyTable> {
  readonly count?: Bounds<number>;
  readonly sum?: { readonly [K in Summable<T>]?: Bounds<NonNullable<Row<T>[K]>> };
  readonly avg?: { readonly [K in Summable<T>]?: Bounds<number> };
  readonly min?: { readonly [K in Comparable<T>]?: Bounds<NonNullable<Row<T>[K]>> };
  readonly max?: { readonly [K in Comparable<T>]?: Bounds<NonNullable<Row<T>[K]>> };
}

/** Comparisons with a value; all must hold. */
export interface Bounds<V> {
  readonly eq?: V;
  readonly ne?: V;
  readonly gt?: V;
  readonly gte?: V;
  readonly lt?: V;
  readonly lte?: V;
}

/** The answer of `aggregate`. */
export type Aggregated<T extends AnyTable, Sum extends string, Avg extends string, Min extends string, Max extends string> = Plain<
  { readonly count: number } & {
    readonly sum: { readonly [K in Sum]: NonNullable<Row<T>[K & keyof Row<T>]> | null };
    readonly avg: { readonly [K in Avg]: number | null };
    readonly min: { readonly [K in Min]: NonNullable<Row<T>[K & keyof Row<T>]> | null };
    readonly max: { readonly [K in Max]: NonNullable<Row<T>[K & keyof Row<T>]> | null };
  }
>;

/** A group of `groupBy`: the values that its rows share, and what was computed over them. */
export type Group<
  T extends AnyTable,
  By extends string,
  Sum extends string,
  Avg extends string,
  Min extends string,
  Max extends string,
> = Plain<{ readonly by: { readonly [K in By]: Row<T>[K & keyof Row<T>] } } & Aggregated<T, Sum, Avg, Min, Max>>;
