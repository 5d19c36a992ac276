import { X509Certificate } from 'node:crypto';
import type { InventoryEntry, ValueOfConfig } from '@plinth/core';
import { createTrust } from '../request/trust-proxy.js';
import type { HTTP_CONFIG } from './http-config.js';
import type { HttpOptions } from './http-options.js';
import { readTls } from './tls.js';
import { tlsOf } from './tls-of.js';

/** The server in the security inventory: whether it ends TLS itself, and with which certificate. */
export function serverEntries(options: HttpOptions = {}, config?: ValueOfConfig<typeof HTTP_CONFIG>): InventoryEntry[] {
  if (config === undefined) return [];
  const tls = tlsOf(options.tls, config);
  const listens = config.socket === '' ? `${config.host}:${config.port}` : config.socket;
  const proxies = createTrust(options.trust, config.trustProxy) !== null;
  const url = config.url?.origin ?? 'not said';
  const server = { section: 'connections', name: 'http server', facts: { listens, tls: tls !== undefined, proxies, url } };
  return tls === undefined ? [server] : [server, certificateEntry(readTls(tls))];
}

function certificateEntry({ cert, minVersion = 'TLSv1.2' }: ReturnType<typeof readTls>): InventoryEntry {
  const { subject, issuer, validTo, fingerprint256, publicKey } = new X509Certificate(cert as string);
  const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
  const key = [publicKey.asymmetricKeyType, namedCurve, modulusLength].filter((part) => part !== undefined).join(' ');
  const facts = { subject: oneLine(subject), issuer: oneLine(issuer), validUntil: new Date(validTo).toISOString(), key, minVersion };
  return { section: 'keys', name: 'TLS certificate', facts: { ...facts, sha256: fingerprint256 } };
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}
