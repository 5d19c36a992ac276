import { hash, randomBytes } from 'node:crypto';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A new token: 256 random bits in base64url, 43 characters. */
export function createSessionToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The hash that is stored. A fast hash suffices: 256 random bits cannot be guessed (ASVS 5.0, 7.2.3). */
export function hashSessionToken(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Could this text be one of our tokens? The store is not asked for any other. */
export function isSessionToken(text: string): boolean {
  return TOKEN.test(text);
}
