import { CLOCK, Injectable, newId, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { isExpired, signJwt, verifyJwt } from './jose.js';
import { isLive, signingKey, type TimedKey } from './token-keys.js';
import { TOKEN_SETTINGS, type TokenSettings } from './token-settings.js';

/** A token just made. */
export interface IssuedToken {
  /** The JWT, for the Authorization header. */
  readonly token: string;
  /** Its `jti`. */
  readonly tokenId: string;
  readonly expiresAt: Date;
}

/** What a valid token says. */
export interface AccessToken {
  /** The id of the user (`sub`). */
  readonly subject: string;
  /** Its `jti`. */
  readonly tokenId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** The claims that you passed to `sign`. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Longer texts are refused before anything is decoded. @internal */
export const MAX_BYTES = 8_192;
const REGISTERED = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

/**
 * Makes and checks access tokens: JWTs of the type `at+jwt` (RFC 9068) with one pinned algorithm a key.
 * Issuer, audience, subject, expiry, issue time and id are in every token and demanded of every token (RFC 8725).
 */
@Injectable({ deps: [TOKEN_SETTINGS, CLOCK], from: 'AuthModule of @plinth/auth' })
export class Tokens {
  readonly #settings: TokenSettings;
  readonly #clock: Clock;

  constructor(settings: TokenSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /**
   * Makes a token for a user id; `claims` are public to whoever holds the token.
   * Throws `AUTH_CLAIM_RESERVED` for a registered claim, `AUTH_OPTIONS` when no key can sign.
   */
  async sign(subject: string, claims: Readonly<Record<string, unknown>> = {}): Promise<IssuedToken> {
    const reserved = Object.keys(claims).find((claim) => REGISTERED.has(claim));
    if (reserved !== undefined) throw AUTH_ERRORS.CLAIM_RESERVED({ claim: reserved });
    const { issuer, audience, lifetime, keys } = this.#settings;
    const now = this.#clock.now();
    const key = signingKey(keys, now);
    if (!key)
      throw AUTH_ERRORS.OPTIONS({ option: 'tokens.keys', value: 'without a privateKey that may sign now', rule: 'signing needs one' });
    const iat = Math.floor(now / 1_000);
    const tokenId = newId();
    const payload = { ...claims, iss: issuer, aud: audience, sub: subject, iat, exp: iat + lifetime, jti: tokenId };
    return { token: await signJwt(payload, key), tokenId, expiresAt: new Date((iat + lifetime) * 1_000) };
  }

  /** Checks a token. Throws `AUTH_TOKEN_EXPIRED` or `AUTH_TOKEN_INVALID`, whose cause (for the log only) says why. */
  async verify(token: string): Promise<AccessToken> {
    if (token.length > MAX_BYTES) throw AUTH_ERRORS.TOKEN_INVALID({}, { cause: new RangeError(`longer than ${MAX_BYTES} bytes`) });
    const now = this.#clock.now();
    const payload = await verifyJwt(token, (id) => this.#liveKey(id, now), this.#settings, now).catch(refuse);
    const { iss: _iss, aud: _aud, sub, exp, iat, jti, nbf: _nbf, ...claims } = payload;
    if (typeof sub !== 'string' || sub === '' || typeof jti !== 'string') throw invalid('sub and jti must be texts');
    // The library looks at `iat` only when a maximum age is asked for: a token from the future is a forgery or a broken clock.
    if (iat! > now / 1_000 + this.#settings.leeway) throw invalid('iat lies in the future');
    return { subject: sub, tokenId: jti, issuedAt: new Date(iat! * 1_000), expiresAt: new Date(exp! * 1_000), claims };
  }

  #liveKey(id: string, now: number): TimedKey | undefined {
    const key = this.#settings.keys.get(id);
    return key && isLive(key, now) ? key : undefined;
  }
}

function refuse(cause: unknown): never {
  throw isExpired(cause) ? AUTH_ERRORS.TOKEN_EXPIRED({}, { cause }) : AUTH_ERRORS.TOKEN_INVALID({}, { cause });
}

function invalid(reason: string): Error {
  return AUTH_ERRORS.TOKEN_INVALID({}, { cause: new Error(reason) });
}
