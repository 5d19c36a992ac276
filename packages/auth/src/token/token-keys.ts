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
}

/** The key that signs and all that verify, by their id. */
export interface TokenKeys {
  readonly signing: SigningKey | undefined;
  readonly verifying: ReadonlyMap<string, VerificationKey>;
}

/** Keys for HS256 from derived secrets (32 bytes or more each): the first signs, the others still verify. */
export function secretKeys(secrets: readonly Uint8Array[]): TokenKeys {
  return toTokenKeys(secrets.map(readSecret));
}

/** Key pairs from their PEM texts: the first that can sign does. Throws `AUTH_TOKEN_KEY` for a key that is unreadable or of another kind. */
export function pairKeys(pairs: readonly TokenKey[]): TokenKeys {
  return toTokenKeys(pairs.map(readPair));
}

function toTokenKeys(keys: readonly (VerificationKey | SigningKey)[]): TokenKeys {
  return { signing: keys.find(canSign), verifying: new Map(keys.map((key) => [key.id, key])) };
}

function canSign(key: VerificationKey | SigningKey): key is SigningKey {
  return 'signWith' in key;
}

function readSecret(secret: Uint8Array): SigningKey {
  const key = createSecretKey(secret);
  return { id: keyId(key), algorithm: 'HS256', verifyWith: key, signWith: key };
}

function readPair(pair: TokenKey, index: number): VerificationKey | SigningKey {
  const pem = typeof pair.privateKey === 'object' ? pair.privateKey.reveal() : pair.privateKey;
  const signWith = pem === undefined ? undefined : readPem(index, () => createPrivateKey(pem));
  const source = signWith ?? pair.publicKey;
  if (source === undefined) throw AUTH_ERRORS.TOKEN_KEY({ index, reason: 'it has neither privateKey nor publicKey' });
  const verifyWith = readPem(index, () => createPublicKey(source));
  const key = { id: keyId(verifyWith), algorithm: algorithmOf(verifyWith, index), verifyWith };
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

function algorithmOf(key: KeyObject, index: number): TokenAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw AUTH_ERRORS.TOKEN_KEY({ index, reason: `it is of the kind ${key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType}` });
}
