import type { RouteContext } from '../request/http-context.js';
import { isOrigin } from '../cors/origin-list.js';

/** Where a request comes from: a page of ours, of somebody else, or nobody says (`nowhere`: the browser hides it). */
export type RequestSite = 'ours' | 'foreign' | 'nowhere' | 'unsaid';

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Reads where a request comes from (ASVS 5.0, 3.5.1). Fetch Metadata decides where the browser sends it; else Origin; else Referer.
 * `isTrusted` knows the other origins that count as ours.
 */
export function readSite(context: RouteContext, isTrusted: (origin: string) => boolean): RequestSite {
  const { headers } = context.request;
  const fetchSite = headers['sec-fetch-site'];
  if (fetchSite === 'same-origin' || fetchSite === 'none') return 'ours';
  const { origin } = headers;
  if (origin !== undefined && isOrigin(origin) && isTrusted(origin)) return 'ours';
  // A browser that says cross-site or same-site is believed; only one that says nothing is judged by its Origin.
  if (fetchSite !== undefined) return 'foreign';
  if (origin === 'null') return 'nowhere';
  if (origin !== undefined) return isOwnOrigin(origin, context) ? 'ours' : 'foreign';
  const { referer } = headers;
  if (referer === undefined) return 'unsaid';
  const page = URL.canParse(referer) ? new URL(referer).origin : 'null';
  return isTrusted(page) || isOwnOrigin(page, context) ? 'ours' : 'foreign';
}

// The host, where a trusted proxy names it that one, has been checked against APP_HOSTS. Plain http counts only on this machine:
// elsewhere whoever sits on the line could answer for http://our.host and send its forms here.
function isOwnOrigin(origin: string, { host, protocol }: RouteContext): boolean {
  if (host === '') return false;
  if (origin === `https://${host}`) return true;
  if (!isOrigin(origin)) return false;
  const url = new URL(origin);
  if (url.host !== normalHost(host, url.protocol)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && protocol === 'http' && loopback.test(url.hostname));
}

function normalHost(host: string, protocol: string): string | undefined {
  const text = `${protocol}//${host}`;
  return URL.canParse(text) ? new URL(text).host : undefined;
}
