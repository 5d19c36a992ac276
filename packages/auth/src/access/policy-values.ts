import type { FieldKind } from './policy-filter.js';

/** A value as it is compared, and the kind that it was read as; or why it cannot be compared. */
export type Comparable =
  { readonly kind: FieldKind; readonly value: string | number | bigint | boolean; readonly fault?: undefined } | { readonly fault: string };

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const decimal = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

/** Whether `<` means the same in memory and on every database. */
export function isOrdered(kind: FieldKind): boolean {
  return kind !== 'text' && kind !== 'enum' && kind !== 'bytes' && kind !== 'json';
}

/** Reads a value of a field of this kind (undefined: as the value itself says) in a form that `===` and `compare` understand. */
export function toComparable(kind: FieldKind | undefined, value: unknown): Comparable {
  const found = kindOf(value);
  if (found === undefined) return { fault: 'it cannot be compared' };
  if (kind === undefined) return { kind: found, value: plain(found, value) };
  switch (kind) {
    case 'uuid':
      return typeof value === 'string' && uuid.test(value) ? { kind, value: value.toLowerCase() } : { fault: 'it is no UUID' };
    case 'exact':
      if (typeof value === 'bigint') return { kind, value };
      return typeof value === 'string' && decimal.test(value)
        ? { kind, value: shortest(value) }
        : { fault: 'it is neither a bigint nor a decimal as text' };
    case 'integer':
      return Number.isInteger(value) ? { kind, value: plain('number', value) } : { fault: 'it is no whole number' };
    case 'text':
    case 'enum':
    case 'date':
    case 'time':
      return typeof value === 'string' ? { kind, value } : { fault: 'it is no text' };
    case 'json':
      return { fault: 'conditions on json are not for policies' };
    default:
      return found === kind ? { kind, value: plain(found, value) } : { fault: `it is no ${kind}` };
  }
}

/** Below, equal or above zero, of values of one kind that is ordered. */
export function compare(kind: FieldKind, left: Value, right: Value): number {
  if (kind === 'exact' && typeof left === 'string' && typeof right === 'string') return compareDecimals(left, right);
  return left < right ? -1 : left > right ? 1 : 0;
}

type Value = string | number | bigint | boolean;

function kindOf(value: unknown): FieldKind | undefined {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return Number.isFinite(value) ? 'number' : undefined;
    case 'bigint':
      return 'exact';
    case 'boolean':
      return 'boolean';
    default:
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : 'timestamp';
      return value instanceof Uint8Array ? 'bytes' : undefined;
  }
}

function plain(kind: FieldKind, value: unknown): Value {
  if (kind === 'timestamp') return (value as Date).getTime();
  if (kind === 'bytes') return Buffer.from(value as Uint8Array).toString('latin1');
  // -0 is 0.
  return kind === 'number' ? (value as number) + 0 : (value as Value);
}

/** A decimal without zeros at the end, so that equal ones are the same text. */
function shortest(text: string): string {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

function compareDecimals(left: string, right: string): number {
  const scale = Math.max(digitsAfterPoint(left), digitsAfterPoint(right));
  const [a, b] = [scaled(left, scale), scaled(right, scale)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function digitsAfterPoint(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

function scaled(text: string, scale: number): bigint {
  return BigInt(text.replace('.', '') + '0'.repeat(scale - digitsAfterPoint(text)));
}
