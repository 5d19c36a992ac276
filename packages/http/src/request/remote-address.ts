import type { IncomingMessage } from 'node:http';
import { canonicalAddress } from './address.js';

/** The address of the peer; IPv4 in its plain form even on a dual-stack socket, without a zone; 127.0.0.1 for a Unix socket, whose peer is on this machine. */
export function remoteAddress(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? '127.0.0.1';
  if (address.charCodeAt(0) !== 0x3a && !address.includes('%')) return address;
  return canonicalAddress(address) ?? address;
}
