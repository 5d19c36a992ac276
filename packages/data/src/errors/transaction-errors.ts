import type { ErrorDefinitions } from './error-definitions.js';

/** Transactions, and knex inside them. */
export const TRANSACTION_ERRORS = {
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
} as const satisfies ErrorDefinitions;
