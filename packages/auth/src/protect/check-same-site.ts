import { AUTH_ERRORS } from '../errors.js';

/** What the check reads of a request. */
export interface SiteRequest {
  readonly method: string;
  header(name: string): string | undefined;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY']);
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Refuses an unsafe request that another site made the browser send (CSRF; ASVS 5.0, 3.5.1). Needed wherever a cookie authenticates.
 * Fetch Metadata decides where the browser sends it; else Origin; else Referer; a request with none of them is refused.
 * `origins` are other sites that are trusted. Throws `AUTH_CROSS_SITE`.
 */
export function checkSameSite(request: SiteRequest, origins: ReadonlySet<string>): void {
  if (SAFE.has(request.method)) return;
  const fetchSite = request.header('sec-fetch-site');
  if (fetchSite === 'same-origin' || fetchSite === 'none') return;
  const origin = request.header('origin') ?? originOf(request.header('referer'));
  if (origin !== undefined && origins.has(origin)) return;
  // A browser that says cross-site or same-site is believed; only an old one that says nothing is judged by its Origin.
  if (fetchSite === undefined && origin !== undefined && isOwnOrigin(origin, request.header('host'))) return;
  throw AUTH_ERRORS.CROSS_SITE({ method: request.method, origin: quoted(origin) });
}

// The Host header has been checked against APP_HOSTS. Plain http counts only on this machine: elsewhere whoever sits on the line
// could answer for http://our.host and send its forms here.
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === normalHost(host, url.protocol) && (url.protocol === 'https:' || LOOPBACK.test(url.hostname));
}

function normalHost(host: string, protocol: string): string | undefined {
  const text = `${protocol}//${host}`;
  return URL.canParse(text) ? new URL(text).host : undefined;
}

function originOf(referer: string | undefined): string | undefined {
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
}

function quoted(origin: string | undefined): string {
  return origin === undefined ? 'a page that it does not name' : JSON.stringify(origin.slice(0, 100));
}
