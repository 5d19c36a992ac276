import { hash } from 'node:crypto';
import { createOpaqueToken } from './opaque-token.js';

/** A proof of possession for an authorization code (RFC 7636). */
export interface Pkce {
  /** Kept by the client until it exchanges the code: 43 characters, 256 random bits. */
  readonly verifier: string;
  /** Sent with the authorization request as `code_challenge`. */
  readonly challenge: string;
  /** Sent as `code_challenge_method`. */
  readonly method: 'S256';
}

/** A new verifier and its challenge. */
export function createPkce(): Pkce {
  const verifier = createOpaqueToken();
  return { verifier, challenge: pkceChallenge(verifier), method: 'S256' };
}

/** The S256 challenge of a verifier (RFC 7636, 4.2). */
export function pkceChallenge(verifier: string): string {
  return hash('sha256', verifier, 'base64url');
}
