import type { ErrorDefinitions } from './error-definitions.js';

/** Tables, rows, filters and lists. */
export const QUERY_ERRORS = {
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
  OPTION: {
    kind: 'internal',
    detail: '{operation} on {table} knows no option "{option}".',
    help: 'Known are: {known}.',
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
} as const satisfies ErrorDefinitions;
