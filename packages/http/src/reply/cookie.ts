import { HTTP_ERRORS } from '../errors.js';
import type { CookieOptions } from './cookie-options.js';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// cookie-octet without "%", which marks our own escapes.
const plainValue = /^[\x21\x23\x24\x26-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const attributeText = /^[\x20-\x3a\x3c-\x7e]+$/;
const domainName = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
const sameSites = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;
const priorities = { low: 'Low', medium: 'Medium', high: 'High' } as const;
const maximumBytes = 4096;

/**
 * The value of a `Set-Cookie` header (RFC 6265bis): `Secure`, `HttpOnly`, `SameSite=Lax` and `Path=/` unless said otherwise; a value
 * with other characters than cookies allow is percent-encoded. Throws `HTTP_COOKIE` for anything a browser would drop or misread.
 *
 * @example
 * cookie('__Host-sid', 'x8f3', { maxAge: 3600 });
 */
export function cookie(name: string, value: string, options: CookieOptions = {}): string {
  const { maxAge, expires, path = '/', domain, secure = true, httpOnly = true, sameSite = 'lax', partitioned = false, priority } = options;
  const check = (fits: boolean, reason: string) => {
    if (!fits) throw HTTP_ERRORS.COOKIE({ name: JSON.stringify(name), reason });
  };
  check(typeof name === 'string' && token.test(name), 'its name is not a token');
  check(typeof value === 'string' && value.isWellFormed(), 'its value is not well-formed text');
  check(path.startsWith('/') && attributeText.test(path), 'its path does not start with "/" or holds ";" or a control character');
  check(domain === undefined || domainName.test(domain), 'its domain is not a host name');
  check(maxAge === undefined || Number.isSafeInteger(maxAge), 'its maxAge is not a whole number of seconds');
  check(expires === undefined || !Number.isNaN(expires.getTime()), 'its expiry is not a date');
  check(Object.hasOwn(sameSites, sameSite), 'its sameSite is not strict, lax or none');
  check(priority === undefined || Object.hasOwn(priorities, priority), 'its priority is not low, medium or high');
  check(secure || sameSite !== 'none', 'sameSite "none" needs secure');
  check(secure || !partitioned, 'partitioned needs secure');
  // Browsers compare the prefixes without regard to case.
  const prefix = name.toLowerCase();
  check(secure || !/^__(?:host|secure|http)-/.test(prefix), 'its prefix needs secure');
  check(httpOnly || !/^__(?:host-)?http-/.test(prefix), 'its prefix needs httpOnly');
  check(!prefix.startsWith('__host-') || (path === '/' && domain === undefined), 'the prefix __Host- needs the path "/" and no domain');

  let line = `${name}=${plainValue.test(value) ? value : encodeURIComponent(value)}; Path=${path}`;
  if (domain !== undefined) line += `; Domain=${domain}`;
  if (maxAge !== undefined) line += `; Max-Age=${maxAge}`;
  if (expires !== undefined) line += `; Expires=${expires.toUTCString()}`;
  if (secure) line += '; Secure';
  if (httpOnly) line += '; HttpOnly';
  line += `; SameSite=${sameSites[sameSite]}`;
  if (partitioned) line += '; Partitioned';
  if (priority !== undefined) line += `; Priority=${priorities[priority]}`;
  check(line.length <= maximumBytes, `it is longer than ${maximumBytes} bytes`);
  return line;
}
