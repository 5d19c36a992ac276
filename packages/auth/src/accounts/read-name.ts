import { AUTH_ERRORS } from '../errors.js';

const LONGEST = 100;
// Line breaks would end a header, and characters that turn the direction of text make a name look like another.
const REFUSED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;

/** The name of a person, as it was given; null for none. Throws `AUTH_ACCOUNT_NAME`. */
export function readName(given: string | null | undefined): string | null {
  if (given === undefined || given === null) return null;
  if (given.trim() !== '' && [...given].length <= LONGEST && !REFUSED.test(given)) return given;
  throw AUTH_ERRORS.ACCOUNT_NAME();
}
