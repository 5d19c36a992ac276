import { hash, randomBytes } from 'node:crypto';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A new token: 256 random bits in base64url, 43 characters. */
export function createOpaqueToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 in base64url (43 characters), which is what stores keep. A fast hash suffices: 256 random bits cannot be guessed. */
export function hashOpaqueToken(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Could this be one of our tokens, or a hash of one? Stores are not asked for any other text. */
export function isOpaqueToken(text: unknown): text is string {
  return typeof text === 'string' && TOKEN.test(text);
}
