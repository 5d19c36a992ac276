import type { Database } from '../database/database.js';
import type { DatabaseOptions } from '../database/database-options.js';
import type { DialectName } from '../dialect/dialect.js';
import type { TestRunner } from './describe-dialect.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** Which database, and what `openDatabase` takes besides: migrations and seeds are run once. */
export interface OwnDatabaseOptions extends Omit<DatabaseOptions, 'url'> {
  /** Default: `sqlite`. */
  readonly dialect?: DialectName;
}

/** A database that belongs to one test file. */
export interface OwnDatabase {
  /** The database, open and migrated; there from `beforeAll` on. */
  readonly database: Database;
  /** For the application under test: `env({ DATABASE_URL: own.url })`. */
  readonly url: string;
}

/**
 * A database of a test file's own: created, migrated and seeded before its tests, dropped after them. Files that run at the same time in
 * several workers do not see each other. Call it at the top of the file or of a `describe`.
 *
 * @example
 * const own = ownDatabase({ beforeAll, afterAll }, { dialect: 'postgres', migrations });
 * test('orders are stored', () => own.database.repository(orders).insert({ total: 1 }));
 */
export function ownDatabase(runner: Pick<TestRunner, 'beforeAll' | 'afterAll'>, options: OwnDatabaseOptions = {}): OwnDatabase {
  const { dialect = 'sqlite', ...rest } = options;
  let home: TestDatabase | undefined;
  let database: Database | undefined;
  runner.beforeAll(async () => {
    home = await createTestDatabase(dialect, options);
    database = home.open(rest);
    await database.migrate.up();
    await database.seed.run();
  }, 60_000);
  runner.afterAll(() => home?.drop(), 30_000);
  return {
    get database() {
      return database ?? tooEarly();
    },
    get url() {
      return home?.url ?? tooEarly();
    },
  };
}

function tooEarly(): never {
  throw new Error('The database of a test file exists from beforeAll on; use it inside tests and hooks.');
}
