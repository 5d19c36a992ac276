import type { Knex } from 'knex';
import type { Executor } from '../database/executor.js';
import type { Dialect } from '../dialect/dialect.js';
import { quote } from '../sql/grammars.js';
import type { TableColumn } from '../table/table.js';
import { defaultName } from './constraint-names.js';

/** What is known of a column that goes: at least its name in the database. */
export interface DroppedColumn {
  readonly table: string;
  readonly name: string;
  /** Its description, if the table value still has it. */
  readonly described?: TableColumn | undefined;
}

/** Drops a column with the indexes and constraints that `createTable` and `addColumn` gave it. */
export async function dropColumn(knex: Knex, executor: Executor, column: DroppedColumn): Promise<void> {
  const { dialect } = executor;
  const run = (sql: string) => executor.run({ sql, bindings: [] });
  const named = (name: string): string => quote(name, dialect.name);
  const { table, name } = column;
  switch (dialect.name) {
    case 'sqlite': {
      for (const kind of ['unique', 'index'] as const) await run(`drop index if exists ${named(defaultName(table, [name], kind))}`);
      await knex.schema.alterTable(table, (builder) => void builder.dropColumn(name));
      return;
    }
    case 'mysql': {
      const constraints = [defaultName(table, [name], 'fkey'), defaultName(table, [name], 'check')].filter((_, index) =>
        needsDrop(dialect, column, index === 0),
      );
      const mariadb = dialect.variant === 'mariadb' ? 'if exists ' : '';
      const drops = constraints.map((constraint) => `drop constraint ${mariadb}${named(constraint)}`);
      await run(`alter table ${named(table)} ${[...drops, `drop column ${named(name)}`].join(', ')}`);
      return;
    }
    default:
      await run(`alter table ${named(table)} drop column ${named(name)}`);
  }
}

// MariaDB can be told to drop what is perhaps not there; MySQL cannot.
function needsDrop(dialect: Dialect, { described, name }: DroppedColumn, reference: boolean): boolean {
  if (dialect.variant === 'mariadb') return true;
  if (described === undefined) return false;
  return reference ? described.reference !== undefined : described.codec.checkSql?.(name, dialect.name) !== undefined;
}
