import { canonicalAddress } from './address.js';

/**
 * What stands for a client: its IPv4 address, or the /64 network of its IPv6 address, which one subscriber has all to itself. An
 * IPv4-mapped IPv6 address is the IPv4 address. What is no address stands for itself.
 */
export function clientKey(ip: string): string {
  if (!ip.includes(':')) return ip;
  const address = canonicalAddress(ip);
  if (address === undefined || !address.includes(':')) return address ?? ip;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  // The last 32 bits may be written as IPv4: two groups in one.
  const rest = tail === undefined || tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
  while (tail !== undefined && groups.length + rest < 8) groups.push('0');
  if (tail !== undefined) groups.push(...tail.split(':'));
  return `${groups.slice(0, 4).join(':')}::/64`;
}
