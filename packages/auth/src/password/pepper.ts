import { createHash } from 'node:crypto';
import type { Secret } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';

/**
 * Keys that go into every hash besides the password (the secret of RFC 9106, section 3.1) and are kept outside of the database:
 * whoever has only the database cannot even begin to guess.
 */
export interface Pepper {
  /** The id of the key for new hashes. */
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

const KEY_BYTES = 32;

/** A pepper of these keys: the first is for new hashes, all are for checking. @internal */
export function pepperOf(keys: readonly Buffer[]): Pepper {
  return { current: idOf(keys[0]!), keys: new Map(keys.map((key) => [idOf(key), key])) };
}

/** Reads the keys of the option `passwords.pepper`: 32 bytes in base64 each. Throws `AUTH_OPTIONS`, without the key. @internal */
export function readPepperKeys(texts: readonly (string | Secret)[]): Buffer[] {
  const keys = texts.map((text) => Buffer.from(typeof text === 'string' ? text : text.reveal(), 'base64'));
  const wrong = keys.findIndex((key) => key.length !== KEY_BYTES);
  if (keys.length === 0 || wrong !== -1)
    throw AUTH_ERRORS.OPTIONS({
      option: keys.length === 0 ? 'passwords.pepper' : `passwords.pepper[${wrong}]`,
      value: keys.length === 0 ? 'an empty list' : `a key of ${keys[wrong]!.length} bytes`,
      rule: 'keys have 32 bytes in base64, as `openssl rand -base64 32` makes them',
    });
  return keys;
}

/** A stored hash, taken apart: what argon2 made, and the id of the pepper's key, if there was one. */
export interface StoredHash {
  readonly phc: string;
  readonly keyId: string | undefined;
}

/** Notes the id of the pepper's key where PHC strings of argon2 have it: among the parameters, as `keyid`. */
export function withKeyId(phc: string, keyId: string | undefined): string {
  return keyId === undefined ? phc : phc.replace(/^(\$argon2\w+\$v=\d+\$[^$]+)/, `$1,keyid=${keyId}`);
}

/** Takes the id out again. The library that computes argon2 never sees it. */
export function splitKeyId(stored: string): StoredHash {
  const [, before, keyId, after] = /^(\$argon2\w+\$v=\d+\$[^$]*?),keyid=([A-Za-z\d+/]+)(\$.*)$/.exec(stored) ?? [];
  return before === undefined ? { phc: stored, keyId: undefined } : { phc: `${before}${after}`, keyId };
}

/** The secret that a hash was made with. Throws `AUTH_PASSWORD_PEPPER` when its key is not there any more. */
export function secretOf(keyId: string | undefined, pepper: Pepper | undefined): Buffer | undefined {
  if (keyId === undefined) return undefined;
  const key = pepper?.keys.get(keyId);
  if (!key) throw AUTH_ERRORS.PASSWORD_PEPPER({ keyId });
  return key;
}

// Eight characters of base64, which is what PHC strings allow.
function idOf(key: Uint8Array): string {
  return createHash('sha256').update('plinth pepper key id').update(key).digest().subarray(0, 6).toString('base64');
}
