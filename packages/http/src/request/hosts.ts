import { isIPv6 } from 'node:net';
import { HTTP_ERRORS } from '../errors.js';

/** Decides which `Host` values are served: an exact list, "*.example.com" for subdomains, a port only where one is named. */
export interface Hosts {
  /** Throws `HTTP_HOST` (400) for a malformed value and `HTTP_HOST_NOT_SERVED` (421) for one that is not in the list. */
  check(host: string): void;
  /** Whether it is in the list. Throws `HTTP_HOST` (400) for a malformed value. */
  serves(host: string): boolean;
  readonly patterns: readonly string[];
}

/** What a server in development answers for: this machine only. */
export const LOOPBACK_HOSTS: readonly string[] = ['localhost', '*.localhost', '127.0.0.1', '[::1]'];

// reg-name without percent-encoding and sub-delims, an IPv4 address, or an IPv6 literal; then a port (RFC 9110, 7.2).
const wellFormedHost = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?\.?|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;
const remembered = 256;

/** Throws `HTTP_HOSTS` when a pattern is not a host name. */
export function createHosts(patterns: readonly string[]): Hosts {
  const exact = new Set<string>();
  const suffixes: string[] = [];
  for (const pattern of patterns) {
    const bare = pattern.startsWith('*.') ? pattern.slice(2) : pattern;
    if (!isHost(bare)) throw HTTP_ERRORS.HOSTS({ value: JSON.stringify(pattern) });
    if (bare === pattern) exact.add(pattern.toLowerCase());
    else suffixes.push(pattern.slice(1).toLowerCase());
  }
  const known = new Set<string>();
  let latest: string | undefined;
  const serves = (host: string): boolean => {
    // Nearly every request names the same host; comparing is cheaper than hashing.
    if (host === latest || known.has(host)) return true;
    if (!isHost(host)) throw HTTP_ERRORS.HOST({ reason: 'its value is not a host name' });
    if (!isServed(host.toLowerCase(), exact, suffixes)) return false;
    // Bounded: behind "*.example.com" the names are the client's choice.
    if (known.size < remembered) known.add(host);
    latest = host;
    return true;
  };
  return {
    patterns,
    serves,
    check(host) {
      if (!serves(host)) throw HTTP_ERRORS.HOST_NOT_SERVED();
    },
  };
}

/** Whether a text is a host with an optional port. */
export function isHost(text: string): boolean {
  const match = wellFormedHost.exec(text);
  if (match === null || text.includes('..') || (match[1] !== undefined && Number(match[1]) > 65_535)) return false;
  return !text.startsWith('[') || isIPv6(text.slice(1, text.indexOf(']')));
}

function isServed(host: string, exact: ReadonlySet<string>, suffixes: readonly string[]): boolean {
  // A dot at the end says that the name is complete (RFC 3986, 3.2.2): the same host.
  const name = withoutPort(host).replace(/\.$/, '');
  return exact.has(host) || exact.has(name) || suffixes.some((suffix) => name.endsWith(suffix) && name.length > suffix.length);
}

function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':');
  return colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
}
