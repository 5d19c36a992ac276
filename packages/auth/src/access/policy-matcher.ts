import type { FieldKind, Resource } from './policy-filter.js';
import { compare, isOrdered, toComparable, type Comparable } from './policy-values.js';

/** A filter that can be asked about rows. */
export interface Matcher {
  /** Whether it holds for a row that has all `fields`; undefined where SQL says "unknown". */
  readonly holds: (row: Row) => Verdict;
  /** The fields that it reads. */
  readonly fields: ReadonlySet<string>;
}

/** Why a filter, or a row, cannot be judged. */
export class FilterFault extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
  }
}

type Verdict = boolean | undefined;
type Row = Readonly<Record<string, unknown>>;
type Holds = Matcher['holds'];
type Compared = Extract<Comparable, { readonly value: unknown }>;

interface Reading {
  readonly kinds: ReadonlyMap<string, FieldKind> | undefined;
  readonly fields: Set<string>;
}

// Far above what anybody writes, far below what the databases and a call stack take.
const DEEPEST = 40;

/** Reads a filter once, with all its values, as a test of rows. Throws `FilterFault` for what does not mean the same everywhere. */
export function readFilter(filter: unknown, { kinds }: Resource<unknown>): Matcher {
  const fields = new Set<string>();
  return { holds: readParts({ kinds, fields }, filter, 'filter', 0), fields };
}

function readParts(reading: Reading, filter: unknown, path: string, depth: number): Holds {
  if (!isPlain(filter)) throw new FilterFault(path, 'a plain object of fields and conditions is expected');
  if (depth > DEEPEST) throw new FilterFault(path.slice(0, 80), 'it is nested too deeply');
  const entries = Object.entries(filter);
  // What was built from nothing would be every row; that is said with `true`.
  if (entries.length === 0) throw new FilterFault(path, 'an empty filter holds for every row; say true where that is meant');
  return all(entries.map(([key, value]) => readEntry(reading, key, value, `${path}.${key}`, depth)));
}

function readEntry(reading: Reading, key: string, value: unknown, path: string, depth: number): Holds {
  if (value === undefined) throw new FilterFault(path, 'it is undefined, which would silently match more');
  if (key === 'not') return negate(readParts(reading, value, path, depth + 1));
  if (key === 'and' || key === 'or') {
    if (!Array.isArray(value)) throw new FilterFault(path, 'a list of filters is expected');
    const parts = value.map((part: unknown, index) => readParts(reading, part, `${path}[${index}]`, depth + 1));
    return key === 'and' ? all(parts) : any(parts);
  }
  if (reading.kinds !== undefined && !reading.kinds.has(key)) throw new FilterFault(path, 'there is no such field');
  reading.fields.add(key);
  return readField({ name: key, kind: reading.kinds?.get(key), path }, value);
}

interface Field {
  readonly name: string;
  readonly kind: FieldKind | undefined;
  readonly path: string;
}

function readField(field: Field, value: unknown): Holds {
  if (Array.isArray(value)) return isIn(field, value, false);
  if (!isPlain(value)) return isEqual(field, value, false);
  const conditions = Object.entries(value);
  if (conditions.length === 0) throw new FilterFault(field.path, 'an object without any operator matches every row');
  return all(conditions.map(([operator, operand]) => readCondition({ ...field, path: `${field.path}.${operator}` }, operator, operand)));
}

function readCondition(field: Field, operator: string, operand: unknown): Holds {
  if (operand === undefined) throw new FilterFault(field.path, 'it is undefined, which would silently match more');
  switch (operator) {
    case 'eq':
    case 'ne':
      return isEqual(field, operand, operator === 'ne');
    case 'in':
    case 'notIn':
      if (!Array.isArray(operand)) throw new FilterFault(field.path, 'a list is expected');
      return isIn(field, operand, operator === 'notIn');
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return isOrderedAs(field, operator, operand);
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return hasText(field, operator, operand);
    default:
      throw new FilterFault(field.path, 'there is no such operator in policies');
  }
}

function isEqual(field: Field, operand: unknown, negated: boolean): Holds {
  if (operand === null) return (row) => (valueOf(row, field) === null) !== negated;
  const wanted = comparableOf(field, operand);
  return (row) => {
    const value = valueOf(row, field);
    // "Not equal" holds for a row without a value, as @plinth/data says.
    if (value === null) return negated ? true : undefined;
    return (sameKind(field, wanted, value) === wanted.value) !== negated;
  };
}

function isIn(field: Field, operands: readonly unknown[], negated: boolean): Holds {
  const wanted = operands.map((operand, index) => {
    if (operand === null || operand === undefined) throw new FilterFault(`${field.path}[${index}]`, 'a list holds values only');
    return comparableOf(field, operand);
  });
  // A list of nothing says nothing about the row, be it without a value.
  if (wanted.length === 0) return () => negated;
  return (row) => {
    const value = valueOf(row, field);
    if (value === null) return negated ? true : undefined;
    return wanted.some((each) => sameKind(field, each, value) === each.value) !== negated;
  };
}

const comparisons = {
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
};

function isOrderedAs(field: Field, operator: keyof typeof comparisons, operand: unknown): Holds {
  const wanted = comparableOf(field, operand);
  if (!isOrdered(wanted.kind)) throw new FilterFault(field.path, `the order of ${wanted.kind} depends on the database`);
  return (row) => {
    const value = valueOf(row, field);
    return value === null ? undefined : comparisons[operator](compare(wanted.kind, sameKind(field, wanted, value), wanted.value));
  };
}

function hasText(field: Field, operator: 'contains' | 'startsWith' | 'endsWith', operand: unknown): Holds {
  if (typeof operand !== 'string' || (field.kind ?? 'text') !== 'text') throw new FilterFault(field.path, 'it is for text only');
  const tests = { contains: 'includes', startsWith: 'startsWith', endsWith: 'endsWith' } as const;
  const test = tests[operator];
  return (row) => {
    const value = valueOf(row, field);
    if (value === null) return operand === '' ? false : undefined;
    if (typeof value !== 'string') throw new FilterFault(field.path, 'the row has another type of value');
    return value[test](operand);
  };
}

function comparableOf({ kind, path }: Field, operand: unknown): Compared {
  const read = toComparable(kind, operand);
  if (read.fault !== undefined) throw new FilterFault(path, read.fault);
  return read;
}

// With another type, "ne" and "not" would hold for every row.
function sameKind({ kind, path }: Field, wanted: Compared, value: unknown): Compared['value'] {
  const read = toComparable(kind, value);
  if (read.fault !== undefined || read.kind !== wanted.kind || typeof read.value !== typeof wanted.value)
    throw new FilterFault(path, 'the row has another type of value');
  return read.value;
}

function valueOf(row: Row, { name, path }: Field): unknown {
  if (!Object.hasOwn(row, name) || row[name] === undefined) throw new FilterFault(path, 'the row does not have this field');
  return row[name];
}

function all(parts: readonly Holds[]): Holds {
  return (row) => {
    const verdicts = parts.map((part) => part(row));
    if (verdicts.includes(false)) return false;
    return verdicts.includes(undefined) ? undefined : true;
  };
}

function any(parts: readonly Holds[]): Holds {
  return (row) => {
    const verdicts = parts.map((part) => part(row));
    if (verdicts.includes(true)) return true;
    return verdicts.includes(undefined) ? undefined : false;
  };
}

function negate(part: Holds): Holds {
  return (row) => {
    const verdict = part(row);
    return verdict === undefined ? undefined : !verdict;
  };
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.getOwnPropertySymbols(value).length === 0;
}
