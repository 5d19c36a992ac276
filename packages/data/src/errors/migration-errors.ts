import type { ErrorDefinitions } from './error-definitions.js';

/** Migrations, seeds and factories. */
export const MIGRATION_ERRORS = {
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
} as const satisfies ErrorDefinitions;
