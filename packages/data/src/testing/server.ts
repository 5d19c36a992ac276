import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { DialectName } from '../dialect/dialect.js';

/** A database to test on. */
export interface TestServer {
  readonly dialect: DialectName;
  /** As people call it: PostgreSQL, MariaDB, SQLite. */
  readonly title: string;
  /** A URL of the server with rights to create databases; undefined for SQLite. */
  readonly url?: string;
}

/** The servers of `TEST_POSTGRES_URL` and `TEST_MARIADB_URL`, by default on this machine. */
export function testServer(dialect: DialectName): TestServer {
  const { env } = process;
  switch (dialect) {
    case 'sqlite':
      return { dialect, title: 'SQLite' };
    case 'postgres':
      return {
        dialect,
        title: 'PostgreSQL',
        url: withDatabase(env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432', 'postgres'),
      };
    case 'mysql':
      return { dialect, title: 'MariaDB', url: withDatabase(env['TEST_MARIADB_URL'] ?? 'mariadb://root@127.0.0.1:3306', 'mysql') };
    case 'mssql':
      return { dialect, title: 'SQL Server', url: withDatabase(env['TEST_MSSQL_URL'] ?? 'mssql://sa@127.0.0.1:1433', 'master') };
  }
}

/** A URL that names no database is given the one that every server of its kind has. */
function withDatabase(url: string, name: string): string {
  const named = new URL(url);
  if (named.pathname === '' || named.pathname === '/') named.pathname = `/${name}`;
  return named.href;
}

const portOf: Readonly<Record<DialectName, number>> = { postgres: 5432, mysql: 3306, sqlite: 0, mssql: 1433 };
const answers = new Map<string, Promise<boolean>>();

/** Whether something listens at a server's address. Asked once per process. */
export function isThere(server: TestServer): Promise<boolean> {
  if (server.url === undefined) return Promise.resolve(true);
  const known = answers.get(server.url);
  if (known !== undefined) return known;
  const { hostname, port } = new URL(server.url);
  const answer = new Promise<boolean>((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) || portOf[server.dialect], timeout: 2_000 });
    const end = (there: boolean) => (): void => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
  answers.set(server.url, answer);
  return answer;
}

/** Whether a missing server fails the run: in CI, or where `PLINTH_REQUIRE_SERVERS=1` says so. */
export function serversAreRequired(): boolean {
  const { CI, PLINTH_REQUIRE_SERVERS } = process.env;
  return PLINTH_REQUIRE_SERVERS === '1' || (CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0');
}

/** Notes a server that was missing in the file that `PLINTH_MISSING_SERVERS` names, for the closing line of the test run. */
export function noteMissing(server: TestServer): void {
  const file = process.env['PLINTH_MISSING_SERVERS'];
  if (file !== undefined && file !== '') appendFileSync(file, `${server.title}\n`);
}
