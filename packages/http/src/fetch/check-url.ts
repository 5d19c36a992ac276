import { isIP } from 'node:net';
import { HTTP_ERRORS } from '../errors.js';
import type { AddressCheck } from './refused-addresses.js';

/** Reads a URL, and refuses it unless it may be called (`HTTP_FETCH_URL`, `HTTP_FETCH_REFUSED`). */
export type UrlCheck = (input: string | URL, base?: URL) => URL;

const LONGEST = 8192;

/**
 * The checks that need no name resolved (ASVS 1.3.6, 13.2.4, 4.2.5): scheme, credentials, length, host, port, and addresses written
 * as such in any of their spellings, all of which the URL parser turns into one.
 */
export function createUrlCheck(
  mayCall: AddressCheck,
  allow: readonly string[] | undefined,
  ports: readonly number[],
  client: string,
): UrlCheck {
  const hosts = allow?.map((pattern) => readPattern(pattern, client));
  return (input, base) => {
    const url = parse(input, base);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw HTTP_ERRORS.FETCH_URL({ reason: 'only http and https are spoken' });
    if (url.username !== '' || url.password !== '') throw HTTP_ERRORS.FETCH_URL({ reason: 'it holds credentials; send a header instead' });
    if (url.href.length > LONGEST) throw HTTP_ERRORS.FETCH_URL({ reason: `it is longer than ${LONGEST} characters` });
    const host = url.hostname.replace(/\.$/, '');
    if (hosts !== undefined && !hosts.some((matches) => matches(host))) throw refused(host, 'the host is not on the list');
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    if (!ports.includes(port)) throw refused(host, `port ${port} is not on the list`);
    // RFC 6761, section 6.3: loopback, whatever the DNS says.
    if ((host === 'localhost' || host.endsWith('.localhost')) && !mayCall('127.0.0.1') && !mayCall('::1'))
      throw refused(host, 'it is loopback');
    const literal = host.startsWith('[') ? host.slice(1, -1) : host;
    if (isIP(literal) !== 0 && !mayCall(literal)) throw refused(host, `${literal} is not public`);
    return url;
  };
}

/** The refusal of a host. Why stands in its cause, which is logged and not sent: an answer must not map a network. */
export function refused(host: string, why: string): Error {
  return HTTP_ERRORS.FETCH_REFUSED({ host }, { cause: new Error(why) });
}

function parse(input: string | URL, base: URL | undefined): URL {
  const url = URL.parse(String(input), base?.href);
  if (url === null) throw HTTP_ERRORS.FETCH_URL({ reason: 'it is not a URL' });
  if (base === undefined) return url;
  // Against "//other.example" and "../": a path of a client stays below its base.
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname))
    throw HTTP_ERRORS.FETCH_URL({ reason: 'it leads away from the base of its client' });
  return url;
}

function readPattern(pattern: string, client: string): (host: string) => boolean {
  const bare = pattern.startsWith('*.') ? pattern.slice(2) : pattern;
  const url = URL.parse(`http://${bare}`);
  if (url === null || url.host === '' || url.pathname !== '/' || url.port !== '' || url.username !== '' || bare.includes('*'))
    throw HTTP_ERRORS.FETCH_OPTIONS({ client, reason: `allow holds "${pattern}", which is no host` });
  const host = url.hostname;
  return pattern.startsWith('*.')
    ? (candidate) => candidate.endsWith(`.${host}`) && candidate.length > host.length + 1
    : (candidate) => candidate === host;
}
