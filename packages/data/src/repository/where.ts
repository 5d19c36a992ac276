import type { Sql } from '../sql/sql.js';
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
 * Conditions on a value inside a json column: `{ settings: { path: ['theme', 'dark'], eq: true } }`. A text in the path is a key of an
 * object, a number an index of a list. A value of another type never matches: `eq: 1` not the text `"1"`, `gt: 1` no text.
 */
export interface JsonCondition extends TextCondition {
  readonly path: readonly (string | number)[];
  /** Whether there is a value at the path, be it null. */
  readonly exists?: boolean;
  readonly eq?: string | number | boolean | null;
  /** Another value, or none. */
  readonly ne?: string | number | boolean | null;
  readonly in?: readonly (string | number | boolean | null)[];
  readonly gt?: string | number;
  readonly gte?: string | number;
  readonly lt?: string | number;
  readonly lte?: string | number;
}

/**
 * A filter: each property is a value (null: IS NULL), a list (one of), or conditions; all must hold. `and`, `or` and `not` combine filters,
 * and take conditions in SQL, which are trusted as they are: `` { and: [sql`${posts.id} in (select …)`] } ``.
 * `undefined` is refused (`DATA_FILTER_UNDEFINED`), as it would silently match more.
 */
export type Where<T extends AnyTable> = {
  readonly [K in keyof Row<T>]?: Filter<Row<T>[K]>;
} & {
  readonly and?: readonly (Where<T> | Sql)[];
  readonly or?: readonly (Where<T> | Sql)[];
  readonly not?: Where<T> | Sql;
  /** Rows that hold all the words of a text; the table needs a full-text index (`fullText` of `table()`). */
  readonly $search?: string | Search<T>;
};

/** What a full-text search looks for, and where. */
export interface Search<T extends AnyTable> {
  /** Plain words, in any case and order; every other character only separates them. At most 1,000 characters and 32 words. */
  readonly for: string;
  /** The columns of one full-text index; may be left out where the table has one only. */
  readonly in?: readonly (keyof Row<T> & string)[];
  /** Whether the last word may be the beginning of one, as for a search while typing. */
  readonly prefix?: boolean;
}

/** What a property of a filter may be. A boolean stays one value, not two. */
export type Filter<T> = T | readonly NonNullable<T>[] | Condition<T> | JsonFilter<NonNullable<T>>;

type JsonFilter<T> = T extends Date | Uint8Array ? never : T extends object ? JsonCondition | readonly JsonCondition[] : never;

/** Every row, said on purpose. */
export interface All {
  readonly all: true;
}

/** How rows are sorted: `{ createdAt: 'desc' }`, or a list where the order of properties matters. */
export type OrderBy<T extends AnyTable> = OrderTerm<T> | readonly OrderTerm<T>[];

/** Columns with their directions, in the order they are written. */
export type OrderTerm<T extends AnyTable> = { readonly [K in keyof Row<T>]?: 'asc' | 'desc' };
