import type { InventoryEntry, MadeReader } from '@plinth/core';
import { ALGORITHMS } from './passkey-algorithms.js';
import { PASSKEY_SETTINGS } from './passkey-settings.js';

/** Passkeys in the security inventory: which signatures are taken, and for whom. */
export function passkeyInventory(made: MadeReader): readonly InventoryEntry[] {
  const settings = made(PASSKEY_SETTINGS);
  if (settings === undefined) return [];
  const { rpId, origins } = settings;
  return [{ section: 'algorithms', name: 'passkeys', facts: { signatures: Object.keys(ALGORITHMS), rpId, origins } }];
}
