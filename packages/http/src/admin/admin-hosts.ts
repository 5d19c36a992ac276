import { isIP } from 'node:net';
import { HTTP_ERRORS } from '../errors.js';
import { createHosts, LOOPBACK_HOSTS, type Hosts } from '../request/hosts.js';

/**
 * The hosts of an admin listener: addresses, this machine's own names, and the names of the service. A page that makes a browser call it under a name
 * of its own (DNS rebinding) is refused; who scrapes it by its address is not.
 */
export function createAdminHosts(names: readonly string[]): Hosts {
  const named = createHosts([...LOOPBACK_HOSTS, ...names]);
  const serves = (host: string): boolean => named.serves(host) || isAddress(host);
  return {
    patterns: named.patterns,
    serves,
    check(host) {
      if (!serves(host)) throw HTTP_ERRORS.HOST_NOT_SERVED();
    },
  };
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || isIP(host.replace(/:\d*$/, '')) === 4;
}
