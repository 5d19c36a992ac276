import type { KeyObject } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';

// The only file that knows which library signs and verifies. Called with no options that library accepts a token without
// expiry and for any audience, so every check is asked for here, and nothing can switch one off.

/** Algorithms that tokens may be signed with (RFC 7518, RFC 8037). */
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

/** The media type in the header of access tokens (RFC 9068): no token made for another purpose passes for one. */
const ACCESS_TOKEN = 'at+jwt';
const REQUIRED = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti'];

/** Signs a JWT; `payload` holds all its claims. */
export function signJwt(payload: JWTPayload, key: SigningKey): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: key.algorithm, typ: ACCESS_TOKEN, kid: key.id }).sign(key.signWith);
}

/** Checks signature, algorithm, type and every registered claim; rejects with the library's error. `now` is in milliseconds. */
export async function verifyJwt(
  jwt: string,
  keys: ReadonlyMap<string, VerificationKey>,
  rules: TokenRules,
  now: number,
): Promise<JWTPayload> {
  const { kid } = decodeProtectedHeader(jwt);
  const key = typeof kid === 'string' ? keys.get(kid) : undefined;
  if (!key) throw new errors.JWSSignatureVerificationFailed('no key of this id is known');
  const { payload } = await jwtVerify(jwt, key.verifyWith, {
    algorithms: [key.algorithm],
    typ: ACCESS_TOKEN,
    issuer: rules.issuer,
    audience: rules.audience,
    requiredClaims: REQUIRED,
    clockTolerance: rules.leeway,
    currentDate: new Date(now),
  });
  return payload;
}

/** Did a check fail only because the token is too old? */
export function isExpired(error: unknown): boolean {
  return error instanceof errors.JWTExpired;
}
