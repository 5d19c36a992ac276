import {
  CheckViolation,
  type DatabaseFailure,
  type FailureFacts,
  ForeignKeyViolation,
  LockTimeout,
  NotNullViolation,
  ReadOnly,
  SchemaMismatch,
  SerializationFailure,
  StatementFailure,
  Unavailable,
  UniqueViolation,
  ValueTooLong,
} from '../failure/database-errors.js';
import { codeOf, DriverError } from '../failure/driver-error.js';

/** The typed failure for an error of `better-sqlite3`; by SQLite's extended result codes (sqlite.org/rescode.html). */
export function toSqliteFailure(error: unknown): DatabaseFailure {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  const facts: FailureFacts = { ...namesIn(message), driverCode: code, cause: new DriverError(error, message) };
  const make = code === undefined ? undefined : byCode[code];
  if (make !== undefined) return make(facts);
  if (code?.startsWith('SQLITE_BUSY') || code?.startsWith('SQLITE_LOCKED')) return new LockTimeout(facts);
  if (code?.startsWith('SQLITE_READONLY')) return new ReadOnly(facts);
  if (code?.startsWith('SQLITE_CANTOPEN') || code?.startsWith('SQLITE_NOTADB') || code?.startsWith('SQLITE_IOERR'))
    return new Unavailable(facts);
  const missing = message.match(/^no such (table|column): (.+)$/) ?? message.match(/^table \S+ (has no) column named (.+)$/);
  if (missing !== null) return new SchemaMismatch({ ...facts, missing: `${missing[1] === 'table' ? 'table' : 'column'} "${missing[2]}"` });
  if (code === undefined && !(error instanceof TypeError || error instanceof RangeError)) return new Unavailable(facts);
  return new StatementFailure({ ...facts, reason: message || 'SQLite gave no reason' });
}

const byCode: Readonly<Record<string, (facts: FailureFacts) => DatabaseFailure>> = {
  SQLITE_CONSTRAINT_UNIQUE: (facts) => new UniqueViolation(facts),
  SQLITE_CONSTRAINT_PRIMARYKEY: (facts) => new UniqueViolation(facts),
  SQLITE_CONSTRAINT_ROWID: (facts) => new UniqueViolation(facts),
  SQLITE_CONSTRAINT_FOREIGNKEY: (facts) => new ForeignKeyViolation(facts),
  SQLITE_CONSTRAINT_TRIGGER: (facts) => new ForeignKeyViolation(facts),
  SQLITE_CONSTRAINT_NOTNULL: (facts) => new NotNullViolation(facts),
  SQLITE_CONSTRAINT_CHECK: (facts) => new CheckViolation(facts),
  SQLITE_BUSY_SNAPSHOT: (facts) => new SerializationFailure(facts),
  SQLITE_TOOBIG: (facts) => new ValueTooLong(facts),
};

// `UNIQUE constraint failed: users.email, users.tenant`, `CHECK constraint failed: positive_total`.
function namesIn(message: string): Pick<FailureFacts, 'table' | 'columns' | 'constraint'> {
  const [, kind, names] = message.match(/^(UNIQUE|NOT NULL|CHECK) constraint failed: (.+)$/) ?? [];
  if (names === undefined) return {};
  if (kind === 'CHECK' || names.startsWith('index ')) return { constraint: names.replace(/^index '(.*)'$/, '$1') };
  const pairs = names.split(', ').map((name) => name.split('.'));
  return { table: pairs[0]?.[0], columns: pairs.map((pair) => pair.at(-1)!) };
}
