import type { TableColumn } from './table.js';

/** Columns that are searched together; on PostgreSQL in a `language`, a text search configuration such as `english`; default `simple`. */
export type FullText<K extends string> = readonly [K, ...K[]] | { readonly columns: readonly [K, ...K[]]; readonly language?: string };

/** A full-text index of a table. */
export interface FullTextSet {
  readonly columns: readonly TableColumn[];
  readonly language: string;
}

/** Whether a text can be the name of a text search configuration: it is written into SQL as it is. */
export function isLanguage(language: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]{0,59}$/.test(language);
}

/** Reads a table's full-text indexes. `pick` gives the columns of a list; `refuse` makes the error of a reason. */
export function readFullText(
  given: readonly FullText<string>[],
  primary: readonly TableColumn[],
  pick: (properties: readonly string[], what: string) => readonly TableColumn[],
  refuse: (reason: string) => Error,
): readonly FullTextSet[] {
  // SQLite may number the rows of a table without a key anew.
  if (given.length > 0 && primary.length === 0) throw refuse('a table with a full-text index needs a primary key');
  const sets = given.map((entry) => {
    const { columns, language = 'simple' } = 'columns' in entry ? entry : { columns: entry };
    if (!isLanguage(language)) throw refuse('the language of a full-text index is no name');
    const picked = pick(columns, 'a full-text index');
    const other = picked.find((column) => column.codec.textual !== true);
    if (other !== undefined) throw refuse(`a full-text index names ${other.property}, which is not text()`);
    return { columns: picked, language };
  });
  const names = sets.map((set) =>
    set.columns
      .map((column) => column.property)
      .sort()
      .join(),
  );
  if (new Set(names).size !== names.length) throw refuse('two full-text indexes are over the same columns');
  return sets;
}
