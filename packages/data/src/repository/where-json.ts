import { DATA_ERRORS } from '../errors.js';
import type { JsonPlace, JsonScalar } from '../sql/grammar.js';
import type { TableColumn } from '../table/table.js';
import { refuseFilter, type WhereTarget } from './compile-where.js';

const mostSteps = 32;
const comparisons: Readonly<Record<string, '>' | '>=' | '<' | '<='>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

/** Writes the conditions on values inside a json column: one object with a path, or a list of which all must hold. */
export function writeJsonConditions(target: WhereTarget, column: TableColumn, given: unknown, path: string): void {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw refuse(target, column, 'a list of conditions is empty');
  list.forEach((conditions, index) => {
    if (index > 0) target.writer.text += ' and ';
    writeConditions(target, column, conditions, Array.isArray(given) ? `${path}[${index}]` : path);
  });
}

function writeConditions(target: WhereTarget, column: TableColumn, given: unknown, path: string): void {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, 'path'))
    throw refuse(target, column, 'json columns can only be compared with null, or by { path: [...], eq: ... }');
  const { path: steps, ...conditions } = given as Readonly<Record<string, unknown>>;
  const place: JsonPlace = { column: target.names.get(column)!, path: readPath(target, column, steps) };
  const operators = Object.entries(conditions);
  if (operators.length === 0) throw refuse(target, column, 'a path without any operator matches every row');
  operators.forEach(([operator, operand], index) => {
    if (operand === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: target.context.info.name, path: `${path}.${operator}` });
    if (index > 0) target.writer.text += ' and ';
    writeOperator(target, column, place, operator, operand);
  });
}

// The same keys on every database: what SQLite and MySQL would need escapes for in a path is refused, and so is a minus in front, which
// MariaDB does not read even in quotes, and PostgreSQL takes for the end of a list.
function readPath(target: WhereTarget, column: TableColumn, steps: unknown): readonly (string | number)[] {
  const valid = (step: unknown): boolean =>
    typeof step === 'number'
      ? Number.isInteger(step) && step >= 0 && step < 2 ** 31
      : // eslint-disable-next-line no-control-regex
        typeof step === 'string' &&
        step !== '' &&
        !/^-|["\\\u0000-\u001f]/.test(step) &&
        (step as string & { isWellFormed(): boolean }).isWellFormed();
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > mostSteps || !steps.every(valid))
    throw refuse(
      target,
      column,
      `a path is a list of 1 to ${mostSteps} keys (without quotes, backslashes, control characters and a minus in front) and indexes`,
    );
  return steps as readonly (string | number)[];
}

function writeOperator(target: WhereTarget, column: TableColumn, place: JsonPlace, operator: string, operand: unknown): void {
  const { writer } = target;
  const { grammar } = target.context;
  const comparison = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (comparison !== undefined) {
    if (typeof operand !== 'string' && typeof operand !== 'number') throw refuse(target, column, `${operator} takes a number or text`);
    grammar.writeJsonCompare(writer, place, comparison, checkScalar(target, column, operand) as string | number);
    return;
  }
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw refuse(target, column, 'exists takes true or false');
      if (!operand) writer.text += 'not ';
      writer.text += '(';
      grammar.writeJsonExists(writer, place);
      // A column that is null holds nothing; NOT of unknown would be unknown.
      writer.text += ` and ${place.column} is not null)`;
      return;
    case 'eq':
    case 'ne':
      if (operator === 'ne') writer.text += 'not ';
      return writeAnyOf(target, column, place, [operand], operator === 'ne');
    case 'in':
      if (!Array.isArray(operand)) throw refuse(target, column, 'in takes a list');
      if (operand.length === 0) return void (writer.text += '1 = 0');
      writer.stable = false;
      return writeAnyOf(target, column, place, operand, false);
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      if (typeof operand !== 'string') throw refuse(target, column, `${operator} takes text`);
      grammar.writeJsonText(writer, place, operator, checkScalar(target, column, operand) as string);
      return;
    default:
      throw refuse(target, column, `there is no operator ${JSON.stringify(operator.slice(0, 64))} for values inside json`);
  }
}

function writeAnyOf(target: WhereTarget, column: TableColumn, place: JsonPlace, values: readonly unknown[], negated: boolean): void {
  const { writer } = target;
  writer.text += negated ? `(${place.column} is not null and (` : '(';
  values.forEach((value, index) => {
    if (index > 0) writer.text += ' or ';
    writer.text += '(';
    target.context.grammar.writeJsonEqual(writer, place, checkScalar(target, column, value));
    writer.text += ')';
  });
  writer.text += negated ? '))' : ')';
}

function checkScalar(target: WhereTarget, column: TableColumn, value: unknown): JsonScalar {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const text = value as string & { isWellFormed(): boolean };
  if (typeof value === 'string' && !value.includes('\0') && text.isWellFormed()) return value;
  throw refuse(
    target,
    column,
    'values inside json are compared with text (without NUL and lone surrogates), finite numbers, true, false or null',
  );
}

function refuse(target: WhereTarget, column: TableColumn, reason: string): Error {
  return refuseFilter(target.context, column, reason);
}
