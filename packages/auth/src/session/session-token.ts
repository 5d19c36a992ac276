import { hash, randomBytes } from 'node:crypto';

// 144 bits that name the family, kept through every rotation, and 264 bits that are new each time. Tokens of 43 characters are of the
// releases before there were families.
const LENGTH = 68;
const OLD_LENGTH = 43;
const FAMILY_BYTES = 18;
const FAMILY_LENGTH = 24;
const SECRET_BYTES = 33;

/** A new token in base64url, 68 characters, of the family of `former` where that has one. */
export function createSessionToken(former?: string): string {
  return (familyOf(former) ?? randomBytes(FAMILY_BYTES).toString('base64url')) + randomBytes(SECRET_BYTES).toString('base64url');
}

/** The hash that is stored. A fast hash suffices: 256 random bits cannot be guessed (ASVS 5.0, 7.2.3). */
export function hashSessionToken(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** The hash of what a token has in common with those before and after it; undefined for a token without a family. */
export function hashSessionFamily(token: string): string | undefined {
  const family = familyOf(token);
  return family === undefined ? undefined : hash('sha256', `family:${family}`, 'base64url');
}

/**
 * Could this text be one of our tokens? The store is not asked for any other. Its length says enough: the store is asked for hashes, which
 * are harmless whatever they were made of.
 */
export function isSessionToken(text: string): boolean {
  return text.length === LENGTH || text.length === OLD_LENGTH;
}

function familyOf(token: string | undefined): string | undefined {
  return token === undefined || token.length === OLD_LENGTH ? undefined : token.slice(0, FAMILY_LENGTH);
}
