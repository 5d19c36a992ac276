import { hasValue, takesText, type Shape } from './shape.js';
import { ARRAY, BOOLEAN, INTEGER, NULL, NUMBER } from './types.js';

const INTEGER_TEXT = /^-?(?:0|[1-9][0-9]{0,15})$/;
/** The number grammar of JSON (RFC 8259, section 6): no blanks, no plus, no hexadecimal, no leading zeros. */
const NUMBER_TEXT = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const LONGEST_NUMBER = 64;

/**
 * A text from a path, query, header, cookie, form or environment as the type its schema declares. A text that a shape
 * takes as it stands stays; then integer, number, boolean, null (from the empty text) and an array of one are tried in this
 * order. A text that is none of them is given back unchanged, for the check to refuse.
 */
export function coerceText(shapes: readonly Shape[], text: string): unknown {
  for (const shape of shapes) if (takesText(shape, text)) return text;
  for (const shape of shapes) {
    const converted = convert(shape, text);
    if (converted !== undefined) return converted;
  }
  for (const shape of shapes) if ((shape.types & ARRAY) !== 0) return [text];
  return text;
}

function convert(shape: Shape, text: string): number | boolean | null | undefined {
  const { types } = shape;
  let converted: number | boolean | null | undefined;
  if ((types & INTEGER) !== 0) converted = toInteger(text);
  if (converted === undefined && (types & NUMBER) !== 0) converted = toNumber(text);
  if (converted === undefined && (types & BOOLEAN) !== 0) converted = text === 'true' ? true : text === 'false' ? false : undefined;
  if (converted === undefined && (types & NULL) !== 0 && text === '') converted = null;
  return converted === undefined || shape.values === undefined || hasValue(shape.values, converted) ? converted : undefined;
}

function toInteger(text: string): number | undefined {
  if (!INTEGER_TEXT.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number + 0 : undefined; // + 0 turns -0 into 0
}

function toNumber(text: string): number | undefined {
  if (text.length > LONGEST_NUMBER || !NUMBER_TEXT.test(text)) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  // A whole number past the safe range would silently become another number.
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? undefined : number + 0;
}
