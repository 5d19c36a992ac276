import type { App } from '../app/app.js';
import { allOf } from '../di/dependency.js';
import type { Key } from '../di/key.js';
import { token } from '../di/token.js';
import { isAppError } from '../errors/app-error.js';
import { appKeyInventory } from './app-key-inventory.js';

/** What an entry says: texts, numbers with their unit in the name or as text, facts. Never a secret, and nothing that leads to one. */
export type InventoryFact = string | number | boolean | readonly string[];

/** One thing of an application that its security rests on: a key, an algorithm, a lifetime, a connection (ASVS 5.0, 11.1.2, 13.1.1). */
export interface InventoryEntry {
  /** `keys`, `algorithms`, `lifetimes`, `connections`, or a section of your own. */
  readonly section: string;
  readonly name: string;
  readonly facts: Readonly<Record<string, InventoryFact>>;
}

/** What the application has made of a key; undefined for what it does not provide, or did not need. */
export type MadeReader = <T>(key: Key<T>) => T | undefined;

/** Lists what one module adds. It is called when the inventory is asked for, and never before; it connects to nothing. */
export type InventorySource = (made: MadeReader) => readonly InventoryEntry[];

/**
 * What modules add to the security inventory.
 *
 * @example
 * provideValue(SECURITY_INVENTORY, () => [{ section: 'connections', name: 'ledger', facts: { host: 'ledger.example.com', tls: true } }], { many: true })
 */
export const SECURITY_INVENTORY = token<InventorySource>('SECURITY_INVENTORY');

/** The entries of a built application, sorted by section as they first come, then by name. It need not be started. */
export function readSecurityInventory(app: Pick<App, 'get'>): readonly InventoryEntry[] {
  const made: MadeReader = (key) => readMade(app, key);
  const entries = [appKeyInventory, ...app.get(allOf(SECURITY_INVENTORY))].flatMap((source) => source(made));
  const sections = [...new Set(['keys', 'algorithms', 'lifetimes', 'connections', ...entries.map(({ section }) => section)])];
  return sections.flatMap((section) => entries.filter((entry) => entry.section === section).sort(byName));
}

function readMade<T>(app: Pick<App, 'get'>, key: Key<T>): T | undefined {
  try {
    return app.get(key);
  } catch (error) {
    // Not provided, provided by several, or by none that was needed: there is nothing to say of it.
    if (isAppError(error) && error.code.startsWith('CORE_APP_')) return undefined;
    throw error;
  }
}

// Two listings can be compared by a tool for differences.
function byName(left: InventoryEntry, right: InventoryEntry): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
