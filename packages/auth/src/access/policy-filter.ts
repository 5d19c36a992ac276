/** Conditions on one field of a row. Several in one object must all hold. */
export type PolicyCondition<V> = {
  readonly eq?: V;
  readonly ne?: V;
  readonly in?: readonly NonNullable<V>[];
  readonly notIn?: readonly NonNullable<V>[];
  /** Never of text, whose order depends on the database. */
  readonly gt?: NonNullable<V>;
  readonly gte?: NonNullable<V>;
  readonly lt?: NonNullable<V>;
  readonly lte?: NonNullable<V>;
} & (NonNullable<V> extends string ? PolicyTextCondition : unknown);

/** Conditions on text; case-sensitive. */
export interface PolicyTextCondition {
  readonly contains?: string;
  readonly startsWith?: string;
  readonly endsWith?: string;
}

/** What a field of a policy's filter may be: a value (null: no value), a list (one of), or conditions. */
export type PolicyField<V> = V | readonly NonNullable<V>[] | PolicyCondition<V>;

/**
 * Which rows: the part of `Where` of `@plinth/data` that means the same in memory and on every database. All properties must hold; a
 * comparison with a row's missing value is neither true nor false, as in SQL, but for `ne` and `notIn`, which hold.
 */
export type PolicyFilter<Row> = { readonly [K in keyof Row]?: PolicyField<Row[K]> } & {
  readonly and?: readonly PolicyFilter<Row>[];
  readonly or?: readonly PolicyFilter<Row>[];
  readonly not?: PolicyFilter<Row>;
};

/** What a rule gives: the rows that are allowed, or all (`true`), or none (`false`, null or nothing). */
export type PolicyRule<Row> = PolicyFilter<Row> | boolean | null | undefined;

/** The type of a field, where values alone do not tell it. `exact`: a bigint, or a decimal as text. */
export type FieldKind =
  'text' | 'enum' | 'uuid' | 'date' | 'time' | 'exact' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'bytes' | 'json';

/** What a policy is about: made by `resource`, or of a table by `tablePolicy`. */
export interface Resource<Row> {
  readonly name: string;
  /** The fields and their types, where they are known; else the values tell. @internal */
  readonly kinds?: ReadonlyMap<string, FieldKind>;
  /** Only in types: the rows. */
  readonly row?: Row;
}

/**
 * A resource that is no table.
 *
 * @example
 * const invoicePolicy = definePolicy(resource<Invoice>('invoice'))({ read: (user: User) => ({ customerId: user.id }) });
 */
export function resource<Row extends object>(name: string): Resource<Row> {
  return { name };
}
