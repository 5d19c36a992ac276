import { clearSiteData, type HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import type { NewSession } from './session.js';

/**
 * The name of the session cookie. `__Host-` makes browsers insist on Secure, Path=/ and no Domain, so that neither a neighbouring host
 * nor plain http can set it (RFC 6265bis, 4.1.3.2).
 */
export const SESSION_COOKIE = '__Host-sid';

/** Sends the cookie of a session just started or rotated: Secure, HttpOnly, SameSite=Lax. */
export function setSessionCookie(context: Pick<HttpContext, 'setCookie'>, created: NewSession): void {
  const lasting = created.maxAge === undefined ? {} : { maxAge: created.maxAge };
  context.setCookie(SESSION_COOKIE, created.token, { ...lasting, secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
}

/** Takes the cookie away. */
export function clearSessionCookie(context: Pick<HttpContext, 'setCookie'>): void {
  context.setCookie(SESSION_COOKIE, '', { maxAge: 0, secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
}

/** Takes the cookie away and asks the browser to forget what it stored of this site (ASVS 5.0, 14.3.1): for the answer of a sign-out. */
export function clearSite(context: Pick<HttpContext, 'setCookie' | 'setHeader'>): void {
  clearSessionCookie(context);
  clearSiteData(context);
}

/**
 * The token in the request's session cookie, if there is one: for `Sessions.create({ replaces })`, `rotate` and `end`.
 * Throws `AUTH_SESSION_COOKIE` (401) when there are several: which one would count is not for the sender to choose.
 */
export function readSessionCookie(context: Pick<HttpContext, 'cookie' | 'header'>): string | undefined {
  const count = countSessionCookies(context.header('cookie') ?? '');
  if (count > 1) throw AUTH_ERRORS.SESSION_COOKIE({ count });
  return context.cookie(SESSION_COOKIE) || undefined;
}

function countSessionCookies(header: string): number {
  return header.split(';').filter((pair) => pair.trimStart().startsWith(`${SESSION_COOKIE}=`)).length;
}
