import { isAscii, isUtf8 } from 'node:buffer';
import { HTTP_ERRORS } from '../errors.js';

/** Levels of objects and arrays that a body may nest. */
export const JSON_DEPTH = 32;

/**
 * Strict JSON (RFC 8259, RFC 7493): UTF-8 without errors, at most 32 levels, no key twice in one object, no "__proto__" and
 * "constructor" keys, no number beyond the integers that a double holds exactly, no U+0000 and no half surrogate pairs. Throws `HTTP_TEXT_ENCODING` and
 * the `HTTP_JSON_*` errors, all of them 400.
 *
 * The text is scanned once for its members and depth, then parsed, and the result is walked once: the number of properties that
 * arrived must be the number of members that were sent, or a key was there twice.
 */
export function parseJson(bytes: Buffer): unknown {
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) throw HTTP_ERRORS.TEXT_ENCODING();
  const text = bytes.toString(ascii ? 'latin1' : 'utf8');
  const members = countMembers(text);
  const value = parse(text);
  // Escapes are the only way to U+0000, to half a pair, and to a key that hides from a search.
  const properties = walk(value, text.includes('\\u'));
  if (properties !== members) throw HTTP_ERRORS.JSON_DUPLICATE_KEY();
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw HTTP_ERRORS.JSON({}, { cause });
  }
}

/** Colons outside of strings. Strings need not be closed here: JSON.parse has the last word on syntax. */
function countMembers(text: string): number {
  const length = text.length;
  let members = 0;
  let depth = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) {
      for (index++; index < length; index++) {
        const inner = text.charCodeAt(index);
        if (inner === 0x22) break;
        if (inner === 0x5c) index++;
      }
    } else if (code === 0x3a) members++;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > JSON_DEPTH) throw HTTP_ERRORS.JSON_DEPTH({ limit: JSON_DEPTH });
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return members;
}

/** The number of properties in a value whose depth is known to be small; refuses what may not pass. */
function walk(value: unknown, escapes: boolean): number {
  if (typeof value === 'number') checkNumber(value);
  else if (typeof value === 'string') {
    if (escapes && (value.includes('\0') || !value.isWellFormed())) throw HTTP_ERRORS.JSON_TEXT();
  } else if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? walkArray(value, escapes) : walkObject(value as Record<string, unknown>, escapes);
  return 0;
}

function walkArray(list: readonly unknown[], escapes: boolean): number {
  let properties = 0;
  for (let index = 0; index < list.length; index++) properties += walk(list[index], escapes);
  return properties;
}

function walkObject(object: Record<string, unknown>, escapes: boolean): number {
  let properties = 0;
  // Every property is an own one: the object comes from JSON.parse, and the framework never extends Object.prototype.
  for (const key in object) {
    if (key === '__proto__' || key === 'constructor') throw HTTP_ERRORS.JSON_FORBIDDEN_KEY();
    if (escapes && (key.includes('\0') || !key.isWellFormed())) throw HTTP_ERRORS.JSON_TEXT();
    properties += 1 + walk(object[key], escapes);
  }
  return properties;
}

// Judged by value, however it is spelled: beyond 2^53 doubles are whole numbers with gaps, and what was sent would silently become another number.
function checkNumber(value: number): void {
  if (value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER) return;
  const reason = Number.isFinite(value)
    ? 'lies beyond ±(2^53 - 1), where not every whole number can be told from its neighbours: send it as a string'
    : 'is larger than a double can hold';
  throw HTTP_ERRORS.JSON_NUMBER({ reason });
}
