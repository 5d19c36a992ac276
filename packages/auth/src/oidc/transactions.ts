import { Injectable } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import type { Cipher } from '../crypto/cipher.js';
import { Keyring } from '../crypto/keyring.js';
import { AUTH_ERRORS } from '../errors.js';
import { OneTimeTokens } from '../one-time/one-time-tokens.js';
import { createOpaqueToken, hashOpaqueToken, isOpaqueToken } from '../token/opaque-token.js';

/** What is known of a sign-in that was begun, until the provider answers. */
export interface Transaction {
  readonly provider: string;
  readonly purpose: 'sign-in' | 'link' | 'verify';
  readonly redirectUri: string;
  /** A path of this site. */
  readonly returnTo: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
  readonly remember?: boolean;
  /** The session that links or verifies. */
  readonly session?: { readonly id: string; readonly userId: string };
}

/** What beginning and finishing read of a request. */
export type TransactionContext = Pick<HttpContext, 'cookie' | 'setCookie'>;

/** The cookie that binds transactions to the browser that began them: 256 random bits, and the number of the next. */
export const OIDC_COOKIE = '__Host-oidc';

const PURPOSE = 'oidc';
/** Seconds. */
const LIFETIME = 600;
/** At the same time in one browser: one more ends the oldest. */
const TABS = 5;
const COOKIE = /^([\w-]{43})\.([0-4])$/;

/**
 * Sign-ins that were begun. What is in them stays on the server, encrypted; the provider sees `state`, which is good once, for ten
 * minutes, in the browser that began (ASVS 5.0, 10.1.2).
 */
@Injectable({ deps: [OneTimeTokens, Keyring] })
export class Transactions {
  readonly #tokens: OneTimeTokens;
  readonly #cipher: Cipher;

  constructor(tokens: OneTimeTokens, keyring: Keyring) {
    this.#tokens = tokens;
    this.#cipher = keyring.cipher('auth.oidc.transaction');
  }

  /** Keeps a transaction, and gives its `state`. */
  async begin(transaction: Transaction, context: TransactionContext): Promise<string> {
    const { secret, next } = readCookie(context);
    const subject = `${hashOpaqueToken(secret)}.${next}`;
    const sealed = this.#cipher.encrypt(JSON.stringify(transaction), subject);
    const { token } = await this.#tokens.issue({ purpose: PURPOSE, subject, lifetime: LIFETIME, data: { sealed } });
    context.setCookie(OIDC_COOKIE, `${secret}.${(next + 1) % TABS}`, {
      maxAge: LIFETIME,
      secure: true,
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
    });
    return token;
  }

  /** Uses a transaction up. Throws `AUTH_OIDC_STATE` unless this very browser began it at this very provider. */
  async take(provider: string, state: string | undefined, context: TransactionContext): Promise<Transaction> {
    const secret = COOKIE.exec(context.cookie(OIDC_COOKIE) ?? '')?.[1];
    if (state === undefined || !isOpaqueToken(state) || secret === undefined) throw AUTH_ERRORS.OIDC_STATE();
    const { subject, data } = await this.#tokens.find(PURPOSE, state).catch(refuse);
    // Looked at before it is used up: whoever has seen the address cannot end a sign-in of somebody else.
    if (subject.split('.', 1)[0] !== hashOpaqueToken(secret)) throw AUTH_ERRORS.OIDC_STATE();
    const transaction = JSON.parse(this.#cipher.decrypt(String(data['sealed']), subject)) as Transaction;
    if (transaction.provider !== provider) throw AUTH_ERRORS.OIDC_STATE();
    await this.#tokens.take(PURPOSE, state).catch(refuse);
    return transaction;
  }
}

function readCookie(context: TransactionContext): { readonly secret: string; readonly next: number } {
  const [, secret, next] = COOKIE.exec(context.cookie(OIDC_COOKIE) ?? '') ?? [];
  return secret === undefined ? { secret: createOpaqueToken(), next: 0 } : { secret, next: Number(next) };
}

function refuse(error: unknown): never {
  throw AUTH_ERRORS.ONE_TIME_TOKEN.is(error) ? AUTH_ERRORS.OIDC_STATE() : error;
}
