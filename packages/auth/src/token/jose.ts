import type { KeyObject } from 'node:crypto';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWTPayload,
  type LocalJWKSet,
} from 'jose';

// The only file that knows which library signs and verifies. Called with no options that library accepts a token without
// expiry and for any audience, so every check is asked for here, and nothing can switch one off.

/** Algorithms that our tokens may be signed with (RFC 7518, RFC 8037). */
export type TokenAlgorithm = 'EdDSA' | 'ES256' | 'HS256';

/** One key, tied to its one algorithm: the token's header can choose the key, never the algorithm. */
export interface VerificationKey {
  readonly id: string;
  readonly algorithm: TokenAlgorithm;
  readonly verifyWith: KeyObject;
}

/** A key that can sign too. */
export interface SigningKey extends VerificationKey {
  readonly signWith: KeyObject;
}

/** What every token says and every check demands. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** Seconds by which clocks may differ. */
  readonly leeway: number;
}

/** What the tokens of another issuer must say. */
export interface RemoteRules extends TokenRules {
  readonly type: string;
  readonly algorithms: readonly string[];
  /** Audiences that may stand next to ours. */
  readonly otherAudiences: readonly string[];
}

/** The keys of another issuer; made by `readKeySet`. */
export type KeySet = LocalJWKSet;

/** The media type in the header of access tokens (RFC 9068): no token made for another purpose passes for one. */
export const ACCESS_TOKEN = 'at+jwt';
const REQUIRED = ['iss', 'sub', 'aud', 'exp', 'iat'];

/** Signs a JWT; `payload` holds all its claims. */
export function signJwt(payload: JWTPayload, key: SigningKey): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: key.algorithm, typ: ACCESS_TOKEN, kid: key.id }).sign(key.signWith);
}

/** Checks signature, algorithm, type and every registered claim; rejects with the library's error. `now` is in milliseconds. */
export async function verifyJwt(
  jwt: string,
  findKey: (id: string) => VerificationKey | undefined,
  rules: TokenRules,
  now: number,
): Promise<JWTPayload> {
  checkSpelling(jwt);
  const kid = readKeyId(jwt);
  const key = kid === undefined ? undefined : findKey(kid);
  if (!key) throw noSuchKey();
  const { payload } = await jwtVerify(jwt, key.verifyWith, {
    ...optionsOf(rules, now),
    algorithms: [key.algorithm],
    typ: ACCESS_TOKEN,
    requiredClaims: [...REQUIRED, 'jti'],
  });
  checkAudiences(payload, [rules.audience]);
  return payload;
}

/** The same with the keys of another issuer; `use` is called with what a set of keys is to be asked for. */
export async function verifyRemoteJwt(
  jwt: string,
  use: <T>(work: (keys: KeySet) => Promise<T>) => Promise<T>,
  rules: RemoteRules,
  now: number,
): Promise<JWTPayload> {
  checkSpelling(jwt);
  readKeyId(jwt);
  // Before any key is fetched: a token of somebody else must not make us ask for them.
  if (decodeJwt(jwt).iss !== rules.issuer) throw new errors.JWTInvalid('it is of another issuer');
  const options = {
    ...optionsOf(rules, now),
    algorithms: [...rules.algorithms],
    typ: rules.type,
    requiredClaims: REQUIRED,
  };
  const { payload } = await use((keys) => jwtVerify(jwt, keys, options));
  checkAudiences(payload, [rules.audience, ...rules.otherAudiences]);
  return payload;
}

/**
 * Checks a logout token of a provider (OpenID Connect Back-Channel Logout 1.0, 2.6): signature, type, issuer, audience, times and the
 * claims that it must have. What it is about is for the caller.
 */
export async function verifyLogoutJwt(
  jwt: string,
  use: <T>(work: (keys: KeySet) => Promise<T>) => Promise<T>,
  rules: RemoteRules,
  now: number,
): Promise<JWTPayload> {
  checkSpelling(jwt);
  readKeyId(jwt);
  if (decodeJwt(jwt).iss !== rules.issuer) throw new errors.JWTInvalid('it is of another issuer');
  const requiredClaims = ['iss', 'aud', 'iat', 'jti', 'events'];
  const options = { ...optionsOf(rules, now), algorithms: [...rules.algorithms], typ: rules.type, requiredClaims, maxTokenAge: 300 };
  const { payload } = await use((keys) => jwtVerify(jwt, keys, options));
  checkAudiences(payload, [rules.audience, ...rules.otherAudiences]);
  return payload;
}

/** A set of keys from its JSON (RFC 7517). Throws the library's error for what is none. */
export function readKeySet(json: unknown): KeySet {
  return createLocalJWKSet(json as JSONWebKeySet);
}

/** Did a check fail only because the token is too old? */
export function isExpired(error: unknown): boolean {
  return error instanceof errors.JWTExpired;
}

/** Did a check fail because the set has no key for the token? */
export function isUnknownKey(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey;
}

function optionsOf({ issuer, audience, leeway }: TokenRules, now: number): object {
  return { issuer, audience, clockTolerance: leeway, currentDate: new Date(now) };
}

/**
 * One token, one text: the library's decoder passes over blanks, padding and the last bits of a signature, so that whoever lists revoked
 * tokens by their text would miss the other spellings. Header and claims need no such look, for the signature is over their text.
 */
function checkSpelling(jwt: string): void {
  const signature = jwt.slice(jwt.lastIndexOf('.') + 1);
  if (Buffer.from(signature, 'base64url').toString('base64url') === signature) return;
  throw new errors.JWSInvalid('its signature is not written as base64url writes it');
}

/**
 * The key id of the header. Members that bring or fetch a key (`jwk`, `jku`, `x5c`, `x5u`) are never read. Extensions are refused also
 * where the header does not call them critical: `b64` changes what is signed (RFC 7797).
 */
function readKeyId(jwt: string): string | undefined {
  const header = decodeProtectedHeader(jwt);
  if ('crit' in header || 'b64' in header) throw new errors.JOSENotSupported('its header asks for an extension');
  const { kid } = header;
  if (kid === undefined || (typeof kid === 'string' && kid !== '')) return kid;
  throw noSuchKey();
}

// The library is content with one match. A token that is for others too may have come from one of them.
function checkAudiences({ aud }: JWTPayload, allowed: readonly string[]): void {
  if ((Array.isArray(aud) ? aud : [aud]).every((audience) => allowed.includes(audience as string))) return;
  throw new errors.JWTClaimValidationFailed('it is for other audiences too', {}, 'aud', 'check_failed');
}

function noSuchKey(): Error {
  return new errors.JWSSignatureVerificationFailed('no key of this id is known');
}
