import { columnOf, type TableColumn, type TableInfo } from '../table/table.js';
import { isConditions } from './compile-where.js';

/**
 * Whether a filter holds for every row whatever it contains: `{}`, `{ not: { or: [] } }`, `{ id: { notIn: [] } }`, or "not null" of a
 * column that never is. A part of a wrong shape says nothing here: compiling refuses it.
 */
export function matchesEveryRow(info: TableInfo, where: object): boolean {
  return Object.keys(where).length === 0 || verdictOf(info, where) === true;
}

/** What a filter says of every row alike; undefined where it depends on the row. */
type Verdict = boolean | undefined;

function verdictOf(info: TableInfo, where: unknown): Verdict {
  if (!isConditions(where)) return undefined;
  return every(
    Object.entries(where).map(([key, value]) => {
      if (key === 'not') return negate(verdictOf(info, value));
      if (key === '$search') return undefined;
      if (key !== 'and' && key !== 'or') return columnVerdict(columnOf(info, key), value);
      if (!Array.isArray(value)) return undefined;
      const parts = value.map((part) => verdictOf(info, part));
      return key === 'and' ? every(parts) : some(parts);
    }),
  );
}

function columnVerdict(column: TableColumn, value: unknown): Verdict {
  if (Array.isArray(value)) return column.codec.type !== 'json' && value.length === 0 ? false : undefined;
  if (column.codec.type === 'json' && isConditions(value)) return holdsNothing((value as { readonly in?: unknown }).in) ? false : undefined;
  if (!isConditions(value)) return value === null && !column.nullable ? false : undefined;
  const operators = Object.entries(value);
  return operators.length === 0 ? undefined : every(operators.map(([operator, operand]) => operatorVerdict(column, operator, operand)));
}

function operatorVerdict(column: TableColumn, operator: string, operand: unknown): Verdict {
  if (operator === 'notIn' && holdsNothing(operand)) return true;
  if (operator === 'in' && holdsNothing(operand)) return false;
  if (column.nullable) return undefined;
  if (operator === 'ne' && operand === null) return true;
  if (operator === 'eq' && operand === null) return false;
  // Every text contains, begins and ends with the empty one.
  return operand === '' && (operator === 'contains' || operator === 'startsWith' || operator === 'endsWith') ? true : undefined;
}

function holdsNothing(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

function every(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function some(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

function negate(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}
