import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CookieKeys } from './cookie-keys.js';

/** A value that was opened, and whether a former key had sealed it. */
export interface Opened {
  readonly text: string;
  readonly old: boolean;
}

/** Makes a text unforgeable, or unreadable as well. `context` says what it is for: it opens in no other place. */
export interface Seal {
  seal(text: string, keys: CookieKeys, context: string): string;
  /** `undefined` for anything that was not sealed by one of the keys for this context. */
  open(sealed: string, keys: CookieKeys, context: string): Opened | undefined;
}

const part = /^[A-Za-z0-9_-]+$/;

/** `s1.<key id>.<text>.<HMAC-SHA-256>`: readable by the client, not changeable. */
export const SIGNED: Seal = {
  seal(text, [key], context) {
    const signed = `s1.${key.id}.${Buffer.from(text).toString('base64url')}`;
    return `${signed}.${sign(key.bytes, signed, context).toString('base64url')}`;
  },
  open(sealed, keys, context) {
    const parts = partsOf(sealed, 's1', 4);
    const index = parts === undefined ? -1 : keys.findIndex((key) => key.id === parts[1]);
    if (parts === undefined || index === -1) return undefined;
    const mac = Buffer.from(parts[3] as string, 'base64url');
    const expected = sign(keys[index]!.bytes, sealed.slice(0, sealed.lastIndexOf('.')), context);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return undefined;
    return { text: Buffer.from(parts[2] as string, 'base64url').toString(), old: index > 0 };
  },
};

/** `v1.<key id>.<nonce>.<ciphertext and tag>`: AES-256-GCM with 96 random bits of nonce, what it is for as associated data. */
export const ENCRYPTED: Seal = {
  seal(text, [key], context) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(associated('v1', key.id, context));
    const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${key.id}.${nonce.toString('base64url')}.${bytes.toString('base64url')}`;
  },
  open(sealed, keys, context) {
    const parts = partsOf(sealed, 'v1', 4);
    const index = parts === undefined ? -1 : keys.findIndex((key) => key.id === parts[1]);
    if (parts === undefined || index === -1) return undefined;
    const nonce = Buffer.from(parts[2] as string, 'base64url');
    const bytes = Buffer.from(parts[3] as string, 'base64url');
    if (nonce.length !== 12 || bytes.length < 16) return undefined;
    const key = keys[index]!;
    try {
      // Without a fixed length a tag of 4 bytes would be accepted, which can be guessed.
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: 16 })
        .setAAD(associated('v1', key.id, context))
        .setAuthTag(bytes.subarray(-16));
      return { text: decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8'), old: index > 0 };
    } catch {
      return undefined;
    }
  },
};

function partsOf(sealed: string, version: string, count: number): readonly string[] | undefined {
  const parts = sealed.split('.');
  // Only the spelling that was issued: base64 has several for the same bytes.
  const exact = parts.length === count && parts[0] === version && parts.every((text) => part.test(text) && isCanonical(text));
  return exact ? parts : undefined;
}

function isCanonical(text: string): boolean {
  return text.length < 6 || Buffer.from(text, 'base64url').toString('base64url') === text;
}

function sign(key: Buffer, signed: string, context: string): Buffer {
  return createHmac('sha256', key)
    .update(associated('s1', signed, context))
    .digest();
}

// Neither a cookie's name nor a sealed value holds NUL, so the parts cannot run into each other.
function associated(version: string, text: string, context: string): Buffer {
  return Buffer.from(`plinth\0${version}\0${context}\0${text}`);
}
