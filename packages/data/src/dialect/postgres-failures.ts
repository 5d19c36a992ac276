import {
  CheckViolation,
  ConnectionLost,
  type DatabaseFailure,
  Deadlock,
  type FailureFacts,
  ForeignKeyViolation,
  LockTimeout,
  NotNullViolation,
  OutOfRange,
  QueryTimeout,
  ReadOnly,
  SchemaMismatch,
  SerializationFailure,
  StatementFailure,
  Unavailable,
  UniqueViolation,
  ValueTooLong,
} from '../failure/database-errors.js';
import { codeOf, DriverError, SOCKET_CODES } from '../failure/driver-error.js';

/** The fields of PostgreSQL's error response (protocol, "Error and Notice Message Fields") that are read here. */
interface PostgresError {
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

/** The typed failure for an error of `pg`; by SQLSTATE (PostgreSQL documentation, appendix A). */
export function toPostgresFailure(error: unknown): DatabaseFailure {
  const { code = codeOf(error), message = '', detail, table, column, constraint } = (error ?? {}) as PostgresError;
  const facts: FailureFacts = {
    table,
    constraint,
    columns: column === undefined ? columnsOf(detail) : [column],
    driverCode: code,
    cause: new DriverError(error, code?.startsWith('42') ? message : undefined),
  };
  if (code === undefined)
    return /timeout/i.test(message) && /query read/i.test(message) ? new QueryTimeout(facts) : new ConnectionLost(facts);
  const make = byState[code];
  if (make !== undefined) return make(facts);
  if (code === '42P01' || code === '42703')
    return new SchemaMismatch({ ...facts, missing: message.match(/(?:relation|column) "?[^"]+"?/)?.[0] });
  if (code.startsWith('08')) return new ConnectionLost(facts);
  if (code.startsWith('28') || code === '3D000') return new Unavailable(facts);
  if (SOCKET_CODES.has(code)) return code === 'ECONNRESET' || code === 'EPIPE' ? new ConnectionLost(facts) : new Unavailable(facts);
  // Class 42 is about the statement's text, which holds placeholders only; other messages may quote values.
  return new StatementFailure({ ...facts, reason: code.startsWith('42') ? message : `SQLSTATE ${code}` });
}

const byState: Readonly<Record<string, (facts: FailureFacts) => DatabaseFailure>> = {
  '23505': (facts) => new UniqueViolation(facts),
  '23503': (facts) => new ForeignKeyViolation(facts),
  '23001': (facts) => new ForeignKeyViolation(facts),
  '23502': (facts) => new NotNullViolation(facts),
  '23514': (facts) => new CheckViolation(facts),
  '22001': (facts) => new ValueTooLong(facts),
  '22003': (facts) => new OutOfRange(facts),
  '22008': (facts) => new OutOfRange(facts),
  '40001': (facts) => new SerializationFailure(facts),
  '40P01': (facts) => new Deadlock(facts),
  '55P03': (facts) => new LockTimeout(facts),
  '57014': (facts) => new QueryTimeout(facts),
  '25006': (facts) => new ReadOnly(facts),
  '25P03': (facts) => new ConnectionLost(facts),
  '57P01': (facts) => new ConnectionLost(facts),
  '57P02': (facts) => new ConnectionLost(facts),
  '57P03': (facts) => new Unavailable(facts),
  '57P05': (facts) => new ConnectionLost(facts),
  '53300': (facts) => new Unavailable(facts),
};

// `Key (email, tenant)=(…) already exists.`: the names before the equals sign; the values after it are dropped.
function columnsOf(detail: string | undefined): readonly string[] | undefined {
  const names = detail?.match(/^Key \(([^=]*)\)=\(/)?.[1];
  return names?.split(', ').map((name) => name.replace(/^"(.*)"$/, '$1'));
}
