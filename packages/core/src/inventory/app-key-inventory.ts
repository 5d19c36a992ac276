import { APP_KEY, factsOfAppKey } from '../key/app-key.js';
import type { InventoryEntry, MadeReader } from './security-inventory.js';

/** The application's key: ids of the current and the former ones, and what was derived from it so far. @internal */
export function appKeyInventory(made: MadeReader): readonly InventoryEntry[] {
  const key = made(APP_KEY);
  const facts = key && factsOfAppKey(key);
  if (facts === undefined) return [];
  const [current = '', ...former] = facts.ids;
  const purposes = [...facts.purposes].sort();
  const source = facts.development ? 'the key of development' : 'APP_KEY';
  return [{ section: 'keys', name: 'APP_KEY', facts: { source, derivation: 'HKDF-SHA-256', bits: 256, current, former, purposes } }];
}
