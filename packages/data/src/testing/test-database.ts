import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../database/database.js';
import type { DatabaseOptions } from '../database/database-options.js';
import { openDatabase } from '../database/open-database.js';
import type { DialectName } from '../dialect/dialect.js';
import { quote } from '../sql/sql.js';
import { testServer } from './server.js';

/** A database that is empty, belongs to one test file, and can be dropped. */
export interface TestDatabase {
  readonly url: string;
  /** Opens it; several may be open at a time. */
  open(options?: Omit<DatabaseOptions, 'url'>): Database;
  /** Closes what was opened and drops the database. */
  drop(): Promise<void>;
}

/** Creates an empty database of a name that nobody else has; `open()` gives each the `driver`, which SQLite alone has. */
export async function createTestDatabase(dialect: DialectName, { driver }: Pick<DatabaseOptions, 'driver'> = {}): Promise<TestDatabase> {
  const name = `plinth_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const server = testServer(dialect);
  const opened: Database[] = [];
  const url = server.url === undefined ? `sqlite:${join(tmpdir(), name)}.db` : withDatabase(server.url, name);
  if (server.url !== undefined) await onServer(server.url, `create database ${quote(name, dialect)}`);
  return {
    url,
    open(options = {}) {
      const database = openDatabase({ ...(driver !== undefined && { driver }), ...options, url });
      opened.push(database);
      return database;
    },
    async drop() {
      await Promise.all(opened.map((database) => database.close()));
      if (server.url !== undefined)
        return onServer(server.url, `drop database ${quote(name, dialect)}${dialect === 'postgres' ? ' with (force)' : ''}`);
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${url.slice('sqlite:'.length)}${suffix}`, { force: true });
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const database = openDatabase({ url });
  try {
    await database.knex.raw(statement);
  } finally {
    await database.close();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
