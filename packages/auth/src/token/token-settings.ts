import { token } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import type { TokenRules } from './jose.js';
import type { TokenKey, TokenKeys } from './token-keys.js';

/** How access tokens are made and checked: the `tokens` part of `AuthModule.with`. */
export interface TokenOptions {
  /** Who issues them (`iss`): usually the URL of the service. Default: the application's name, or `plinth`. */
  readonly issuer?: string;
  /** Whom they are for (`aud`). Default: the issuer. */
  readonly audience?: string;
  /** Seconds until a token expires; 600. */
  readonly lifetime?: number;
  /** Seconds by which the clocks of issuer and verifier may differ; 30, at most 300. */
  readonly leeway?: number;
  /**
   * Key pairs to sign with (EdDSA or ES256), so that other services can verify without being able to sign. Of those with a private key
   * the one whose `signsFrom` has come last signs (without times: the first); all that are not retired verify. Default: HS256 with a key
   * derived from APP_KEY.
   */
  readonly keys?: readonly TokenKey[];
}

/** The options with every default filled in, and the keys read. */
export interface TokenSettings extends TokenRules {
  readonly lifetime: number;
  readonly keys: TokenKeys;
}

/** @internal */
export const TOKEN_SETTINGS = token<TokenSettings>('TOKEN_SETTINGS');

/** Fills in the defaults. Throws `AUTH_OPTIONS` when a value would be unsafe or makes no sense. */
export function tokenSettings(options: TokenOptions, keys: TokenKeys, name = 'plinth'): TokenSettings {
  const issuer = notEmpty('tokens.issuer', options.issuer ?? name);
  return {
    issuer,
    audience: notEmpty('tokens.audience', options.audience ?? issuer),
    lifetime: between(1, 31_536_000, 'tokens.lifetime', options.lifetime ?? 600),
    leeway: between(0, 300, 'tokens.leeway', options.leeway ?? 30),
    keys,
  };
}

function notEmpty(option: string, value: string): string {
  if (value !== '') return value;
  throw AUTH_ERRORS.OPTIONS({ option, value: '""', rule: 'it must not be empty' });
}

function between(least: number, most: number, option: string, value: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw AUTH_ERRORS.OPTIONS({ option, value, rule: `it must be an integer of ${least} to ${most} seconds` });
}
