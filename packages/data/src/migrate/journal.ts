import type { Dialect, Result } from '../dialect/dialect.js';

/** One row of the journal. Without `finishedAt`, the migration began and did not end (only on MySQL and MariaDB). */
export interface Applied {
  readonly name: string;
  readonly batch: number;
  readonly finishedAt?: Date;
}

/** The table `plinth_migrations`: which migrations a database has. */
export class Journal {
  constructor(
    private readonly dialect: Dialect,
    private readonly run: (sql: string, bindings?: readonly unknown[]) => Promise<Result>,
  ) {}

  async create(): Promise<void> {
    const text = this.dialect.name === 'sqlite' ? 'text' : 'varchar(190)';
    await this.run(
      `create table if not exists plinth_migrations (name ${text} not null primary key, batch integer not null, started_at ${text} not null, finished_at ${text})`,
    );
  }

  /** The applied migrations in the order of their names. */
  async read(): Promise<Applied[]> {
    const { rows } = await this.run('select name, batch, finished_at from plinth_migrations');
    return rows
      .map((row) => ({
        name: String(row['name']),
        batch: Number(row['batch']),
        ...(row['finished_at'] !== null && { finishedAt: new Date(String(row['finished_at'])) }),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The same, for a database that has perhaps never been migrated. */
  async readIfThere(): Promise<Applied[]> {
    const tables = {
      postgres: `select to_regclass('plinth_migrations') as name`,
      mysql: `select table_name as name from information_schema.tables where table_schema = database() and table_name = 'plinth_migrations'`,
      sqlite: `select name from sqlite_master where type = 'table' and name = 'plinth_migrations'`,
    };
    const { rows } = await this.run(tables[this.dialect.name]);
    return rows.length === 0 || rows[0]!['name'] === null ? [] : this.read();
  }

  async begin(name: string, batch: number): Promise<void> {
    const [first, second, third] = this.#places(3);
    await this.run(`insert into plinth_migrations (name, batch, started_at) values (${first}, ${second}, ${third})`, [
      name,
      batch,
      new Date().toISOString(),
    ]);
  }

  async finish(name: string): Promise<void> {
    const [first, second] = this.#places(2);
    await this.run(`update plinth_migrations set finished_at = ${first} where name = ${second}`, [new Date().toISOString(), name]);
  }

  async remove(name: string): Promise<void> {
    const [first] = this.#places(1);
    await this.run(`delete from plinth_migrations where name = ${first}`, [name]);
  }

  #places(count: number): string[] {
    return Array.from({ length: count }, (_, index) => (this.dialect.name === 'postgres' ? `$${index + 1}` : '?'));
  }
}
