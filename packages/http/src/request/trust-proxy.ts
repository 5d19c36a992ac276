import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { HTTP_ERRORS } from '../errors.js';
import { canonicalAddress } from './address.js';

/**
 * Whose forwarded headers are believed. A number: that many proxies stand in front, and clients reach the service through them only.
 * Addresses and networks: `10.0.0.0/8`, `::1`, and by name `loopback` (127.0.0.0/8, ::1), `linklocal` (169.254.0.0/16, fe80::/10) and
 * `uniquelocal` (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7). A function decides on each address itself; `hop` is 0 for the
 * peer of the socket.
 */
export type TrustedProxies = number | string | readonly string[] | ((address: string, hop: number) => boolean) | false;

/** `trust` of `HttpModule.with`: the proxies alone, or with the header in which they report. */
export type TrustOption = TrustedProxies | TrustOptions;

/** Trusted proxies, and what they write. */
export interface TrustOptions {
  /** Default: those of `APP_TRUST_PROXY`. */
  readonly proxies?: TrustedProxies;
  /**
   * `x-forwarded`: X-Forwarded-For, -Proto and -Host; `forwarded`: Forwarded (RFC 7239). One of them is read, never both: a proxy that
   * writes one passes the other on as the client sent it. Default `x-forwarded`.
   */
  readonly header?: 'x-forwarded' | 'forwarded';
}

/** The trusted proxies of a server, ready to ask. */
export interface ProxyTrust {
  /** Whether an address (canonical) is trusted as the hop with this number. */
  trusts(address: string, hop: number): boolean;
  readonly header: 'x-forwarded' | 'forwarded';
}

/**
 * The trust of a server; `null` where no proxy is trusted. `fromEnvironment` (`APP_TRUST_PROXY`) stands over the option.
 * Throws `HTTP_TRUST` for what is no hop count, address or network, and for what would believe everybody.
 */
export function createTrust(option: TrustOption | undefined, fromEnvironment = ''): ProxyTrust | null {
  const { proxies, header = 'x-forwarded' } = typeof option === 'object' && isOptions(option) ? option : { proxies: option };
  if (header !== 'x-forwarded' && header !== 'forwarded') refuse(header, 'headers are "x-forwarded" and "forwarded"');
  const trusts = decide(fromEnvironment === '' ? proxies : parseProxies(fromEnvironment));
  return trusts === null ? null : { trusts, header };
}

function isOptions(option: TrustOptions | readonly string[]): option is TrustOptions {
  return !Array.isArray(option);
}

function parseProxies(text: string): TrustedProxies {
  const trimmed = text.trim();
  if (trimmed === 'off') return false;
  return /^\d+$/.test(trimmed) ? Number(trimmed) : trimmed.split(',').map((part) => part.trim());
}

function decide(proxies: TrustedProxies | undefined): ProxyTrust['trusts'] | null {
  if (proxies === undefined || proxies === false || proxies === 0) return null;
  if (typeof proxies === 'function') return proxies;
  if (typeof proxies === 'number') {
    if (!Number.isInteger(proxies) || proxies < 0 || proxies > 32) return refuse(proxies, 'a number of hops is a whole number up to 32');
    return (_address, hop) => hop < proxies;
  }
  if (typeof proxies === 'string') return byNetwork([proxies]);
  if (Array.isArray(proxies)) return proxies.length === 0 ? null : byNetwork(proxies as readonly string[]);
  return refuse(proxies, 'it would believe whatever a client says');
}

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

function byNetwork(entries: readonly unknown[]): ProxyTrust['trusts'] {
  const list = new BlockList();
  for (const entry of entries) {
    const text = String(entry);
    for (const network of Object.hasOwn(NAMED, text) ? (NAMED[text] as readonly string[]) : [text]) addNetwork(list, network);
  }
  return (address) => list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}

function addNetwork(list: BlockList, text: string): void {
  const slash = text.indexOf('/');
  const written = slash === -1 ? text : text.slice(0, slash);
  if (!isIPv4(written) && !isIPv6(written)) refuse(text, 'it is neither an address, a network nor a name');
  const address = canonicalAddress(written) as string;
  const bits = address.includes(':') ? 128 : 32;
  if (slash === -1) return list.addAddress(address, bits === 128 ? 'ipv6' : 'ipv4');
  const length = text.slice(slash + 1);
  // A network of IPv4-mapped addresses is the IPv4 network.
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) - (written.includes(':') && bits === 32 ? 96 : 0) : -1;
  if (prefix < 0 || prefix > bits) refuse(text, `its prefix length must be a number up to ${bits}`);
  if (prefix === 0) refuse(text, 'it holds every address, and would believe whatever a client says');
  list.addSubnet(address, prefix, bits === 128 ? 'ipv6' : 'ipv4');
}

function refuse(value: unknown, reason: string): never {
  throw HTTP_ERRORS.TRUST({ value: typeof value === 'string' ? JSON.stringify(value) : String(value), reason });
}
