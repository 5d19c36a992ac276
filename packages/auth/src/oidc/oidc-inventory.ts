import type { InventoryEntry, MadeReader } from '@plinth/core';
import { PROVIDER_CONNECTIONS } from './oidc-settings.js';
import { isPlain } from './provider-settings.js';

/** The providers that users sign in with, in the security inventory. */
export function oidcInventory(made: MadeReader): readonly InventoryEntry[] {
  return [...(made(PROVIDER_CONNECTIONS) ?? [])].map(([name, { provider, clientId }]) => ({
    section: 'connections',
    name: `identity provider ${name}`,
    facts: { kind: provider.protocol ?? 'oidc', issuer: provider.issuer, clientId, tls: !isPlain(provider) },
  }));
}
