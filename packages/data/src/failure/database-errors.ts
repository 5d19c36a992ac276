import { AppError, type ErrorKind } from '@plinth/core';

/** What is known about a failure of the database, without any value of a row. */
export interface FailureFacts {
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly constraint?: string | undefined;
  /** The driver's own code: SQLSTATE on PostgreSQL, the error's name on MySQL and SQLite. */
  readonly driverCode?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A failure that the database reported, the same class and code on PostgreSQL, MariaDB, MySQL and SQLite.
 * `table`, `columns` and `constraint` are set as far as the database names them. No message holds a value of a row.
 */
export abstract class DatabaseFailure extends AppError {
  override readonly name: string;
  readonly table?: string;
  readonly columns?: readonly string[];
  readonly constraint?: string;
  readonly driverCode?: string;

  constructor(code: string, kind: ErrorKind, detail: string, facts: FailureFacts, help?: string, retryAfter?: number) {
    super({
      code,
      kind,
      detail,
      ...(help !== undefined && { help }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(facts.cause !== undefined && { cause: facts.cause }),
    });
    this.name = new.target.name;
    if (facts.table !== undefined) this.table = facts.table;
    if (facts.columns !== undefined) this.columns = facts.columns;
    if (facts.constraint !== undefined) this.constraint = facts.constraint;
    if (facts.driverCode !== undefined) this.driverCode = facts.driverCode;
  }
}

/** `DATA_UNIQUE` (conflict, 409): a row with the same value in a unique column exists already. */
export class UniqueViolation extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super('DATA_UNIQUE', 'conflict', `A row with the same value already exists${where(facts)}.`, facts);
  }
}

/** `DATA_FOREIGN_KEY` (invalid, 422): a row refers to a row that does not exist, or is still referred to. */
export class ForeignKeyViolation extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super(
      'DATA_FOREIGN_KEY',
      'invalid',
      `The row refers to a row that does not exist, or other rows still refer to it${where(facts)}.`,
      facts,
    );
  }
}

/** `DATA_NOT_NULL` (invalid, 422): null in a column that needs a value. */
export class NotNullViolation extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super('DATA_NOT_NULL', 'invalid', `A value is required${where(facts)}.`, facts);
  }
}

/** `DATA_CHECK` (invalid, 422): a CHECK constraint refused the row. */
export class CheckViolation extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super('DATA_CHECK', 'invalid', `The row breaks a rule of the database${where(facts)}.`, facts);
  }
}

/** `DATA_TOO_LONG` (invalid, 422): a value is longer than its column. */
export class ValueTooLong extends DatabaseFailure {
  constructor(facts: FailureFacts & { readonly max?: number; readonly unit?: string } = {}) {
    super(
      'DATA_TOO_LONG',
      'invalid',
      `The value is too long${where(facts)}${facts.max === undefined ? '' : `; at most ${facts.max}${facts.unit === undefined ? '' : ` ${facts.unit}`} fit`}.`,
      facts,
    );
  }
}

/** `DATA_OUT_OF_RANGE` (invalid, 422): a number or date is outside the range of its column. */
export class OutOfRange extends DatabaseFailure {
  constructor(facts: FailureFacts & { readonly range?: string } = {}) {
    super(
      'DATA_OUT_OF_RANGE',
      'invalid',
      `The value is out of range${where(facts)}${facts.range === undefined ? '' : `; ${facts.range} is accepted`}.`,
      facts,
    );
  }
}

/** `DATA_SERIALIZATION` (unavailable, 503): the transaction collided with another one; run it again. */
export class SerializationFailure extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super(
      'DATA_SERIALIZATION',
      'unavailable',
      'The transaction collided with a concurrent one and was rolled back.',
      facts,
      'Give transaction() { retries: 3 }: it is safe to run again.',
      1,
    );
  }
}

/** `DATA_DEADLOCK` (unavailable, 503): two transactions waited for each other; run it again. */
export class Deadlock extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super(
      'DATA_DEADLOCK',
      'unavailable',
      'The transaction and a concurrent one waited for each other, and this one was rolled back.',
      facts,
      'Lock rows in the same order everywhere, and give transaction() { retries: 3 }.',
      1,
    );
  }
}

