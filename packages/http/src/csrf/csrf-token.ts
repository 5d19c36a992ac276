import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AppKey } from '@plinth/core';
import type { HttpContext } from '../contract/context-of.js';
import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import type { ServerState } from '../server/server-state.js';

/** The cookie that a token belongs to; scripts cannot read it. */
export const CSRF_COOKIE = '__Host-csrf';
/** The request header in which a script sends the token. */
export const CSRF_HEADER = 'x-csrf-token';
/** The field in which a form sends it; it is taken out of the body before the schema sees it. */
export const CSRF_FIELD = '_csrf';

const secretBytes = 32;
const cookieForm = /^[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/;
const tokenForm = /^[A-Za-z0-9_-]{86}$/;

/**
 * Tokens as a signed double submit: the cookie holds a secret with its HMAC over the session, the token is the secret, masked anew in
 * every answer so that compression cannot give it away (BREACH).
 */
export class CsrfTokens {
  readonly #keys: readonly Buffer[];

  constructor(appKey: AppKey) {
    this.#keys = [appKey.derive('http.csrf'), ...appKey.derivePrevious('http.csrf')];
  }

  /** The token for this answer. Sets the cookie where there is none for this session. */
  issue(context: RouteContext): string {
    const session = context.cookieSession ?? '';
    let secret = this.#secretOf(context, session, 1);
    if (secret === undefined) {
      // Two tokens of one answer belong to one cookie.
      secret = fresh.get(context) ?? randomBytes(secretBytes);
      if (!fresh.has(context)) {
        fresh.set(context, secret);
        context.setCookie(CSRF_COOKIE, `${encode(secret)}.${this.#sign(this.#keys[0] as Buffer, secret, session)}`, { sameSite: 'strict' });
      }
    }
    const mask = randomBytes(secretBytes);
    return encode(Buffer.concat([mask, xor(mask, secret)]));
  }

  /** Whether a token belongs to the cookie of the request, and that to its session. */
  accepts(context: RouteContext, token: unknown): boolean {
    if (typeof token !== 'string' || !tokenForm.test(token)) return false;
    const secret = this.#secretOf(context, context.cookieSession ?? '', this.#keys.length);
    if (secret === undefined) return false;
    const bytes = Buffer.from(token, 'base64url');
    return timingSafeEqual(xor(bytes.subarray(0, secretBytes), bytes.subarray(secretBytes)), secret);
  }

  #secretOf(context: RouteContext, session: string, keys: number): Buffer | undefined {
    const cookie = context.cookie(CSRF_COOKIE);
    if (cookie === undefined || !cookieForm.test(cookie)) return undefined;
    const [text, mac] = cookie.split('.') as [string, string];
    const secret = Buffer.from(text, 'base64url');
    const given = Buffer.from(mac);
    const known = this.#keys.slice(0, keys).some((key) => timingSafeEqual(Buffer.from(this.#sign(key, secret, session)), given));
    return known ? secret : undefined;
  }

  #sign(key: Buffer, secret: Buffer, session: string): string {
    return createHmac('sha256', key).update(secret).update(session).digest('base64url');
  }
}

const fresh = new WeakMap<RouteContext, Buffer>();

/** The tokens of each server that has them. @internal */
export const TOKENS_OF = new WeakMap<ServerState, CsrfTokens>();

/**
 * A CSRF token for the page that is being written: for a hidden form field `_csrf` or the header `X-CSRF-Token`. Bound to the session
 * (or, before a sign-in, to the browser), so that it is another one after signing in. Throws `HTTP_COOKIE_KEY` without `csrf: { tokens: true }`.
 */
export function csrfToken(context: HttpContext): string {
  const own = context as unknown as RouteContext;
  const tokens = TOKENS_OF.get(own.server);
  if (tokens === undefined) throw HTTP_ERRORS.COOKIE_KEY({ what: 'csrfToken()', reason: 'the tokens are not switched on' });
  return tokens.issue(own);
}

function xor(left: Uint8Array, right: Uint8Array): Buffer {
  const result = Buffer.alloc(left.length);
  for (let index = 0; index < left.length; index++) result[index] = (left[index] as number) ^ (right[index] as number);
  return result;
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url');
}
