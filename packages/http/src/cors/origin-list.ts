import { HTTP_ERRORS } from '../errors.js';
import type { CorsOptions } from './cors-options.js';

/** Decides about an origin as the header gives it. */
export interface OriginList {
  /** Whether every origin is meant, without looking. */
  readonly all: boolean;
  has(origin: string): boolean;
}

// What browsers serialize: scheme, host in lower case, and a port only where it is not the scheme's (RFC 6454, 6.2).
const wellFormed = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?|\[[0-9a-f:.]{2,45}\])(?::[1-9]\d{0,4})?$/;
const pattern = /^(https?:\/\/)\*(\.[a-z0-9-]+(?:\.[a-z0-9-]+)+)((?::[1-9]\d{0,4})?)$/;
const labels = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Makes the list of declared origins. Throws `HTTP_CORS` for an entry that no browser would send, or that says more than it seems to. */
export function createOriginList({ origins, credentials }: Pick<CorsOptions, 'origins' | 'credentials'>): OriginList {
  if (typeof origins === 'function') return { all: false, has: (origin) => isOrigin(origin) && origins(origin) === true };
  if (!Array.isArray(origins)) throw refuse(origins, '`origins` is neither a list nor a function');
  const entries = origins as readonly string[];
  if (entries.includes('*')) {
    if (entries.length > 1) throw refuse('*', 'it stands beside other origins, which it makes void');
    if (credentials === true) throw refuse('*', 'with `credentials` every site could act as the user; list the origins');
    return { all: true, has: isOrigin };
  }
  const exact = new Set<string>();
  const patterns: ((origin: string) => boolean)[] = [];
  for (const entry of entries) {
    const match = typeof entry === 'string' ? pattern.exec(entry) : null;
    if (match !== null) patterns.push(subdomains(match[1] as string, `${match[2]}${match[3]}`));
    else exact.add(exactOrigin(entry));
  }
  return {
    all: false,
    has: (origin) => exact.has(origin) || (patterns.length > 0 && isOrigin(origin) && patterns.some((fits) => fits(origin))),
  };
}

/** Whether a text is an origin as browsers serialize them; `null` is none. */
export function isOrigin(text: string): boolean {
  return text.length <= 300 && wellFormed.test(text);
}

function exactOrigin(entry: unknown): string {
  if (entry === 'null') throw refuse(entry, 'it is the origin of sandboxed frames and files of anybody');
  if (typeof entry !== 'string' || entry.includes('*'))
    throw refuse(entry, 'a "*" may only stand for subdomains of a domain, as in "https://*.example.com"');
  const url = URL.canParse(entry) ? new URL(entry) : undefined;
  const origin = url?.origin === 'null' ? `${url.protocol}//${url.host}` : url?.origin;
  if (origin === undefined || origin !== entry || !isOrigin(entry))
    throw refuse(entry, origin !== undefined && isOrigin(origin) ? `browsers send "${origin}"` : 'it is not an origin');
  return entry;
}

function subdomains(start: string, end: string): (origin: string) => boolean {
  return (origin) =>
    origin.length > start.length + end.length &&
    origin.startsWith(start) &&
    origin.endsWith(end) &&
    labels.test(origin.slice(start.length, -end.length));
}

function refuse(value: unknown, reason: string): Error {
  return HTTP_ERRORS.CORS({ value: typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value)), reason });
}
