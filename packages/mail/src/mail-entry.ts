import type { InventoryEntry } from '@plinth/core';
import { parseMailUrl } from './smtp/smtp-url.js';

/** The mail server in the security inventory; without a URL a transport of the application's own. */
export function mailEntry(url: string | undefined): InventoryEntry[] {
  if (url === undefined) return [{ section: 'connections', name: 'mail', facts: { kind: 'own transport' } }];
  const target = parseMailUrl(url === '' ? 'log:' : url);
  if (target.kind !== 'smtp') return [{ section: 'connections', name: 'mail', facts: { kind: target.kind } }];
  const { host, port, tls } = target.smtp;
  return [{ section: 'connections', name: 'mail', facts: { kind: 'smtp', host, port, tls: tls === 'none' ? 'off' : tls } }];
}
