import type { ErrorDefinitions } from './error-definitions.js';

/** Connections, their pool, and the request that a query runs for. */
export const CONNECTION_ERRORS = {
  URL: {
    kind: 'internal',
    detail: 'The database URL {url} is not understood: {reason}.',
    help: 'Write sqlite:./path.db, sqlite::memory:, postgres://user:password@host:5432/name, mysql://user:password@host:3306/name, mariadb://user:password@host:3306/name or mssql://user:password@host:1433/name.',
  },
  PLAINTEXT: {
    kind: 'internal',
    detail: '{url} leads to {host} without TLS in production: passwords and data would cross the network in the clear.',
    help: '{cure} On a network that nobody else can read or write: {variable}=trusted-network, or `plaintext: "trusted-network"` of the module.',
  },
  DRIVER_MISSING: {
    kind: 'internal',
    detail: 'The driver {driver} for {dialect} is not installed.',
    help: 'Run: npm install {driver}',
  },
  UNREACHABLE_AT_START: {
    kind: 'unavailable',
    detail: 'The database at {url} cannot be reached: {reason}.',
    help: 'Start the database, or correct DATABASE_URL.',
  },
  DIRECTORY: {
    kind: 'internal',
    detail: 'The directory {directory} for the database at {url} does not exist.',
    help: 'Create it, or correct the path; only the last directory of a path is made by itself.',
  },
  CLOSED: {
    kind: 'unavailable',
    detail: 'The database is closed: no query can run after the application has stopped.',
    help: 'Await the work that queries in an onStop hook of a provider that depends on DATABASE; it runs before the pool is closed.',
  },
  REQUEST_ENDED: {
    kind: 'unavailable',
    detail: 'The request that asks the database is over: {reason}.',
    help: 'Nobody waits for the answer. Work that must outlive its request runs in runOutsideContext().',
  },
  POOL_TIMEOUT: {
    kind: 'unavailable',
    detail: 'No database connection became free within {ms} ms ({used} of {max} in use, {waiting} waiting).',
    help: 'The longest holder has had its connection for {oldest} ms. Shorten transactions, never wait for other services inside one, or raise pool.max; SQLite has one connection whatever pool.max says.',
    retryAfter: 1,
  },
  POOL_BUSY: {
    kind: 'unavailable',
    detail: '{waiting} queries already wait for a database connection; no more are accepted.',
    help: 'The longest holder has had its connection for {oldest} ms. Shed load earlier, or raise pool.max.',
    retryAfter: 1,
  },
} as const satisfies ErrorDefinitions;
