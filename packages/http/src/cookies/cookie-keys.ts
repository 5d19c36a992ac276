import { createHash } from 'node:crypto';
import type { AppKey, Clock } from '@plinth/core';

/** One key with the id under which values name it. */
export interface CookieKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The keys of one cookie, the current one first. */
export type CookieKeys = readonly [CookieKey, ...CookieKey[]];

/** Derives the keys of cookies from the application's key: another one for each cookie and purpose (HKDF, RFC 5869). */
export class CookieKeyRing {
  readonly clock: Clock;
  /** Of the cookies that the server has. */
  readonly names: ReadonlySet<string>;
  readonly #appKey: AppKey;
  readonly #keys = new Map<string, CookieKeys>();

  constructor(appKey: AppKey, clock: Clock, names: ReadonlySet<string>) {
    this.#appKey = appKey;
    this.clock = clock;
    this.names = names;
  }

  /** The keys of a purpose; derived once. */
  keysOf(purpose: string): CookieKeys {
    let keys = this.#keys.get(purpose);
    if (keys === undefined) {
      keys = [toKey(this.#appKey.derive(purpose)), ...this.#appKey.derivePrevious(purpose).map(toKey)];
      this.#keys.set(purpose, keys);
    }
    return keys;
  }
}

// The id tells keys apart and says nothing of them: 48 bits of a hash of 256 random ones.
function toKey(bytes: Buffer): CookieKey {
  return { id: createHash('sha256').update('plinth:key-id').update(bytes).digest().subarray(0, 6).toString('base64url'), bytes };
}
