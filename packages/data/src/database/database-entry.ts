import type { InventoryEntry, InventoryFact } from '@plinth/core';
import { parseConnectionUrl } from './connection-url.js';
import { type Plaintext, serverOf } from './plaintext.js';
import { tlsOf } from './tls-of.js';

/** A database in the security inventory: where it is and whether the way there is encrypted. */
export function databaseEntry(name: string, config: { readonly url: string; readonly plaintext: Plaintext } | undefined): InventoryEntry[] {
  if (config === undefined) return [];
  const target = parseConnectionUrl(config.url);
  const { dialect, port = 0, database = '', filename = '' } = target;
  const server = serverOf(target);
  const facts: Record<string, InventoryFact> = server
    ? { kind: dialect, host: server.host, port, database, tls: tlsOf(target), plaintext: config.plaintext }
    : { kind: dialect, file: filename };
  return [{ section: 'connections', name, facts }];
}
