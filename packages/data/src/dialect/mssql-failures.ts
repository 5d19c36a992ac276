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
import { codeOf, DriverError } from '../failure/driver-error.js';

/** The typed failure for an error of `tedious`; by the server's error number (SQL Server's table `sys.messages`). */
export function toMssqlFailure(error: unknown): DatabaseFailure {
  const told = firstTold(error);
  const { number, message = '' } = (told ?? {}) as { number?: number; message?: string };
  const code = number === undefined ? codeOf(told) : String(number);
  // Only these messages quote nothing but identifiers; the others may quote values.
  const missing = number === undefined ? undefined : missingIn(number, message);
  const cause = new DriverError(told, missing === undefined ? undefined : message);
  const facts: FailureFacts = { ...namesIn(number, message), driverCode: code, cause };
  if (missing !== undefined) return new SchemaMismatch({ ...facts, missing });
  if (number === 547) return /\bCHECK constraint\b/.test(message) ? new CheckViolation(facts) : new ForeignKeyViolation(facts);
  const make = number === undefined ? undefined : byNumber[number];
  if (make !== undefined) return make(facts);
  return number === undefined ? withoutNumber(told, facts) : new StatementFailure({ ...facts, reason: `error ${number}` });
}

/** A statement can raise several errors, as an AggregateError; the first one with a meaning of its own is the cause of the others. */
function firstTold(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const errors = error.errors as readonly { number?: number }[];
  return errors.find(({ number }) => number !== undefined && (number === 547 || number in byNumber || number in missing)) ?? errors[0];
}

/** The driver's own errors: of sockets, of time limits, of the login. */
function withoutNumber(error: unknown, facts: FailureFacts): DatabaseFailure {
  const code = codeOf(error);
  const below = codeOf((error as { cause?: unknown } | undefined)?.cause);
  const connecting = error instanceof Error && error.constructor.name === 'ConnectionError';
  if (code === 'ETIMEOUT') return connecting ? new Unavailable(facts) : new QueryTimeout(facts);
  if (code === 'ECANCEL') return new QueryTimeout(facts);
  if (code === 'EPARAM') return new StatementFailure({ ...facts, reason: 'a bound value has no type of SQL Server (EPARAM)' });
  if (code === 'ESOCKET' && (below === 'ECONNRESET' || below === 'EPIPE')) return new ConnectionLost(facts);
  return code !== undefined && unreachable.has(code) ? new Unavailable(facts) : new ConnectionLost(facts);
}

const unreachable: ReadonlySet<string> = new Set(['ESOCKET', 'ELOGIN', 'EINSTLOOKUP', 'EENCRYPT', 'EFEDAUTH', 'ETDS', 'ECONNREFUSED']);

const byNumber: Readonly<Record<number, (facts: FailureFacts) => DatabaseFailure>> = {
  2627: (facts) => new UniqueViolation(facts),
  2601: (facts) => new UniqueViolation(facts),
  515: (facts) => new NotNullViolation(facts),
  2628: (facts) => new ValueTooLong(facts),
  8152: (facts) => new ValueTooLong(facts),
  220: (facts) => new OutOfRange(facts),
  232: (facts) => new OutOfRange(facts),
  242: (facts) => new OutOfRange(facts),
  244: (facts) => new OutOfRange(facts),
  248: (facts) => new OutOfRange(facts),
  8115: (facts) => new OutOfRange(facts),
  3960: (facts) => new SerializationFailure(facts),
  3961: (facts) => new SerializationFailure(facts),
  1205: (facts) => new Deadlock(facts),
  1222: (facts) => new LockTimeout(facts),
  3906: (facts) => new ReadOnly(facts),
  3908: (facts) => new ReadOnly(facts),
  978: (facts) => new ReadOnly(facts),
  4060: (facts) => new Unavailable(facts),
  18456: (facts) => new Unavailable(facts),
  17809: (facts) => new Unavailable(facts),
  10928: (facts) => new Unavailable(facts),
  10929: (facts) => new Unavailable(facts),
  40197: (facts) => new Unavailable(facts),
  40501: (facts) => new Unavailable(facts),
  40613: (facts) => new Unavailable(facts),
  596: (facts) => new ConnectionLost(facts),
  6005: (facts) => new ConnectionLost(facts),
  17142: (facts) => new ConnectionLost(facts),
};

const missing: Readonly<Record<number, 'table' | 'column'>> = { 207: 'column', 208: 'table', 3701: 'table', 4902: 'table' };

function missingIn(number: number, message: string): string | undefined {
  const kind = missing[number];
  if (kind === undefined) return undefined;
  const name = message.match(/['"]([^'"]+)['"]/)?.[1];
  return name === undefined ? `such ${kind}` : `${kind} "${name.replace(/^dbo\./, '')}"`;
}

/** The identifiers that a message names. Values stand behind them, so each is read from the start. */
function namesIn(number: number | undefined, message: string): Pick<FailureFacts, 'table' | 'columns' | 'constraint'> {
  switch (number) {
    case 2627: {
      const [, constraint, table] = message.match(/^Violation of [A-Z ]+ constraint '([^']+)'\. [^']*'([^']+)'/) ?? [];
      return { constraint, table: lastPart(table) };
    }
    case 2601: {
      const [, table, constraint] = message.match(/^[^']*'([^']+)' with unique index '([^']+)'/) ?? [];
      return { constraint, table: lastPart(table) };
    }
    case 547:
      return { constraint: message.match(/^The \S+ statement conflicted with the [A-Z ]+ constraint "([^"]+)"/)?.[1] };
    case 515: {
      const [, column, table] = message.match(/^[^']*column '([^']+)', table '([^']+)'/) ?? [];
      return { table: lastPart(table), columns: column === undefined ? undefined : [column] };
    }
    case 2628: {
      const [, table, column] = message.match(/^[^']*table '([^']+)', column '([^']+)'/) ?? [];
      return { table: lastPart(table), columns: column === undefined ? undefined : [column] };
    }
    default:
      return {};
  }
}

function lastPart(name: string | undefined): string | undefined {
  return name?.split('.').at(-1);
}
