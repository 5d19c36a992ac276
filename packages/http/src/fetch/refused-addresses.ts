import { BlockList, isIP } from 'node:net';
import { HTTP_ERRORS } from '../errors.js';

/** Whether an address may be called. */
export type AddressCheck = (address: string) => boolean;

// IANA special-purpose registry (RFC 6890 and its followers), multicast, and what is reserved.
const refusedV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

// Within 2000::/3, outside of which nothing is called: protocol assignments with Teredo, documentation, 6to4.
const refusedV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

// Give out credentials to whoever asks from within a cloud; the second is a public address (Azure).
const metadata = [
  '169.254.169.254',
  '168.63.129.16',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  'fd00:ec2::254',
  'fd20:ce::254',
  'fd00:ec2::23',
];

/**
 * A check of resolved addresses: public unicast addresses pass. Of IPv6 only 2000::/3 does, so that mapped, compatible and
 * translated forms of IPv4 addresses (::ffff:0:0/96, ::/96, 64:ff9b::/96, 2002::/16) are refused whatever they hold. `allowed` are addresses or ranges that pass all the
 * same; the metadata addresses of clouds only where they are named one by one. Throws `HTTP_FETCH_OPTIONS`.
 */
export function createAddressCheck(allowed: readonly string[], client: string): AddressCheck {
  const v4 = listOf(refusedV4, 'ipv4');
  const global = listOf([['2000::', 3]], 'ipv6');
  const v6 = listOf(refusedV6, 'ipv6');
  const opened = new BlockList();
  const openedOne = new BlockList();
  const secret = new BlockList();
  for (const address of metadata) secret.addAddress(address, familyOf(address));
  for (const range of allowed) addRange(range, opened, openedOne, client);
  return (address) => {
    if (isIP(address) === 0) return false;
    const family = familyOf(address);
    // BlockList takes ::ffff:10.0.0.1 for 10.0.0.1: what is allowed as IPv4 is not allowed in that disguise.
    const mapped = family === 'ipv6' && !v6Plain(address);
    if (mapped) return false;
    if (openedOne.check(address, family)) return true;
    if (secret.check(address, family)) return false;
    if (opened.check(address, family)) return true;
    return family === 'ipv4' ? !v4.check(address, family) : global.check(address, family) && !v6.check(address, family);
  };
}

const mappedRange = new BlockList();
mappedRange.addSubnet('::ffff:0:0', 96, 'ipv6');

function v6Plain(address: string): boolean {
  return !mappedRange.check(address, 'ipv6');
}

function listOf(ranges: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix, family);
  return list;
}

function addRange(range: string, opened: BlockList, openedOne: BlockList, client: string): void {
  const [net = '', prefix, ...rest] = range.split('/');
  const bits = isIP(net) === 6 ? 128 : 32;
  if (isIP(net) === 0 || rest.length > 0 || (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits)))
    throw HTTP_ERRORS.FETCH_OPTIONS({ client, reason: `allowPrivate holds "${range}", which is no address or range` });
  if (prefix === undefined || Number(prefix) === bits) openedOne.addAddress(net, familyOf(net));
  else opened.addSubnet(net, Number(prefix), familyOf(net));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
