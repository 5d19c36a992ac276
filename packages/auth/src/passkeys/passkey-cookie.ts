import type { HttpContext } from '@plinth/http';
import { createOpaqueToken, hashOpaqueToken, isOpaqueToken } from '../token/opaque-token.js';

/** The cookie that binds the challenge of a sign-in to the browser that asked for it, while there is no session. @internal */
export const PASSKEY_COOKIE = '__Host-passkey';

/** What marks this browser, as a hash. A new browser is sent its cookie; in one that has it, the challenges of other tabs stay good. */
export function markBrowser(context: Pick<HttpContext, 'cookie' | 'setCookie'>, seconds: number): string {
  const known = context.cookie(PASSKEY_COOKIE);
  const mark = isOpaqueToken(known) ? known : createOpaqueToken();
  context.setCookie(PASSKEY_COOKIE, mark, { maxAge: seconds, secure: true, httpOnly: true, sameSite: 'strict', path: '/' });
  return hashOpaqueToken(mark);
}

/** The mark of the browser that a request comes from; undefined when it has none. */
export function markOf(context: Pick<HttpContext, 'cookie'>): string | undefined {
  const mark = context.cookie(PASSKEY_COOKIE);
  return isOpaqueToken(mark) ? hashOpaqueToken(mark) : undefined;
}
