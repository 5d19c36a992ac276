import { defineErrors } from '@plinth/core';

/** Every error of this package that is not a failure reported by the database itself (those are the classes in `failure/`). */
export const DATA_ERRORS = defineErrors('DATA', {
  URL: {
    kind: 'internal',
    detail: 'The database URL {url} is not understood: {reason}.',
    help: 'Write sqlite:./path.db, sqlite::memory:, postgres://user:password@host:5432/name, mysql://user:password@host:3306/name or mariadb://user:password@host:3306/name.',
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
  TRANSACTION_ABORTED: {
    kind: 'internal',
    detail:
      'The transaction was rolled back: a statement in it had failed ({code}), and the error was caught before the transaction ended.',
    help: 'Let the error leave the transaction, or run the statement that may fail inside a nested transaction(): then only that part is rolled back.',
  },
  TRANSACTION_CLOSED: {
    kind: 'internal',
    detail: 'A query ran in a transaction that had already ended.',
    help: 'Await every query before the function given to transaction() returns; use afterCommit() for work that belongs after it.',
  },
  TRANSACTION_STUCK: {
    kind: 'internal',
    detail: 'A query waited {ms} ms for its turn on the connection of its transaction.',
    help: 'A nested transaction has its connection to itself: do not wait inside it for a query that was started outside of it.',
  },
  TRANSACTION_OPTIONS: {
    kind: 'internal',
    detail: 'A transaction inside another one cannot ask for {option}: {reason}.',
    help: 'Set it on the outermost transaction, or use mode: "requires-new".',
  },
  REQUIRES_NEW_UNSUPPORTED: {
    kind: 'internal',
    detail: 'SQLite has one writing connection: a transaction of mode "requires-new" inside another one could never begin.',
    help: 'Use a nested transaction, or do the work in afterCommit().',
  },
  IMPLICIT_COMMIT: {
    kind: 'internal',
    detail:
      'A statement ended the transaction by itself: MySQL and MariaDB commit before statements that change the schema, also when these fail. What the transaction had written before is committed.',
    help: 'Change the schema in migrations, outside of transactions.',
  },
  KNEX_UNSUPPORTED: {
    kind: 'internal',
    detail: 'knex {feature} is not supported here.',
    help: '{cure}',
  },
  KNEX_QUERY: {
    kind: 'internal',
    detail: 'knex cannot run a query: {reason}.',
    help: 'Correct the query; leave a condition out instead of giving it undefined, and bind texts, numbers, dates, bytes or null.',
  },
  TABLE: {
    kind: 'internal',
    detail: 'The table {table} is not well defined: {reason}.',
    help: 'Correct the call of table().',
  },
  COLUMN_UNKNOWN: {
    kind: 'invalid',
    detail: 'The table {table} has no column {column}.',
    help: 'Its columns are: {columns}.',
  },
  COLUMN_REQUIRED: {
    kind: 'invalid',
    detail: 'A row of {table} needs a value for {column}.',
    help: 'Give the value, or let the column have .default(...) or be .nullable().',
  },
  VALUE: {
    kind: 'invalid',
    detail: 'The value for {table}.{column} is {given}; {expected} is expected.',
  },
  STORED_VALUE: {
    kind: 'internal',
    detail: 'The database holds a value in {table}.{column} that is not {expected}.',
    help: 'Correct the row, or the column type in table().',
  },
  FILTER_UNDEFINED: {
    kind: 'internal',
    detail: 'The filter on {table} holds undefined at {path}; it would match more rows than meant.',
    help: 'Leave the key out to not filter by it, or give null for IS NULL.',
  },
  FILTER_OPERATOR: {
    kind: 'invalid',
    detail: 'The filter on {table}.{column} cannot be used: {reason}.',
  },
  UNFILTERED: {
    kind: 'internal',
    detail: '{operation} on {table} has no filter and would touch every row.',
    help: 'Give a filter, or { all: true } if every row is meant.',
  },
  ORDER: {
    kind: 'invalid',
    detail: 'The table {table} cannot be sorted by {order}: {reason}.',
  },
  LIMIT: {
    kind: 'invalid',
    detail: '{name} is {given}; a whole number from {min} to {max} is expected.',
  },
  CURSOR: {
    kind: 'invalid',
    detail: 'The page cursor does not belong to this list: {reason}.',
    help: 'Use the cursors of the page before, unchanged, with the same order.',
  },
  PRIMARY_KEY: {
    kind: 'internal',
    detail: '{operation} on {table} needs a primary key: {reason}.',
  },
  NOT_FOUND: {
    kind: 'not-found',
    detail: 'There is no row with this id in {table}.',
  },
  RELATION: {
    kind: 'internal',
    detail: 'The relation {relation} of {table} cannot be loaded: {reason}.',
  },
  SQL: {
    kind: 'internal',
    detail: 'The sql`` template cannot be used: {reason}.',
  },
  MIGRATION_NAME: {
    kind: 'internal',
    detail: 'The migration {name} is not accepted: {reason}.',
    help: 'Names are unique, of letters, digits, dots, dashes and underscores, at most 190 long, and run in the order of their names.',
  },
  MIGRATION_FAILED: {
    kind: 'internal',
    detail: 'The migration {name} failed ({direction}): {reason}',
    help: '{cure}',
  },
  MIGRATION_INTERRUPTED: {
    kind: 'internal',
    detail: 'The migration {name} began on this database but never finished; MySQL and MariaDB cannot undo it by themselves.',
    help: 'Bring the schema into the state before or after it by hand, then delete its row from plinth_migrations, or set its finished_at.',
  },
  MIGRATION_ORDER: {
    kind: 'internal',
    detail: 'The migration {name} sorts before {applied}, which this database has already applied.',
    help: 'Give it a later name, so that every database applies the same migrations in the same order.',
  },
  MIGRATION_UNKNOWN: {
    kind: 'internal',
    detail: 'The database has applied the migration {name}, which this application does not list.',
    help: 'Deploy the version that lists it, or list it again; down() needs it.',
  },
  MIGRATION_IRREVERSIBLE: {
    kind: 'internal',
    detail: 'The migration {name} has no down().',
    help: 'Write down(), or restore a backup.',
  },
  MIGRATION_LOCK: {
    kind: 'unavailable',
    detail: 'Another process has been migrating this database for more than {ms} ms.',
    help: 'Wait for it, or raise migrationLockTimeout.',
  },
  REDIS_URL: {
    kind: 'internal',
    detail: 'The Redis URL {url} is not understood: {reason}.',
    help: 'Write redis://user:password@host:6379/0, or rediss://… for TLS; the characters @ : / of a password are percent-encoded.',
  },
  REDIS_UNREACHABLE_AT_START: {
    kind: 'unavailable',
    detail: 'The Redis at {url} cannot be reached: {reason}.',
    help: 'Start Redis, or correct {variable}.',
  },
  REDIS_UNAVAILABLE: {
    kind: 'unavailable',
    detail: 'The Redis at {url} cannot be used: {reason}.',
    retryAfter: 1,
  },
  REDIS_TIMEOUT: {
    kind: 'unavailable',
    detail: 'The Redis at {url} did not answer within {ms} ms; whether it carried the command out is not known.',
    retryAfter: 1,
  },
  REDIS_COMMAND: {
    kind: 'internal',
    detail: 'Redis refused a command: {reason}',
    help: 'Correct the command and the type of the key that it is used on.',
  },
  REDIS_CLOSED: {
    kind: 'unavailable',
    detail: 'The connection to Redis is closed: no command can run after the application has stopped.',
    help: 'Await the work that uses Redis in an onStop hook of a provider that depends on REDIS; it runs before the connection is closed.',
  },
  SEED_NAME: {
    kind: 'internal',
    detail: 'The seed {name} is listed twice or not well named.',
    help: 'Names are unique, of letters, digits, dots, dashes and underscores, at most 190 long.',
  },
});
