import type { AnyTable } from '../table/table.js';
import type { JsonRow } from '../table/table-schema.js';
import type { Row } from '../table/types.js';

/** Conditions that fit every column that has an order. */
export type OrderedOperator = 'eq' | 'ne' | 'in' | 'notIn' | 'gt' | 'gte' | 'lt' | 'lte';
/** Conditions on text. */
export type TextOperator = 'contains' | 'startsWith' | 'endsWith';
/** What a client may ask of a column; `isNull` takes true or false. */
export type FilterOperator = OrderedOperator | TextOperator | 'isNull';

/** The parameters beside those of columns. */
export interface FilterParameters<K extends string> {
  /** Columns that a client may sort by: `?sort=-createdAt&sort=id`; a minus means descending. */
  readonly sort?: readonly K[];
  /** Most rows that a client may ask for, 1 to 1,000, by `?limit=`; default 20, or `default`. */
  readonly limit?: number | { readonly max: number; readonly default?: number };
  /** Whether a client may page with `?after=` and `?before=`. */
  readonly cursor?: true;
}

/** What a client may filter by: the operators of each column, and how it sorts and pages. */
export type FilterDeclaration<T extends AnyTable> = {
  readonly [K in keyof Row<T>]?: readonly OperatorOf<Row<T>[K]>[];
} & FilterParameters<keyof Row<T> & string>;

type OperatorOf<V> = NonNullable<V> extends string ? FilterOperator : Exclude<FilterOperator, TextOperator>;

/** The query of a filter once it is checked: `{ status?: …, 'createdAt.gte'?: …, sort?: …, limit?: number }`. */
export type FilterQuery<T extends AnyTable, F> = {
  readonly [N in ColumnNames<F> as ParameterOf<N>]?: ValueOf<JsonRow<Row<T>>, N>;
} & Sorts<F> &
  Limits<F> &
  Cursors<F>;

/** `column|operator` of each parameter. */
type ColumnNames<F> = {
  [K in Exclude<keyof F, keyof FilterParameters<string>> & string]: F[K] extends readonly (infer O extends string)[] ? `${K}|${O}` : never;
}[Exclude<keyof F, keyof FilterParameters<string>> & string];

type ParameterOf<N> = N extends `${infer K}|${infer O}` ? (O extends 'eq' ? K : `${K}.${O}`) : never;
type ValueOf<R, N> = N extends `${infer K}|${infer O}` ? OperandOf<NonNullable<R[K & keyof R]>, O> : never;
type OperandOf<V, O> = O extends 'in' | 'notIn' ? readonly V[] : O extends TextOperator ? string : O extends 'isNull' ? boolean : V;
type Sorts<F> = F extends { readonly sort: readonly (infer K extends string)[] } ? { readonly sort?: readonly (K | `-${K}`)[] } : unknown;
type Limits<F> = F extends { readonly limit: unknown } ? { readonly limit?: number } : unknown;
type Cursors<F> = F extends { readonly cursor: true } ? { readonly after?: string; readonly before?: string } : unknown;
