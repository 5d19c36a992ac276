/*
 * JSON types as a bit set. A number that is whole has the bit of `integer` as well, so that the intersection of
 * `number` and `integer` is `integer`.
 */
export const STRING = 1;
export const NUMBER = 2;
export const INTEGER = 4;
export const BOOLEAN = 8;
export const NULL = 16;
export const ARRAY = 32;
export const OBJECT = 64;
export const ANY = 127;

const BITS: Readonly<Record<string, number>> = {
  string: STRING,
  number: NUMBER | INTEGER,
  integer: INTEGER,
  boolean: BOOLEAN,
  null: NULL,
  array: ARRAY,
  object: OBJECT,
};

/** The bits of a `type` keyword, which is a name or a list of names; every bit when it is absent. */
export function typeBits(type: unknown): number {
  if (type === undefined) return ANY;
  return [type].flat().reduce((bits: number, name) => bits | (BITS[name as string] ?? 0), 0);
}

/** The bit of a value's own JSON type; 0 for what JSON does not have. */
export function bitOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'number':
      return Number.isInteger(value) ? INTEGER : NUMBER;
    case 'boolean':
      return BOOLEAN;
    case 'object':
      return value === null ? NULL : Array.isArray(value) ? ARRAY : OBJECT;
    default:
      return 0;
  }
}

/** The types of a bit set in words: `a string or null`. */
export function describeTypes(bits: number): string {
  const names: string[] = [];
  if (bits & STRING) names.push('a string');
  if (bits & NUMBER) names.push('a number');
  else if (bits & INTEGER) names.push('an integer');
  if (bits & BOOLEAN) names.push('a boolean');
  if (bits & ARRAY) names.push('an array');
  if (bits & OBJECT) names.push('an object');
  if (bits & NULL) names.push('null');
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : (names[0] ?? 'nothing');
}
