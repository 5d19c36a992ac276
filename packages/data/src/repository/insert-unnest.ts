import { toPostgresArray } from '../sql/postgres-array.js';
import { toDriver } from '../table/row-codec.js';
import type { TableColumn } from '../table/table.js';
import type { Checked } from './write-rows.js';

const known = new WeakMap<readonly TableColumn[], readonly string[] | null>();
const scalar =
  /^(?:uuid|text|varchar|char|integer|bigint|smallint|real|double precision|decimal|numeric|boolean|date|time|timestamptz|timestamp|jsonb|json|bytea)$/;

/**
 * The types of PostgreSQL arrays of these columns, without lengths: the table's own column checks those, where a cast would cut.
 * Undefined where one of them is itself an array, which unnest() would take apart.
 */
export function unnestTypes(columns: readonly TableColumn[]): readonly string[] | undefined {
  let types = known.get(columns);
  if (types === undefined) {
    const names = columns.map((column) =>
      column.codec
        .sqlType('postgres', false)
        .replace(/\([^)]*\)/, '')
        .trim(),
    );
    types = names.every((name) => scalar.test(name)) ? names : null;
    known.set(columns, types);
  }
  return types ?? undefined;
}

/** `select * from unnest($1::uuid[], …)`: one value per column whatever the number of rows. */
export function writeUnnest(
  columns: readonly TableColumn[],
  types: readonly string[],
  rows: readonly Checked[],
): { readonly body: string; readonly bindings: unknown[]; readonly stable: boolean } {
  const bindings = columns.map((column) =>
    toPostgresArray(
      rows.map((row) => {
        const value = row[column.property];
        return value === undefined || value === null ? null : toDriver(column, value, 'postgres');
      }),
    ),
  );
  const arrays = types.map((type, index) => `$${index + 1}::${type}[]`).join(', ');
  return { body: `select * from unnest(${arrays})`, bindings, stable: true };
}
