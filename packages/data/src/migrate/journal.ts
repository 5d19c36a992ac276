import { isAppError } from '@plinth/core';
import type { Dialect, DialectName, Result } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { byName } from './define-migration.js';

/** One row of the journal. Without `finishedAt` the migration is applied in part: only where schema changes cannot be undone. */
export interface Entry {
  readonly name: string;
  readonly batch: number;
  /** How many of its steps the database has. */
  readonly steps: number;
  readonly finishedAt?: Date | undefined;
  /** Which way the step went that did not end, and the statement that it was at. */
  readonly direction: 'up' | 'down';
  readonly statement?: string | undefined;
  /** Fingerprints of the schema changes it made; undefined where they cannot be compared. */
  readonly checksums?: string | undefined;
}

/** Runs SQL for the journal, outside of what the migration itself runs. */
export type Run = (sql: string, bindings?: readonly unknown[]) => Promise<Result>;

const columns = 'name, batch, steps, direction, statement, started_at, finished_at, checksums';
const longest = 2_000;

/** The table `plinth_migrations`: which migrations a database has. Throws `DATA_MIGRATION_JOURNAL`. */
export class Journal {
  constructor(
    private readonly dialect: Dialect,
    private readonly execute: Run,
  ) {}

  async exists(): Promise<boolean> {
    const { rows } = await this.#run('looked for', tableNamed[this.dialect.name]);
    return rows.length > 0 && rows[0]!['name'] !== null;
  }

  async create(): Promise<void> {
    const { name, long, short } = types[this.dialect.name];
    const definition = `(name ${name} not null primary key, batch integer not null, steps integer not null, direction ${short} not null, statement ${long}, started_at ${short} not null, finished_at ${short}, checksums ${long})`;
    const { name: dialect } = this.dialect;
    const sql = `create table ${dialect === 'mssql' ? '' : 'if not exists '}plinth_migrations ${definition}${dialect === 'mysql' ? ' engine = InnoDB' : ''}`;
    await this.#run('created', dialect === 'mssql' ? `if object_id('plinth_migrations') is null ${sql}` : sql);
  }

  /** What is applied, in the order of names. */
  async read(): Promise<Entry[]> {
    const { rows } = await this.#run('read', `select ${columns} from plinth_migrations`);
    return rows.map(toEntry).sort((a, b) => byName(a.name, b.name));
  }

  /** The same, for a database that has perhaps never been migrated. */
  async readIfThere(): Promise<Entry[]> {
    return (await this.exists()) ? this.read() : [];
  }

  async begin(name: string, batch: number): Promise<void> {
    await this.#write('insert into plinth_migrations (name, batch, steps, direction, started_at) values (?, ?, 0, ?, ?)', [
      name,
      batch,
      'up',
      now(),
    ]);
  }

  /** A statement is about to run that may leave something behind. */
  async note(name: string, direction: 'up' | 'down', statement: string): Promise<void> {
    const set = direction === 'down' ? 'finished_at = null, checksums = null, ' : '';
    await this.#write(`update plinth_migrations set ${set}direction = ?, statement = ? where name = ?`, [
      direction,
      statement.slice(0, longest),
      name,
    ]);
  }

  /** The database has so many steps of a migration, and nothing else of it. */
  async stand(name: string, steps: number): Promise<void> {
    await this.#write('update plinth_migrations set steps = ?, statement = null where name = ?', [steps, name]);
  }

  async finish(name: string, steps: number, checksums: string | undefined): Promise<void> {
    await this.#write(
      `update plinth_migrations set steps = ?, direction = 'up', statement = null, finished_at = ?, checksums = ? where name = ?`,
      [steps, now(), checksums ?? null, name],
    );
  }

  async setChecksums(name: string, checksums: string | undefined): Promise<void> {
    await this.#write('update plinth_migrations set checksums = ? where name = ?', [checksums ?? null, name]);
  }

  async remove(name: string): Promise<void> {
    await this.#write('delete from plinth_migrations where name = ?', [name]);
  }

  async #write(sql: string, bindings: readonly unknown[]): Promise<void> {
    let index = 0;
    await this.#run(
      'written',
      sql.replaceAll('?', () => placeholder(this.dialect.name, index++)),
      bindings,
    );
  }

  async #run(done: string, sql: string, bindings: readonly unknown[] = []): Promise<Result> {
    try {
      return await this.execute(sql, bindings);
    } catch (error) {
      // Trouble with the server, or a lock that is held, is no trouble with the table.
      if (!isAppError(error) || !aboutTable.has(error.code)) throw error;
      const reason = error.code === 'DATA_SCHEMA_MISMATCH' ? 'a column is missing' : reasonOf(error);
      throw DATA_ERRORS.MIGRATION_JOURNAL({ done, reason }, { cause: error });
    }
  }
}

const aboutTable = new Set(['DATA_SCHEMA_MISMATCH', 'DATA_STATEMENT', 'DATA_READ_ONLY', 'DATA_NOT_NULL', 'DATA_CHECK', 'DATA_TOO_LONG']);

function reasonOf(error: Error): string {
  return error.message.replace(/\.$/, '');
}

const types = {
  postgres: { name: 'varchar(190) collate "C"', long: 'text', short: 'varchar(40)' },
  // In bytes: two names may not be taken for one.
  mysql: { name: 'varchar(190) character set ascii collate ascii_bin', long: 'mediumtext', short: 'varchar(40)' },
  sqlite: { name: 'text', long: 'text', short: 'text' },
  mssql: { name: 'varchar(190) collate Latin1_General_BIN', long: 'nvarchar(max)', short: 'varchar(40)' },
} as const;

const tableNamed: Readonly<Record<DialectName, string>> = {
  postgres: `select to_regclass('plinth_migrations') as name`,
  mysql: `select table_name as name from information_schema.tables where table_schema = database() and table_name = 'plinth_migrations'`,
  sqlite: `select name from sqlite_master where type = 'table' and name = 'plinth_migrations'`,
  mssql: `select object_id('plinth_migrations') as name`,
};

function toEntry(row: Readonly<Record<string, unknown>>): Entry {
  const { name, batch, steps, direction, statement, finished_at: finished, checksums } = row;
  const finishedAt = finished === null ? undefined : new Date(String(finished));
  const refuse = (reason: string): Error =>
    DATA_ERRORS.MIGRATION_JOURNAL({ done: 'read', reason: `its row ${JSON.stringify(String(name).slice(0, 190))} has ${reason}` });
  if (!(Number(batch) >= 1)) throw refuse('no batch');
  if (!(Number(steps) >= 0)) throw refuse('no number of steps');
  if (finishedAt !== undefined && Number.isNaN(finishedAt.getTime())) throw refuse('a finished_at that is no date');
  return {
    name: String(name),
    batch: Number(batch),
    steps: Number(steps),
    finishedAt,
    direction: direction === 'down' ? 'down' : 'up',
    statement: statement === null ? undefined : String(statement),
    checksums: checksums === null ? undefined : String(checksums),
  };
}

function now(): string {
  return new Date().toISOString();
}

function placeholder(dialect: DialectName, index: number): string {
  if (dialect === 'mssql') return `@p${index}`;
  return dialect === 'postgres' ? `$${index + 1}` : '?';
}
