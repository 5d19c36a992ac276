import { kindOf } from './issue.js';
import { canonicalText } from './schema-registry.js';
import { hasValue, type Shape } from './shape.js';
import { ANY, BOOLEAN, describeTypes, INTEGER, NULL, NUMBER, STRING } from './types.js';
import { WriteFailure } from './write-failure.js';

/**
 * The writer of everything but arrays and objects. A Date becomes ISO 8601 text (its date or time part where the format says
 * so), a bigint a number where that loses nothing. NaN and the infinities are refused: JSON would make them null.
 */
export function schemaValue(shape: Shape): (value: unknown) => unknown {
  const { types, values } = shape;
  if (types === STRING && values === undefined) return (value) => (typeof value === 'string' ? value : writeOther(shape, value));
  return (value) => {
    const written = writeOther(shape, value);
    if (values !== undefined && !isAmong(values, written))
      throw new WriteFailure(
        values.length === 1 ? 'const' : 'enum',
        `must be one of ${values.map((entry) => JSON.stringify(entry)).join(', ')}`,
      );
    return written;
  };
}

function writeOther(shape: Shape, value: unknown): unknown {
  const { types } = shape;
  switch (typeof value) {
    case 'string':
      if ((types & STRING) !== 0) return value;
      break;
    case 'number':
      if (!Number.isFinite(value)) throw new WriteFailure('type', 'is no finite number');
      if ((types & NUMBER) !== 0 || ((types & INTEGER) !== 0 && Number.isInteger(value))) return value;
      break;
    case 'boolean':
      if ((types & BOOLEAN) !== 0) return value;
      break;
    case 'bigint':
      if ((types & INTEGER) === 0) break;
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
        throw new WriteFailure('type', 'is a bigint too large for a JSON number');
      return Number(value);
    case 'undefined':
      if (types === ANY) return null; // an absent item of an undeclared list, as JSON.stringify has it
      break;
    case 'object':
      if (value === null && (types & NULL) !== 0) return null;
      if (value instanceof Date && (types & STRING) !== 0) return dateText(value, shape.format);
      break;
    default:
  }
  throw new WriteFailure('type', `must be ${describeTypes(types)}, got ${value instanceof Date ? 'a date' : kindOf(value)}`);
}

function dateText(date: Date, format: string | undefined): string {
  if (Number.isNaN(date.getTime())) throw new WriteFailure('format', 'is an invalid date');
  const text = date.toISOString();
  if (format === 'date') return text.slice(0, 10);
  return format === 'time' ? text.slice(11) : text;
}

function isAmong(values: readonly unknown[], value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return hasValue(
      values.filter((entry) => typeof entry !== 'object' || entry === null),
      value,
    );
  const text = canonicalText(value);
  return values.some((entry) => canonicalText(entry) === text);
}
