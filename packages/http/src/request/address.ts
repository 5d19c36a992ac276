import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** Longer than any address with brackets, zone and port: what is longer is not looked at. */
const LONGEST = 100;

/**
 * The one spelling of an IP address, or `undefined` where a text is none: IPv6 compressed and in lower case (RFC 5952), IPv4-mapped
 * IPv6 as IPv4, without zone, brackets and port. Two spellings of one client must never count as two.
 */
export function canonicalAddress(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  if (isIPv4(text)) return text;
  const bare = withoutPort(text);
  if (isIPv4(bare)) return bare;
  const zone = bare.indexOf('%');
  const address = zone === -1 ? bare : bare.slice(0, zone);
  return isIPv6(address) ? unmapped(new SocketAddress({ address, family: 'ipv6' }).address) : undefined;
}

function withoutPort(text: string): string {
  if (text.startsWith('[')) return /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? '';
  const colon = text.indexOf(':');
  // More colons than one: an IPv6 address, which has no port without brackets.
  return colon !== -1 && text.indexOf(':', colon + 1) === -1 && /^\d{1,5}$/.test(text.slice(colon + 1)) ? text.slice(0, colon) : text;
}

function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
