import { HTTP_ERRORS } from '../errors.js';
import { emptyValues } from './parse-query.js';

/** Cookies of one request, and bytes of its Cookie header. */
const limits = { count: 50, bytes: 8192 };

/**
 * The value of one cookie, found by one scan (RFC 6265, 5.4). The first of several with the same name counts: the one
 * of the longest path. Throws `HTTP_COOKIE_LIMIT`.
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  let found: string | undefined;
  if (header !== undefined)
    scan(header, (start, equals, end) => {
      if (found === undefined && equals - start === name.length && header.startsWith(name, start)) found = valueOf(header, equals + 1, end);
    });
  return found;
}

/** The values of the named cookies, as an object without prototype. Throws `HTTP_COOKIE_LIMIT`. */
export function readCookies(header: string | undefined, names: ReadonlySet<string>): Record<string, unknown> {
  const values = emptyValues();
  if (header !== undefined)
    scan(header, (start, equals, end) => {
      const name = header.slice(start, equals);
      if (names.has(name) && values[name] === undefined) values[name] = valueOf(header, equals + 1, end);
    });
  return values;
}

function scan(header: string, visit: (start: number, equals: number, end: number) => void): void {
  if (header.length > limits.bytes) throw HTTP_ERRORS.COOKIE_LIMIT(limits);
  let count = 0;
  for (let from = 0; from < header.length;) {
    let end = header.indexOf(';', from);
    if (end === -1) end = header.length;
    while (from < end && header.charCodeAt(from) === 0x20) from++;
    const equals = header.indexOf('=', from);
    if (equals > from && equals < end) {
      if (++count > limits.count) throw HTTP_ERRORS.COOKIE_LIMIT(limits);
      visit(from, equals, end);
    }
    from = end + 1;
  }
}

function valueOf(header: string, start: number, end: number): string {
  let value = header.slice(start, end).trimEnd();
  if (value.length > 1 && value.startsWith('"') && value.endsWith('"')) value = value.slice(1, -1);
  if (!value.includes('%')) return value;
  try {
    const decoded = decodeURIComponent(value);
    // Nothing that sets a cookie writes it, and what is given the value may end there.
    return decoded.includes('\0') ? value : decoded;
  } catch {
    return value;
  }
}
