import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { Secret } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import type { SigningKey, TokenAlgorithm, VerificationKey } from './jose.js';
import { keyId } from './key-id.js';

/** A key pair of the `tokens.keys` option. With `privateKey` it signs and verifies, with `publicKey` alone it verifies. */
export interface TokenKey {
  /** Ed25519 or P-256 private key: PKCS#8 PEM. */
  readonly privateKey?: string | Secret;
  /** Ed25519 or P-256 public key: SPKI PEM. */
  readonly publicKey?: string;
  /** Its `kid`: 1 to 200 visible ASCII characters, no two alike. Default: its thumbprint (RFC 7638). */
  readonly id?: string;
  /** From then on it signs. Until then it is only published and verifies, so that others know it when it is needed. Default: always. */
  readonly signsFrom?: Date;
  /** From then on it neither signs nor verifies, and is not published. Default: never. */
  readonly retiredFrom?: Date;
}

/** A key and when it is in use; times are milliseconds since 1970. */
export type TimedKey = (VerificationKey | SigningKey) & { readonly signsFrom: number; readonly retiredFrom: number };

/** The keys of an application, by their id. */
export type TokenKeys = ReadonlyMap<string, TimedKey>;

/** Keys for HS256 from derived secrets (32 bytes or more each): the first signs, the others still verify. */
export function secretKeys(secrets: readonly Uint8Array[]): TokenKeys {
  return byId(secrets.map(readSecret));
}

/** Key pairs from their PEM texts. Throws `AUTH_TOKEN_KEY` for a key that is unreadable or of another kind, or whose id is taken. */
export function pairKeys(pairs: readonly TokenKey[]): TokenKeys {
  return byId(pairs.map(readPair));
}

/** The key that signs at this time: of those that can, the one that has begun to last; of several at once the first in the list. */
export function signingKey(keys: TokenKeys, now: number): SigningKey | undefined {
  const able = [...keys.values()].filter(
    (key): key is TimedKey & SigningKey => 'signWith' in key && key.signsFrom <= now && isLive(key, now),
  );
  return able.reduce<(TimedKey & SigningKey) | undefined>(
    (newest, key) => (newest && newest.signsFrom >= key.signsFrom ? newest : key),
    undefined,
  );
}

/** Whether a key has not been retired at this time. */
export function isLive(key: TimedKey, now: number): boolean {
  return now < key.retiredFrom;
}

function byId(keys: readonly TimedKey[]): TokenKeys {
  const map = new Map<string, TimedKey>();
  for (const [index, key] of keys.entries()) {
    if (map.has(key.id)) throw AUTH_ERRORS.TOKEN_KEY({ index, reason: 'another key in the list has the same id' });
    map.set(key.id, key);
  }
  return map;
}

function readSecret(secret: Uint8Array): TimedKey {
  const key = createSecretKey(secret);
  return { id: keyId(key), algorithm: 'HS256', verifyWith: key, signWith: key, signsFrom: 0, retiredFrom: Infinity };
}

function readPair(pair: TokenKey, index: number): TimedKey {
  const pem = typeof pair.privateKey === 'object' ? pair.privateKey.reveal() : pair.privateKey;
  const signWith = pem === undefined ? undefined : readPem(index, () => createPrivateKey(pem));
  const source = signWith ?? pair.publicKey;
  if (source === undefined) throw AUTH_ERRORS.TOKEN_KEY({ index, reason: 'it has neither privateKey nor publicKey' });
  const verifyWith = readPem(index, () => createPublicKey(source));
  const times = { signsFrom: readTime(pair.signsFrom, 0, index), retiredFrom: readTime(pair.retiredFrom, Infinity, index) };
  // First: not every other kind has a thumbprint.
  const algorithm = algorithmOf(verifyWith, index);
  const key = { id: readId(pair.id, index) ?? keyId(verifyWith), algorithm, verifyWith, ...times };
  return signWith ? { ...key, signWith } : key;
}

// The cause is left out on purpose: OpenSSL's errors may quote the input.
function readPem(index: number, read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw AUTH_ERRORS.TOKEN_KEY({ index, reason: 'it is not a readable PEM text' });
  }
}

function readId(id: string | undefined, index: number): string | undefined {
  if (id === undefined || /^[\x21-\x7e]{1,200}$/.test(id)) return id;
  throw AUTH_ERRORS.TOKEN_KEY({ index, reason: 'its id is not 1 to 200 visible ASCII characters' });
}

function readTime(time: Date | undefined, otherwise: number, index: number): number {
  const value = time === undefined ? otherwise : time.getTime();
  if (!Number.isNaN(value)) return value;
  throw AUTH_ERRORS.TOKEN_KEY({ index, reason: 'signsFrom or retiredFrom is no valid date' });
}

function algorithmOf(key: KeyObject, index: number): TokenAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw AUTH_ERRORS.TOKEN_KEY({ index, reason: `it is of the kind ${key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType}` });
}
