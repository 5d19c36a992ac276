import type { KeyObject } from 'node:crypto';
import { CLOCK, Injectable, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { isLive } from './token-keys.js';
import { TOKEN_SETTINGS, type TokenSettings } from './token-settings.js';

/** A public key as others read it (RFC 7517). */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  /** Only of P-256 keys. */
  readonly y?: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: string;
}

/** The public halves of `tokens.keys`. Its creation throws `AUTH_OPTIONS` where tokens are signed with a secret, which nobody may see. */
@Injectable({ deps: [TOKEN_SETTINGS, CLOCK] })
export class PublicKeys {
  readonly #settings: TokenSettings;
  readonly #clock: Clock;

  constructor(settings: TokenSettings, clock: Clock) {
    if ([...settings.keys.values()].some(({ algorithm }) => algorithm === 'HS256'))
      throw AUTH_ERRORS.OPTIONS({ option: 'tokens.keys', value: 'not given', rule: 'publishing keys needs key pairs' });
    this.#settings = settings;
    this.#clock = clock;
  }

  /** The JWK Set: every key that is not retired, also those that do not sign yet. */
  keySet(): { readonly keys: readonly PublicJwk[] } {
    const now = this.#clock.now();
    const live = [...this.#settings.keys.values()].filter((key) => isLive(key, now));
    return { keys: live.map(({ id, algorithm, verifyWith }) => ({ ...publicPart(verifyWith), kid: id, use: 'sig', alg: algorithm })) };
  }
}

// Named one by one: no member of a private key can slip through.
function publicPart(key: KeyObject): Pick<PublicJwk, 'kty' | 'crv' | 'x' | 'y'> {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return { kty: kty!, crv: crv!, x: x!, ...(y !== undefined && { y }) };
}
