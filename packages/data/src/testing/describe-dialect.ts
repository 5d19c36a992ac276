import type { DialectName } from '../dialect/dialect.js';
import type { SqliteDriverName } from '../dialect/sqlite-driver.js';
import { isThere, noteMissing, serversAreRequired, testServer } from './server.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** The functions of a test runner that are used here; `import { afterAll, beforeAll, describe, test } from 'vitest'` gives them. */
export interface TestRunner {
  readonly describe: ((name: string, define: () => void) => unknown) & { readonly skip: (name: string, define: () => void) => unknown };
  readonly test: (name: string, run: () => unknown) => unknown;
  readonly beforeAll: (run: () => unknown, timeout?: number) => unknown;
  readonly afterAll: (run: () => unknown, timeout?: number) => unknown;
}

/** What a suite gets for each database. */
export interface DialectSuite {
  readonly dialect: DialectName;
  /** The library that SQLite is reached through, where the suite runs on one by name. */
  readonly driver?: SqliteDriverName | undefined;
  /** The fresh database of this test file; there from `beforeAll` on. */
  readonly database: TestDatabase;
}

/** A database to run a suite on: SQLite on its default driver, or on Node's own by name. */
export type TestedDialect = DialectName | 'sqlite (node:sqlite)';

/** The databases every suite runs on. */
export const testedDialects: readonly TestedDialect[] = Object.freeze(['sqlite', 'sqlite (node:sqlite)', 'postgres', 'mysql']);

/**
 * Runs a suite on SQLite (on either driver), PostgreSQL and MariaDB, each with a fresh database. Await it at the top of a test file. Where a server is
 * missing the run fails in CI (or with `PLINTH_REQUIRE_SERVERS=1`); elsewhere its tests are skipped and the server is noted.
 *
 * @example
 * await describeDialect('orders', { describe, test, beforeAll, afterAll }, (suite) => {
 *   test('an order is stored', async () => { const db = suite.database.open(); });
 * });
 */
export async function describeDialect(
  name: string,
  runner: TestRunner,
  define: (suite: DialectSuite) => void,
  dialects: readonly TestedDialect[] = testedDialects,
): Promise<void> {
  for (const tested of dialects) {
    const driver = tested === 'sqlite (node:sqlite)' ? 'node:sqlite' : undefined;
    const dialect = tested === 'sqlite (node:sqlite)' ? 'sqlite' : tested;
    const server = testServer(dialect);
    const title = `${name} on ${server.title}${driver === undefined ? '' : ` (${driver})`}`;
    if (await isThere(server)) {
      runner.describe(title, () => defineWithDatabase(dialect, driver, runner, define));
      continue;
    }
    noteMissing(server);
    if (serversAreRequired()) runner.describe(title, () => refuse(runner, `${server.title} does not answer at ${server.url}.`));
    else runner.describe.skip(`${title} (${server.title} does not answer)`, () => define({ dialect, database: undefined as never }));
  }
}

function defineWithDatabase(
  dialect: DialectName,
  driver: SqliteDriverName | undefined,
  runner: TestRunner,
  define: (suite: DialectSuite) => void,
): void {
  let database: TestDatabase | undefined;
  runner.beforeAll(async () => {
    database = await createTestDatabase(dialect, { driver });
  }, 30_000);
  runner.afterAll(() => database?.drop(), 30_000);
  define({
    dialect,
    driver,
    get database() {
      if (database === undefined) throw new Error('The database of a suite exists from beforeAll on; use it inside tests and hooks.');
      return database;
    },
  });
}

function refuse(runner: TestRunner, reason: string): void {
  runner.test('the server is there', () => {
    throw new Error(`${reason} Start it (docker compose up -d), or unset CI and PLINTH_REQUIRE_SERVERS to skip its tests.`);
  });
}