/** `DATA_LOCK_TIMEOUT` (unavailable, 503): another transaction held a lock for too long. */
export class LockTimeout extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super(
      'DATA_LOCK_TIMEOUT',
      'unavailable',
      'Another transaction held a lock for longer than the lock limit.',
      facts,
      'Shorten the transaction that holds the lock, or raise lockTimeout.',
      1,
    );
  }
}

/** `DATA_TIMEOUT` (timeout, 504): a statement took longer than the statement limit. */
export class QueryTimeout extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super(
      'DATA_TIMEOUT',
      'timeout',
      'A statement took longer than the statement limit.',
      facts,
      'Look for a missing index, or raise statementTimeout.',
    );
  }
}

/** `DATA_READ_ONLY` (unavailable, 503): the database accepts no writes at the moment. */
export class ReadOnly extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super('DATA_READ_ONLY', 'unavailable', 'The database is read-only.', facts, 'Connect to the primary, or make the file writable.');
  }
}

/** `DATA_CONNECTION_LOST` (unavailable, 503): the connection broke while a statement ran; whether it took effect is unknown outside of a transaction. */
export class ConnectionLost extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super('DATA_CONNECTION_LOST', 'unavailable', 'The connection to the database was lost.', facts, undefined, 1);
  }
}

/** `DATA_COMMIT_UNKNOWN` (unavailable, 503): the connection broke during COMMIT; the transaction may or may not have taken effect. Never retried by itself. */
export class CommitOutcomeUnknown extends DatabaseFailure {
  constructor(facts: FailureFacts = {}) {
    super(
      'DATA_COMMIT_UNKNOWN',
      'unavailable',
      'The connection was lost during COMMIT: whether the transaction took effect is unknown.',
      facts,
      'Read back what it wrote before trying again.',
    );
  }
}

/** `DATA_UNAVAILABLE` (unavailable, 503): no connection to the database can be made, or its file cannot be used. */
export class Unavailable extends DatabaseFailure {
  constructor(facts: FailureFacts & { readonly reason?: string; readonly cure?: string } = {}) {
    const detail = facts.reason === undefined ? 'The database cannot be reached.' : `The database cannot be used: ${facts.reason}.`;
    super('DATA_UNAVAILABLE', 'unavailable', detail, facts, facts.cure, 1);
  }
}

/** `DATA_SCHEMA_MISMATCH` (internal, 500): a table or column that the code names does not exist in the database. */
export class SchemaMismatch extends DatabaseFailure {
  constructor(facts: FailureFacts & { readonly missing?: string | undefined } = {}) {
    super(
      'DATA_SCHEMA_MISMATCH',
      'internal',
      `The database has no ${facts.missing ?? 'such table or column'}.`,
      facts,
      'Run the pending migrations: npx plinth migrate up, or DataModule.with({ migrate: "start" }). If none is pending, its migration is not listed in DataModule.with({ migrations }): tables of a package come with migrations of that package.',
    );
  }
}

/** `DATA_STATEMENT` (internal, 500): the database refused a statement for a reason without a class of its own. */
export class StatementFailure extends DatabaseFailure {
  constructor(facts: FailureFacts & { readonly reason: string }) {
    super('DATA_STATEMENT', 'internal', `The database refused a statement: ${facts.reason}.`, facts);
  }
}

/** The codes of the classes above. */
export const FAILURE_CODES: readonly string[] = Object.freeze([
  'DATA_UNIQUE',
  'DATA_FOREIGN_KEY',
  'DATA_NOT_NULL',
  'DATA_CHECK',
  'DATA_TOO_LONG',
  'DATA_OUT_OF_RANGE',
  'DATA_SERIALIZATION',
  'DATA_DEADLOCK',
  'DATA_LOCK_TIMEOUT',
  'DATA_TIMEOUT',
  'DATA_READ_ONLY',
  'DATA_CONNECTION_LOST',
  'DATA_COMMIT_UNKNOWN',
  'DATA_UNAVAILABLE',
  'DATA_SCHEMA_MISMATCH',
  'DATA_STATEMENT',
]);

function where(facts: FailureFacts): string {
  const columns = facts.columns?.length ? facts.columns.join(', ') : undefined;
  const place = facts.table === undefined ? columns : columns === undefined ? facts.table : `${facts.table}.${columns}`;
  if (place !== undefined) return ` (${place})`;
  return facts.constraint === undefined ? '' : ` (${facts.constraint})`;
}
