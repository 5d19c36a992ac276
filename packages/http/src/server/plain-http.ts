import type { ListenAddress } from './http-server.js';

/**
 * What the log says when production serves plain http and has named no proxy that could end TLS in front of it (ASVS 5.0, 12.2.1);
 * undefined: only this machine can reach it.
 */
export function warnOfPlainHttp(url: URL | undefined, addresses: readonly ListenAddress[]): string | undefined {
  if (url?.protocol === 'https:')
    return 'APP_URL is https, but neither TLS nor a trusted proxy is declared: addresses of clients are those of the proxy (APP_TRUST_PROXY)';
  const reachable = addresses.find((address) => address.path === undefined && !isLoopback(address.host));
  return (
    reachable &&
    `plain http at ${reachable.url}, and no proxy is declared that ends TLS: what clients send can be read on the way (TLS_CERT and TLS_KEY, or APP_TRUST_PROXY and an https APP_URL)`
  );
}

// Addresses as the system gives them, so that there is one way to write each.
function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1';
}
