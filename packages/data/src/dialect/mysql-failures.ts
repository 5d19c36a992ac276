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

/** The typed failure for an error of `mysql2`; by the server's error number (MariaDB and MySQL error references). */
export function toMysqlFailure(error: unknown): DatabaseFailure {
  const { errno, sqlMessage } = (error ?? {}) as { errno?: number; sqlMessage?: string };
  const message = sqlMessage ?? '';
  const code = codeOf(error);
  // Only these messages quote nothing but identifiers; the others may quote values.
  const safe = errno === 1054 || errno === 1146 || errno === 1051 || errno === 1091;
  const facts: FailureFacts = {
    ...namesIn(errno, message),
    driverCode: nameOf(errno, code),
    cause: new DriverError(error, safe ? message : undefined),
  };
  const make = errno === undefined ? undefined : byNumber[errno];
  if (make !== undefined) return make(facts);
  if (safe) return new SchemaMismatch({ ...facts, missing: missingIn(message) });
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT') return new QueryTimeout(facts);
  if (code !== undefined && SOCKET_CODES.has(code))
    return code === 'ECONNRESET' || code === 'EPIPE' ? new ConnectionLost(facts) : new Unavailable(facts);
  if (errno === undefined || errno < 0 || code?.startsWith('PROTOCOL_')) return new ConnectionLost(facts);
  return new StatementFailure({ ...facts, reason: code === undefined ? `error ${errno}` : `${code} (error ${errno})` });
}

const byNumber: Readonly<Record<number, (facts: FailureFacts) => DatabaseFailure>> = {
  1062: (facts) => new UniqueViolation(facts),
  1586: (facts) => new UniqueViolation(facts),
  1451: (facts) => new ForeignKeyViolation(facts),
  1452: (facts) => new ForeignKeyViolation(facts),
  1216: (facts) => new ForeignKeyViolation(facts),
  1217: (facts) => new ForeignKeyViolation(facts),
  1048: (facts) => new NotNullViolation(facts),
  1364: (facts) => new NotNullViolation(facts),
  4025: (facts) => new CheckViolation(facts),
  3819: (facts) => new CheckViolation(facts),
  1406: (facts) => new ValueTooLong(facts),
  1264: (facts) => new OutOfRange(facts),
  1690: (facts) => new OutOfRange(facts),
  1213: (facts) => new Deadlock(facts),
  1020: (facts) => new SerializationFailure(facts),
  1205: (facts) => new LockTimeout(facts),
  3572: (facts) => new LockTimeout(facts),
  1969: (facts) => new QueryTimeout(facts),
  3024: (facts) => new QueryTimeout(facts),
  1317: (facts) => new QueryTimeout(facts),
  1792: (facts) => new ReadOnly(facts),
  1290: (facts) => new ReadOnly(facts),
  1836: (facts) => new ReadOnly(facts),
  1040: (facts) => new Unavailable(facts),
  1203: (facts) => new Unavailable(facts),
  1226: (facts) => new Unavailable(facts),
  1044: (facts) => new Unavailable(facts),
  1045: (facts) => new Unavailable(facts),
  1049: (facts) => new Unavailable(facts),
  1053: (facts) => new ConnectionLost(facts),
  1927: (facts) => new ConnectionLost(facts),
  4031: (facts) => new ConnectionLost(facts),
};

/** What MariaDB calls an error; the driver knows the names of MySQL, which has given some of the numbers to others. */
function nameOf(errno: number | undefined, code: string | undefined): string | undefined {
  return errno === undefined ? code : (mariadbNames[errno] ?? code ?? String(errno));
}

const mariadbNames: Readonly<Record<number, string>> = {
  1927: 'ER_CONNECTION_KILLED',
  1969: 'ER_STATEMENT_TIMEOUT',
  4025: 'ER_CONSTRAINT_FAILED',
};

/** The identifiers that a message names, and never the values beside them. */
function namesIn(errno: number | undefined, message: string): Pick<FailureFacts, 'table' | 'columns' | 'constraint'> {
  switch (errno) {
    case 1062: {
      // The value comes first and may hold anything, so the key is read from the end. MySQL writes `table.key`.
      const key = message.match(/for key '([^']+)'$/)?.[1]?.split('.');
      return { constraint: key?.at(-1), ...(key?.length === 2 && { table: key[0] }) };
    }
    case 1451:
    case 1452: {
      const [, table, constraint, columns] = message.match(/`\.`([^`]+)`, CONSTRAINT `([^`]+)` FOREIGN KEY \(([^)]+)\)/) ?? [];
      return { table, constraint, columns: columns?.split(', ').map((name) => name.replaceAll('`', '')) };
    }
    case 1048:
    case 1364:
    case 1406:
    case 1264: {
      const column = message.match(/(?:column|Column|Field) '([^']+)'/)?.[1];
      return { columns: column === undefined ? undefined : [column] };
    }
    case 4025:
    case 3819: {
      const [, constraint] = message.match(/(?:CONSTRAINT|constraint) [`']([^`']+)[`']/) ?? [];
      return { constraint, table: message.match(/failed for `[^`]+`\.`([^`]+)`/)?.[1] };
    }
    default:
      return {};
  }
}

function missingIn(message: string): string | undefined {
  const column = message.match(/Unknown column '([^']+)'/)?.[1];
  if (column !== undefined) return `column "${column}"`;
  const table = message.match(/[Tt]able '(?:[^'.]+\.)?([^']+)'/)?.[1];
  return table === undefined ? undefined : `table "${table}"`;
}
