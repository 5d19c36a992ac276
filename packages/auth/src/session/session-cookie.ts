import { clearSiteData, type HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import type { NewSession } from './session.js';

/**
 * The name of the session cookie. `__Host-` makes browsers insist on Secure, Path=/ and no Domain, so that neither a neighbouring host
 * nor plain http can set it (RFC 6265bis, 4.1.3.2).
 */
export const SESSION_COOKIE = '__Host-sid';
const PAIR = `${SESSION_COOKIE}=`;
/** Fifty cookies take more than that. */
const SHORT = 199;
const TOKEN = /^[\w-]+$/;

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
  const header = context.header('cookie');
  const plain = header === undefined ? undefined : plainToken(header);
  if (plain !== undefined) return plain;
  const count = countSessionCookies(header ?? '');
  if (count > 1) throw AUTH_ERRORS.SESSION_COOKIE({ count });
  return context.cookie(SESSION_COOKIE) || undefined;
}

/**
 * The same for guards and sign-ins, which do it before anything else. With several cookies the browser could never sign in again: they are
 * taken away. @internal
 */
export function readOneCookie(context: Pick<HttpContext, 'cookie' | 'header' | 'setCookie'>): string | undefined {
  try {
    return readSessionCookie(context);
  } catch (error) {
    clearSessionCookie(context);
    throw error;
  }
}

// What guards read with every request, in one go: one cookie of this name whose value needs no decoding, in a header that is too short to
// break a limit of cookies.
function plainToken(header: string): string | undefined {
  if (header.length >= SHORT) return undefined;
  const at = header.indexOf(PAIR);
  if (at === -1 || header.includes(PAIR, at + PAIR.length)) return undefined;
  if (at !== 0 && !header.startsWith('; ', at - 2)) return undefined;
  const end = header.indexOf(';', at);
  const value = end === -1 ? header.slice(at + PAIR.length) : header.slice(at + PAIR.length, end);
  return TOKEN.test(value) ? value : undefined;
}

function countSessionCookies(header: string): number {
  // What does not stand there twice is not there twice.
  const first = header.indexOf(PAIR);
  if (first === -1 || !header.includes(PAIR, first + PAIR.length)) return first === -1 ? 0 : 1;
  return header.split(';').filter((pair) => pair.trimStart().startsWith(PAIR)).length;
}
