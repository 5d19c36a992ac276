import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

/** Decimal digits of a code (ASVS 5.0, 6.5.4 asks for 20 bits; 8 digits are 26). */
const DIGITS = 8;

/** A random code: eight decimal digits, each as likely as any other. */
export function createCode(): string {
  return String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
}

/** What the user typed, without the blanks and hyphens that people put between groups; undefined when it is no code. */
export function readCode(text: string): string | undefined {
  if (text.length > 32) return undefined;
  const digits = text.replaceAll(/[\s-]/g, '');
  return /^[0-9]{8}$/.test(digits) ? digits : undefined;
}

/**
 * The hash of a code that is stored: HMAC-SHA-256 with a key that is not in the database, since eight digits are found at once from any
 * plain hash. It is bound to the request and the purpose: a code fits nowhere else.
 */
export function hashCode(key: Uint8Array, purpose: string, requestHash: string, code: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([purpose, requestHash, code]))
    .digest('base64url');
}

/** Compares two hashes in constant time. */
export function sameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
