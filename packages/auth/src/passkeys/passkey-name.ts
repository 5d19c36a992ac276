import { AUTH_ERRORS } from '../errors.js';

const MOST = 64;
// Control characters, line separators, and what turns the direction of the text around it.
const UNSEEN = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** The name as it is stored. Throws `AUTH_PASSKEY_NAME`. */
export function readPasskeyName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || [...name].length > MOST) throw AUTH_ERRORS.PASSKEY_NAME({ rule: `it must have 1 to ${MOST} characters` });
  if (UNSEEN.test(trimmed) || !trimmed.isWellFormed()) throw AUTH_ERRORS.PASSKEY_NAME({ rule: 'it has characters that cannot be seen' });
  return trimmed;
}
