import type { InventoryEntry } from '@plinth/core';
import type { Plaintext } from '../database/plaintext.js';
import { parseRedisUrl } from './redis-url.js';

/** A Redis in the security inventory: where it is and whether the way there is encrypted. */
export function redisEntry(name: string, config: { readonly url: string; readonly plaintext: Plaintext } | undefined): InventoryEntry[] {
  if (config === undefined) return [];
  const { host, port, database, tls = 'off' } = parseRedisUrl(config.url);
  return [{ section: 'connections', name, facts: { kind: 'redis', host, port, database, tls, plaintext: config.plaintext } }];
}
