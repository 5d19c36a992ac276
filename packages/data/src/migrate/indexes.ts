import type { Executor } from '../database/executor.js';
import { quote } from '../sql/grammars.js';
import { defaultName } from './constraint-names.js';
import { mayBeRepeated } from './statement-kind.js';

/** What an index is like. */
export interface IndexOptions {
  /** No two rows may have the same values. */
  readonly unique?: boolean;
  /** Its name; default: the name of the table, the columns and `index` or `unique`, joined by `_`. */
  readonly name?: string;
  /**
   * PostgreSQL: without keeping writers out meanwhile; the migration needs `transaction: false`. An invalid index that a failed attempt
   * left is replaced. The other databases do as they always do.
   */
  readonly concurrently?: boolean;
}

/** Creates an index. */
export async function createIndex(executor: Executor, table: string, columns: readonly string[], options: IndexOptions): Promise<void> {
  const { name: dialect } = executor.dialect;
  const named = (name: string): string => quote(name, dialect);
  const name = indexName(table, columns, options);
  const concurrently = options.concurrently === true && dialect === 'postgres' ? 'concurrently ' : '';
  if (concurrently !== '') await dropInvalid(executor, name);
  const unique = options.unique === true ? 'unique ' : '';
  const create = `create ${unique}index ${concurrently}${concurrently === '' ? '' : 'if not exists '}${named(name)} on ${named(table)} (${columns.map(named).join(', ')})`;
  await run(executor, concurrently === '' ? create : mayBeRepeated(create));
}

/** Drops an index; on PostgreSQL also the constraint that a unique column or set has instead of one. */
export async function dropIndex(executor: Executor, table: string, columns: readonly string[], options: IndexOptions): Promise<void> {
  const { name: dialect } = executor.dialect;
  const named = (name: string): string => quote(name, dialect);
  const name = indexName(table, columns, options);
  if (dialect === 'mysql' || dialect === 'mssql') return run(executor, `drop index ${named(name)} on ${named(table)}`);
  if (dialect === 'postgres' && options.unique === true) {
    await run(executor, `alter table ${named(table)} drop constraint if exists ${named(name)}`);
    return run(executor, `drop index if exists ${named(name)}`);
  }
  const concurrently = options.concurrently === true && dialect === 'postgres' ? 'concurrently ' : '';
  return run(executor, `drop index ${concurrently}${named(name)}`);
}

function indexName(table: string, columns: readonly string[], { name, unique }: IndexOptions): string {
  return name ?? defaultName(table, columns, unique === true ? 'unique' : 'index');
}

async function dropInvalid(executor: Executor, name: string): Promise<void> {
  const { rows } = await executor.run({
    sql: 'select 1 as one from pg_index where indexrelid = to_regclass($1) and not indisvalid',
    bindings: [quote(name, 'postgres')],
  });
  if (rows.length > 0) await run(executor, mayBeRepeated(`drop index concurrently if exists ${quote(name, 'postgres')}`));
}

async function run(executor: Executor, sql: string): Promise<void> {
  await executor.run({ sql, bindings: [] });
}
