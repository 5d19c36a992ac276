import type { IncomingMessage } from 'node:http';
import { canonicalAddress } from './address.js';
import { remoteAddress } from './remote-address.js';
import type { ProxyTrust } from './trust-proxy.js';

/** What trusted proxies say of a request. */
export interface Origin {
  /** The client's address: the first one, from the nearest hop outwards, that is not trusted. */
  readonly ip: string;
  /** As the client asked for it; `undefined` where no proxy says so. */
  readonly protocol: 'http' | 'https' | undefined;
  /** With its port, if it has one; not checked. `undefined` where no proxy says so. */
  readonly host: string | undefined;
}

/** Names of the headers in which proxies report; only those of trusted ones are shown to anybody. */
export const FORWARDED_HEADERS: ReadonlySet<string> = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
]);

/**
 * Reads the forwarded headers of a request, from the nearest hop outwards, as far as each hop is trusted. An entry that is no address ends the walk
 * at the hop that reported it. Of a peer that is not trusted nothing is read.
 */
export function readOrigin(request: IncomingMessage, trust: ProxyTrust): Origin {
  const peer = remoteAddress(request);
  if (!trust.trusts(peer, 0)) return { ip: peer, protocol: undefined, host: undefined };
  return trust.header === 'forwarded' ? readForwarded(request, trust, peer) : readXForwarded(request, trust, peer);
}

function readXForwarded({ headers }: IncomingMessage, trust: ProxyTrust, peer: string): Origin {
  const list = lineOf(headers['x-forwarded-for']);
  let ip = peer;
  let end = list.length;
  for (let hop = 0; end > 0 && trust.trusts(ip, hop); hop++) {
    const comma = list.lastIndexOf(',', end - 1);
    const address = canonicalAddress(list.slice(comma + 1, end).trim());
    if (address === undefined) break;
    ip = address;
    end = comma;
  }
  // Only the last value was certainly written by a trusted hop: what stands before it may be the client's.
  return { ip, protocol: protocolOf(lastOf(headers['x-forwarded-proto'])), host: lastOf(headers['x-forwarded-host']) };
}

function readForwarded({ headers }: IncomingMessage, trust: ProxyTrust, peer: string): Origin {
  const elements = parseForwarded(lineOf(headers.forwarded));
  let ip = peer;
  let told: ForwardedElement | undefined;
  for (let hop = 0; hop < elements.length && trust.trusts(ip, hop); hop++) {
    // Each hop describes with its element who came to it, and how.
    told = elements[elements.length - 1 - hop] as ForwardedElement;
    const address = canonicalAddress(told.for ?? '');
    if (address === undefined) break;
    ip = address;
  }
  return { ip, protocol: protocolOf(told?.proto), host: told?.host };
}

/** One element of Forwarded: what one hop says. */
interface ForwardedElement {
  for?: string;
  proto?: string;
  host?: string;
}

const pair = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+))[ \t]*(;|,|$)/y;

/** The elements of a Forwarded header (RFC 7239, 4); none where it is malformed, as what a client left open could swallow what a proxy added. */
function parseForwarded(line: string): readonly ForwardedElement[] {
  if (line === '') return [];
  const elements: ForwardedElement[] = [{}];
  for (pair.lastIndex = 0; ;) {
    const match = pair.exec(line);
    if (match === null) return [];
    const name = (match[1] as string).toLowerCase();
    const current = elements[elements.length - 1] as ForwardedElement;
    if (name === 'for' || name === 'proto' || name === 'host') {
      if (current[name] !== undefined) return [];
      current[name] = match[2]?.replace(/\\(.)/g, '$1') ?? (match[3] as string);
    }
    if (match[4] === '') return elements;
    if (match[4] === ',') elements.push({});
  }
}

function lastOf(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  const line = lineOf(value);
  const last = line.slice(line.lastIndexOf(',') + 1).trim();
  return last === '' ? undefined : last;
}

function lineOf(value: string | readonly string[] | undefined): string {
  return value === undefined ? '' : typeof value === 'string' ? value : value.join(',');
}

function protocolOf(text: string | undefined): 'http' | 'https' | undefined {
  const lower = text?.toLowerCase();
  return lower === 'http' || lower === 'https' ? lower : undefined;
}
