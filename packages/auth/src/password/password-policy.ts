import { AUTH_ERRORS } from '../errors.js';

/** What a new password must be like. Composition rules are left out on purpose (NIST SP 800-63B, ASVS 5.0 6.2.5). */
export interface PasswordPolicy {
  /** The least number of characters (code points). */
  readonly minLength: number;
  /** The greatest number of characters (code points). */
  readonly maxLength: number;
}

/** 15 characters without a second factor (NIST SP 800-63B-4), 1,024 at most. */
export const PASSWORD_POLICY: PasswordPolicy = { minLength: 15, maxLength: 1_024 };

/** Throws `AUTH_PASSWORD_TOO_SHORT`, `AUTH_PASSWORD_TOO_LONG` or `AUTH_PASSWORD_MALFORMED` when a new password breaks the policy. */
export function checkPassword(plain: string, policy: PasswordPolicy): void {
  if (isLongerThan(plain, policy.maxLength)) throw AUTH_ERRORS.PASSWORD_TOO_LONG({ limit: policy.maxLength });
  // Half a surrogate pair would become U+FFFD in UTF-8, and two different passwords would be the same one.
  if (!plain.isWellFormed()) throw AUTH_ERRORS.PASSWORD_MALFORMED({});
  const length = characters(plain);
  if (length < policy.minLength) throw AUTH_ERRORS.PASSWORD_TOO_SHORT({ length, limit: policy.minLength });
}

/** Could this password never have been accepted? Asked before hashing, so that nobody makes us hash megabytes. */
export function isLongerThan(plain: string, maxLength: number): boolean {
  return plain.length > maxLength && (plain.length > 2 * maxLength || characters(plain) > maxLength);
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
