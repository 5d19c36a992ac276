import { randomBytes } from 'node:crypto';
import { hashOpaqueToken } from '../token/opaque-token.js';

/** A refresh token in its parts. */
export interface RefreshToken {
  /** What the client holds: the family's part and the token's own, 64 characters. */
  readonly text: string;
  /** 128 random bits that all tokens of a family share (22 characters). Whoever knows them holds, or held, one of its tokens. */
  readonly family: string;
  readonly familyHash: string;
  readonly tokenHash: string;
}

const FORM = /^[A-Za-z0-9_-]{22}[A-Za-z0-9_-]{42}$/;

/** A new token, of a new family or of one that is there. Its own part has 252 random bits. */
export function createRefreshToken(family: string = randomBytes(16).toString('base64url')): RefreshToken {
  return partsOf(family + randomBytes(32).toString('base64url').slice(0, 42));
}

/** The parts of a token; undefined for a text of another form. */
export function readRefreshToken(text: unknown): RefreshToken | undefined {
  return typeof text === 'string' && FORM.test(text) ? partsOf(text) : undefined;
}

function partsOf(text: string): RefreshToken {
  const family = text.slice(0, 22);
  return { text, family, familyHash: hashOpaqueToken(family), tokenHash: hashOpaqueToken(text) };
}
