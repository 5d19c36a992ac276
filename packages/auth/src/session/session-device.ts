import { clientKey, type HttpContext } from '@plinth/http';
import { agentFamily } from './agent-family.js';

/** Where a session was started, said so that a person recognises it and nobody is traced by it. */
export interface SessionDevice {
  /** Family of the user agent and its system, such as `Firefox on Windows`; `unknown` where the request says nothing. */
  readonly agent: string;
  /** The network of the client: an IPv4 address to 24 bits, an IPv6 address to 48. */
  readonly network: string;
}

/** The device that a request comes from, for `Sessions.create({ device })`. */
export function deviceOf(context: Pick<HttpContext, 'header' | 'ip'>): SessionDevice {
  return { agent: agentFamily(context.header('user-agent')), network: networkOf(context.ip) };
}

function networkOf(ip: string): string {
  const key = clientKey(ip);
  if (key.includes(':')) return `${key.split(':').slice(0, 3).join(':')}::/48`;
  const octets = key.split('.');
  return octets.length === 4 ? `${octets.slice(0, 3).join('.')}.0/24` : 'unknown';
}
