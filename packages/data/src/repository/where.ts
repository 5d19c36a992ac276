import type { AnyTable } from '../table/table.js';
import type { Row } from '../table/types.js';

/** Conditions on one column. Several in one object must all hold. */
export type Condition<T> = {
  readonly eq?: T;
  readonly ne?: T;
  readonly in?: readonly NonNullable<T>[];
  readonly notIn?: readonly NonNullable<T>[];
  readonly gt?: NonNullable<T>;
  readonly gte?: NonNullable<T>;
  readonly lt?: NonNullable<T>;
  readonly lte?: NonNullable<T>;
} & (NonNullable<T> extends string ? TextCondition : unknown);

/** Conditions on text; case-sensitive, and `%` and `_` have no special meaning. */
export interface TextCondition {
  readonly contains?: string;
  readonly startsWith?: string;
  readonly endsWith?: string;
}

/**
 * A filter: each property is a value (null: IS NULL), a list (one of), or conditions; all must hold. `and`, `or` and `not` combine filters.
 * `undefined` is refused (`DATA_FILTER_UNDEFINED`), as it would silently match more.
 */
export type Where<T extends AnyTable> = {
  readonly [K in keyof Row<T>]?: Filter<Row<T>[K]>;
} & {
  readonly and?: readonly Where<T>[];
  readonly or?: readonly Where<T>[];
  readonly not?: Where<T>;
};

/** What a property of a filter may be. A boolean stays one value, not two. */
export type Filter<T> = T | readonly NonNullable<T>[] | Condition<T>;

/** Every row, said on purpose. */
export interface All {
  readonly all: true;
}

/** How rows are sorted: `{ createdAt: 'desc' }`, or a list where the order of properties matters. */
export type OrderBy<T extends AnyTable> = OrderTerm<T> | readonly OrderTerm<T>[];

/** Columns with their directions, in the order they are written. */
export type OrderTerm<T extends AnyTable> = { readonly [K in keyof Row<T>]?: 'asc' | 'desc' };
