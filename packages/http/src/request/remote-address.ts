import type { IncomingMessage } from 'node:http';

/** The address of the peer; IPv4 in its plain form even on a dual-stack socket. Forwarded headers are not believed. */
export function remoteAddress(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? '127.0.0.1';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
