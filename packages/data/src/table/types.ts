import type { IsOptional, IsPrimary, ValueOf } from './column.js';
import type { AnyTable, Table } from './table.js';

/** The columns of a table, by property. */
export type ColumnsOf<T> = T extends Table<infer C, infer _P> ? C : never;

/** A row as it is read. */
export type Row<T extends AnyTable> = Plain<{ -readonly [K in keyof ColumnsOf<T> & string]: ValueOf<ColumnsOf<T>[K]> }>;

/** A row as it is inserted: columns with a default, and nullable ones, may be left out. */
export type Insert<T extends AnyTable> = Plain<
  { [K in RequiredKeys<ColumnsOf<T>>]: ValueOf<ColumnsOf<T>[K]> } & { [K in OptionalKeys<ColumnsOf<T>>]?: ValueOf<ColumnsOf<T>[K]> }
>;

/** A change of a row: any columns but the primary key. */
export type Patch<T extends AnyTable> = Plain<{ [K in Exclude<keyof ColumnsOf<T> & string, PrimaryKey<T>>]?: ValueOf<ColumnsOf<T>[K]> }>;

/** The properties of the primary key. */
export type PrimaryKey<T> = T extends Table<infer C, infer P> ? ([P] extends [never] ? PrimaryColumns<C> : P) : never;

/** What identifies a row: the value of a single primary key, or an object with all its columns. */
export type Id<T extends AnyTable> =
  IsUnion<PrimaryKey<T>> extends true ? { readonly [K in PrimaryKey<T>]: Row<T>[K & keyof Row<T>] } : Row<T>[PrimaryKey<T> & keyof Row<T>];

type PrimaryColumns<C> = { [K in keyof C & string]: IsPrimary<C[K]> extends true ? K : never }[keyof C & string];
type OptionalKeys<C> = { [K in keyof C & string]: IsOptional<C[K]> extends true ? K : never }[keyof C & string];
type RequiredKeys<C> = { [K in keyof C & string]: IsOptional<C[K]> extends true ? never : K }[keyof C & string];
type IsUnion<T, Whole = T> = [T] extends [never] ? false : T extends Whole ? ([Whole] extends [T] ? false : true) : never;
/** Shows the computed object instead of its formula in editors. */
export type Plain<T> = { [K in keyof T]: T[K] };
