import { defineErrors } from '@plinth/core';

/** Every error of this package that is not a failure reported by the database itself (those are the classes in `failure/`). */
export const DATA_ERRORS = defineErrors('DATA', {
  URL: {
    kind: 'internal',
    detail: 'The database URL {url} is not understood: {reason}.',
    help: 'Write sqlite:./path.db, sqlite::memory:, postgres://user:password@host:5432/name, mysql://user:password@host:3306/name, mariadb://user:password@host:3306/name or mssql://user:password@host:1433/name.',
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
    detail: 'This transaction cannot ask for {option}: {reason}.',
    help: 'Inside another transaction, set it on the outermost one, or use mode: "requires-new"; leave out what the database does not know.',
  },
  TRANSACTIONAL: {
    kind: 'internal',
    detail: '@Transactional() finds no database for {method}: {reason}.',
    help: 'Keep the Database in a property of the object (constructor(private readonly db: Database)); with several, say which: @Transactional({ database: "db" }).',
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
  FILTER: {
    kind: 'internal',
    detail: 'The filter that clients of {table} may use is not well declared: {reason}.',
    help: 'Correct the call of filterOf().',
  },
  N_PLUS_ONE: {
    kind: 'internal',
    detail: 'One request asked for the same statement {count} times: {sql}',
    help: 'Load the rows together: findMany({ where: { id: ids } }), or the option with for relations. {site}',
  },
  FILTER_OPERATOR: {
    kind: 'invalid',
    detail: 'The filter on {table}.{column} cannot be used: {reason}.',
  },
  SEARCH: {
    kind: 'internal',
    detail: 'The table {table} cannot be searched: {reason}.',
    help: '{cure}',
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
  TABLE_FEATURE: {
    kind: 'internal',
    detail: '{operation} on {table} needs a column made by {builder}, and the table has none.',
    help: 'Add the column to table() and to a migration.',
  },
  LOCK: {
    kind: 'internal',
    detail: 'Rows of {table} cannot be locked: {reason}.',
    help: 'Read and write inside db.transaction(): the lock lasts until the transaction ends.',
  },
  STALE: {
    kind: 'conflict',
    detail: 'The row of {table} has been changed by somebody else since it was read.',
    help: 'Read it again, and decide whether the change still applies.',
  },
  AGGREGATE: {
    kind: 'invalid',
    detail: 'The table {table} cannot be aggregated: {reason}.',
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
    detail: 'The migration {name} was cut off in step {step} of {steps} ({direction}), at the statement: {statement}',
    help: 'Look whether that step is in the schema, make it whole or undo it by hand, then run `plinth migrate resolve {name}` with --applied or --rolled-back; `plinth migrate up` goes on from there.',
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
  MIGRATION_CHANGED: {
    kind: 'conflict',
    detail: 'The migration {name} is not what this database has applied: its schema change {number} is another one now: {now}.{also}',
    help: 'Undo the edit and put the change into a new migration. If it creates a table whose value has got new columns, write createTable(table, { without: [...] }). If the schema is right as it is, run `plinth migrate accept {name}`.',
  },
  MIGRATION_TARGET: {
    kind: 'invalid',
    detail: 'This cannot be migrated: {reason}.',
    help: '`plinth migrate status` lists the migrations and where the database is with them.',
  },
  MIGRATION_JOURNAL: {
    kind: 'internal',
    detail: 'The table plinth_migrations, which says what is applied, cannot be {done}: {reason}.',
    help: 'Give the user of the URL the right to create and change tables, or migrate as another user; if the table was changed by hand, bring it back from a backup.',
  },
  MIGRATION_FILL: {
    kind: 'internal',
    detail: 'The column {table}.{column} cannot be added: the table has rows, and there is no value for them.',
    help: "Write addColumn(table, '{column}', { fill: ... }), or let the column be .nullable() or have a constant .default(...).",
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
  SEED_FAILED: {
    kind: 'internal',
    detail: 'The seed {name} failed: {reason}',
    help: 'It was rolled back: correct it and run it again.',
  },
  SEED_UNKNOWN: {
    kind: 'invalid',
    detail: 'The seed {name} cannot be run: {reason}.',
    help: 'The seeds are: {seeds}.',
  },
  FACTORY: {
    kind: 'internal',
    detail: 'The factory of {table} cannot make a row: {reason}.',
    help: '{cure}',
  },
});
