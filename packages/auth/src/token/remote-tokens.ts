import { isAppError, type Clock } from '@plinth/core';
import type { Fetch } from '@plinth/http/fetch';
import { AUTH_ERRORS } from '../errors.js';
import { ACCESS_TOKEN, isExpired, verifyRemoteJwt, type RemoteRules } from './jose.js';
import { isSecure, RemoteKeySet, type RemoteKeyOptions } from './remote-key-set.js';
import { MAX_BYTES } from './tokens.js';

/** Algorithms that tokens of other issuers may be signed with: with public keys only (RFC 7518, RFC 8037, RFC 9864). */
export type RemoteAlgorithm = 'EdDSA' | 'Ed25519' | 'ES256' | 'RS256' | 'PS256';

/** Whose tokens are taken, and which. */
export interface RemoteTokenOptions {
  /** Their `iss`, exactly: an https URL (http on this machine). */
  readonly issuer: string;
  /** Their `aud`: what this service is called there. A token that is for others too is refused. */
  readonly audience: string;
  /** Audiences that may stand next to ours, such as the issuer's own `userinfo`. Default: none. */
  readonly otherAudiences?: readonly string[];
  /** Where the keys are. Default: where the issuer's metadata say (OpenID Connect Discovery, RFC 8414). */
  readonly jwksUrl?: string;
  /** Default `EdDSA`, `Ed25519` and `ES256`. RSA only on request, with keys of 2,048 bits or more. */
  readonly algorithms?: readonly RemoteAlgorithm[];
  /** The `typ` of their headers; `at+jwt` (RFC 9068). `JWT` for issuers that write no better one. */
  readonly type?: string;
  /** Seconds by which the clocks may differ; 30, at most 300. */
  readonly leeway?: number;
  /** Seconds for which their keys are kept; 600. */
  readonly cacheFor?: number;
  /** The least seconds between two fetches of keys; 30. */
  readonly cooldown?: number;
}

/** What a token of another issuer says. */
export interface RemoteToken {
  readonly issuer: string;
  /** Whose it is (`sub`), as that issuer calls them: it means nothing without the issuer. */
  readonly subject: string;
  /** Its `jti`, where it has one. */
  readonly tokenId?: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** All other claims. */
  readonly claims: Readonly<Record<string, unknown>>;
}

const ALGORITHMS: readonly string[] = ['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'] satisfies RemoteAlgorithm[];

/** Checks access tokens that another issuer has signed, with the keys that it publishes. `fetch` is `FETCH`, or a client of `defineClient`. */
export class RemoteTokens {
  readonly #rules: RemoteRules;
  readonly #keys: RemoteKeySet;
  readonly #clock: Clock;

  /** Throws `AUTH_REMOTE_OPTIONS`. Nothing is fetched before the first token comes. */
  constructor(options: RemoteTokenOptions, fetch: Fetch, clock: Clock) {
    const { rules, keys } = readRemoteOptions(options);
    this.#rules = rules;
    this.#keys = new RemoteKeySet(keys, fetch, clock);
    this.#clock = clock;
  }

  /**
   * Checks a token. Throws `AUTH_TOKEN_EXPIRED` or `AUTH_TOKEN_INVALID`, whose cause (for the log only) says why;
   * `AUTH_ISSUER_UNAVAILABLE` (503) while the keys cannot be had.
   */
  async verify(token: string): Promise<RemoteToken> {
    if (token.length > MAX_BYTES) throw AUTH_ERRORS.TOKEN_INVALID({}, { cause: new RangeError(`longer than ${MAX_BYTES} bytes`) });
    const now = this.#clock.now();
    const payload = await verifyRemoteJwt(token, (work) => this.#keys.use(work), this.#rules, now).catch(refuse);
    const { iss, aud: _aud, sub, exp, iat, jti, nbf: _nbf, ...claims } = payload;
    if (typeof sub !== 'string' || sub === '' || (jti !== undefined && typeof jti !== 'string')) throw invalid('sub and jti must be texts');
    if (iat! > now / 1_000 + this.#rules.leeway) throw invalid('iat lies in the future');
    const times = { issuedAt: new Date(iat! * 1_000), expiresAt: new Date(exp! * 1_000) };
    return { issuer: iss!, subject: sub, ...(jti !== undefined && { tokenId: jti }), ...times, claims };
  }
}

/** The options with every default filled in. Throws `AUTH_REMOTE_OPTIONS`. @internal */
export function readRemoteOptions(options: RemoteTokenOptions): { readonly rules: RemoteRules; readonly keys: RemoteKeyOptions } {
  const { issuer, audience, otherAudiences = [], algorithms = ['EdDSA', 'Ed25519', 'ES256'], type = ACCESS_TOKEN } = options;
  const url = URL.parse(issuer);
  check('issuer', url !== null && isSecure(url) && url.search === '' && url.hash === '', 'an https URL without query and fragment');
  check('audience', typeof audience === 'string' && audience !== '', 'a text that is not empty');
  const jwksUrl = options.jwksUrl === undefined ? undefined : URL.parse(options.jwksUrl);
  check('jwksUrl', jwksUrl === undefined || (jwksUrl !== null && isSecure(jwksUrl)), 'an https URL');
  const known = algorithms.length > 0 && algorithms.every((algorithm) => ALGORITHMS.includes(algorithm));
  check('algorithms', known, `one or more of ${ALGORITHMS.join(', ')}`);
  check('type', typeof type === 'string' && type !== '', 'a text that is not empty');
  return {
    rules: { issuer, audience, otherAudiences, algorithms, type, leeway: seconds('leeway', options.leeway ?? 30, 0, 300) },
    keys: {
      issuer,
      jwksUrl: jwksUrl ?? undefined,
      cacheFor: seconds('cacheFor', options.cacheFor ?? 600, 1, 86_400) * 1_000,
      cooldown: seconds('cooldown', options.cooldown ?? 30, 1, 3_600) * 1_000,
    },
  };
}

function seconds(option: string, value: number, least: number, most: number): number {
  check(option, Number.isInteger(value) && value >= least && value <= most, `an integer of ${least} to ${most} seconds`);
  return value;
}

function check(option: string, ok: boolean, rule: string): void {
  if (!ok) throw AUTH_ERRORS.REMOTE_OPTIONS({ option, rule });
}

function refuse(cause: unknown): never {
  // The issuer cannot be reached: that says nothing of the token.
  if (isAppError(cause)) throw cause;
  throw isExpired(cause) ? AUTH_ERRORS.TOKEN_EXPIRED({}, { cause }) : AUTH_ERRORS.TOKEN_INVALID({}, { cause });
}

function invalid(reason: string): Error {
  return AUTH_ERRORS.TOKEN_INVALID({}, { cause: new Error(reason) });
}
