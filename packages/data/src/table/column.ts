import type { Codec } from './codec.js';

/** What `references()` does to this row when the row it refers to is deleted. */
export type OnDelete = 'cascade' | 'restrict' | 'set null' | 'no action';

/** A reference to a column of another table. */
export interface Reference {
  readonly column: () => AnyColumn;
  readonly onDelete: OnDelete;
}

/** Everything known about a column. Built by the methods of `Column`. */
export interface ColumnSpec {
  readonly codec: Codec;
  readonly nullable: boolean;
  readonly primary: boolean;
  readonly unique: boolean;
  readonly index: boolean;
  /** The value of a row that gives none: computed here, the same on every database. */
  readonly default?: { readonly value: unknown } | { readonly make: () => unknown } | 'now' | 'generated' | undefined;
  /** Set to the present moment at each update that does not set it. */
  readonly updateNow: boolean;
  /** Counts the row's updates, for the optimistic lock. */
  readonly version?: boolean;
  /** Says since when the row counts as deleted. */
  readonly softDelete?: boolean;
  readonly reference?: Reference | undefined;
  /** Its name in the database; default: the property's name in snake_case. */
  readonly named?: string | undefined;
  /** What the database says about the column. */
  readonly comment?: string;
}

/** Where a column stands; set by `table()`. */
export interface ColumnPlace {
  readonly table: string;
  readonly property: string;
  readonly name: string;
}

/** The key under which a column keeps its specification. */
export const SPEC: unique symbol = Symbol('plinth.column.spec');
/** The key under which a column keeps its place, once it is part of a table. */
export const PLACE: unique symbol = Symbol('plinth.column.place');

declare const types: unique symbol;

/** Any column: annotate a self-reference with it, `.references((): AnyColumn => categories.id)`. */
export interface AnyColumn {
  readonly [SPEC]: ColumnSpec;
  readonly [PLACE]?: ColumnPlace | undefined;
}

/**
 * A column with values of type `T`; `Optional` when a new row may leave it out, `Primary` when it is the key, `Generates` when it
 * makes its own value as a key.
 */
export class Column<
  T,
  Optional extends boolean = false,
  Primary extends boolean = false,
  Generates extends boolean = false,
> implements AnyColumn {
  declare readonly [types]: { readonly value: T; readonly optional: Optional; readonly primary: Primary };
  readonly [SPEC]: ColumnSpec;
  readonly [PLACE]?: ColumnPlace;

  /** @internal */
  constructor(spec: ColumnSpec, place?: ColumnPlace) {
    this[SPEC] = spec;
    if (place !== undefined) this[PLACE] = place;
  }

  /** The primary key, alone; several columns are named in `table()`'s options. A `uuid()` key that is left out becomes a UUID v7. */
  primary(): Column<T, Generates extends true ? true : Optional, true, Generates> {
    const { codec, default: given } = this[SPEC];
    return this.with({ primary: true, default: given ?? (codec.generate && { make: codec.generate }) }) as never;
  }

  /** Accepts null, which is also the value of a row that gives none. */
  nullable(): Column<T | null, true, Primary, Generates> {
    return this.with({ nullable: true }) as never;
  }

  /** No two rows have the same value; a second one is `DATA_UNIQUE`. */
  unique(): this {
    return this.with({ unique: true });
  }

  /** An index, so that filters and sorts by this column need not read the whole table. */
  index(): this {
    return this.with({ index: true });
  }

  /** The value of a row that gives none: a value, or a function called for each row. */
  default(value: T | (() => T)): Column<T, true, Primary, Generates> {
    return this.with({ default: typeof value === 'function' ? { make: value as () => unknown } : { value } }) as never;
  }

  /** Only values of the other column are accepted; otherwise `DATA_FOREIGN_KEY`. Default `onDelete`: `restrict`. Adds an index. */
  references(column: () => AnyColumn, options: { readonly onDelete?: OnDelete } = {}): this {
    return this.with({ reference: { column, onDelete: options.onDelete ?? 'restrict' }, index: true });
  }

  /** The name in the database, instead of the property's name in snake_case. */
  named(name: string): this {
    return this.with({ named: name });
  }

  /** A comment in the database; SQLite keeps none. */
  comment(text: string): this {
    return this.with({ comment: text });
  }

  /** @internal */
  protected with(change: Partial<ColumnSpec>): this {
    return new (this.constructor as new (spec: ColumnSpec) => this)({ ...this[SPEC], ...change });
  }
}

/** A uuid column: as a primary key, a row may leave it out and gets a UUID v7. */
export type UuidColumn = Column<string, false, false, true>;

/** A timestamp column, with the two defaults that most tables want. */
export class TimestampColumn<Optional extends boolean = false> extends Column<Date, Optional> {
  /** The present moment, when a row gives none. */
  defaultNow(): TimestampColumn<true> {
    return this.with({ default: 'now' }) as never;
  }

  /** The present moment at the insert, and again at each update that does not set it. */
  updateNow(): TimestampColumn<true> {
    return this.with({ default: 'now', updateNow: true }) as never;
  }

  /** Null while the row is there; deleting the row sets it, and from then on the repository passes the row over. */
  softDelete(): Column<Date | null, true> {
    return this.with({ softDelete: true, nullable: true }) as never;
  }
}

/** A column of whole numbers. */
export class IntegerColumn extends Column<number> {
  /** Counts the row's updates, from 1: a patch that names the version it was read with fails when another update came between. */
  version(): Column<number, true> {
    return this.with({ version: true, default: { value: 1 } }) as never;
  }
}

/** The value type of a column. */
export type ValueOf<C> = C extends { readonly [types]: { readonly value: infer T } } ? T : never;
/** Whether a new row may leave a column out. */
export type IsOptional<C> = C extends { readonly [types]: { readonly optional: true } } ? true : false;
/** Whether a column is the primary key. */
export type IsPrimary<C> = C extends { readonly [types]: { readonly primary: true } } ? true : false;
