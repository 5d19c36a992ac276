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

/** The typed failure for an error of SQLite, from either driver; by SQLite's extended result codes (sqlite.org/rescode.html). */
export function toSqliteFailure(error: unknown): DatabaseFailure {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  const facts: FailureFacts = { ...namesIn(message), driverCode: code, cause: new DriverError(error, message) };
  const make = code === undefined ? undefined : byCode[code];
  if (make !== undefined) return make(facts);
  // RESTRICT is a trigger of SQLite's own; the others are of authors, who write what raise() says.
  if (code === 'SQLITE_CONSTRAINT_TRIGGER' && message === 'FOREIGN KEY constraint failed') return new ForeignKeyViolation(facts);
  if (code?.startsWith('SQLITE_BUSY') || code?.startsWith('SQLITE_LOCKED')) return new LockTimeout(facts);
  if (code?.startsWith('SQLITE_READONLY')) return new ReadOnly(facts);
  const unusable = unusableFiles.find(([prefix]) => code?.startsWith(prefix) === true);
  if (unusable !== undefined) return new Unavailable({ ...facts, reason: unusable[1], cure: unusable[2] });
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
  SQLITE_CONSTRAINT_NOTNULL: (facts) => new NotNullViolation(facts),
  SQLITE_CONSTRAINT_CHECK: (facts) => new CheckViolation(facts),
  SQLITE_BUSY_SNAPSHOT: (facts) => new SerializationFailure(facts),
  SQLITE_TOOBIG: (facts) => new ValueTooLong(facts),
};

// By the beginning of the code: SQLITE_IOERR_WRITE and the like tell where it happened.
const unusableFiles: readonly (readonly [prefix: string, reason: string, cure: string])[] = [
  ['SQLITE_CANTOPEN', 'the file cannot be opened', 'Look at the path, and at the rights of its directory.'],
  ['SQLITE_PERM', 'the file may not be opened', 'Look at the rights of the file and of its directory.'],
  ['SQLITE_NOTADB', 'the file is no SQLite database', 'Correct the path; the file has not been touched.'],
  ['SQLITE_CORRUPT', 'the file is damaged', 'Restore a backup; "pragma integrity_check" tells what is damaged.'],
  ['SQLITE_FULL', 'the disk is full', 'Free some space; what was committed is kept.'],
  ['SQLITE_IOERR', 'the file cannot be read or written', 'Look at the disk, and never put the file on a network share.'],
];

// `UNIQUE constraint failed: users.email, users.tenant`, `CHECK constraint failed: positive_total`.
function namesIn(message: string): Pick<FailureFacts, 'table' | 'columns' | 'constraint'> {
  const [, kind, names] = message.match(/^(UNIQUE|NOT NULL|CHECK) constraint failed: (.+)$/) ?? [];
  if (names === undefined) return {};
  if (kind === 'CHECK' || names.startsWith('index ')) return { constraint: names.replace(/^index '(.*)'$/, '$1') };
  const pairs = names.split(', ').map((name) => name.split('.'));
  return { table: pairs[0]?.[0], columns: pairs.map((pair) => pair.at(-1)!) };
}
