import type { InventoryEntry, InventorySource } from '@plinth/core';
import type { FetchClient, FetchModuleOptions } from './fetch-module.js';
import type { FetchOptions } from './fetch-options.js';

/** The outgoing clients of an application in the security inventory: what each may call. */
export function fetchInventory(options: FetchModuleOptions, clients: readonly FetchClient[]): InventorySource {
  return () => [
    entryOf('FETCH', options, options.allow ?? ['any public host'], {}),
    ...clients.map(({ token, options: own }) => {
      const base = new URL(own.baseUrl);
      // Credentials in a URL are none of the inventory's.
      base.username = base.password = '';
      return entryOf(token.description ?? base.hostname, own, own.allow ?? [base.hostname], {
        baseUrl: base.href,
        tls: base.protocol === 'https:',
      });
    }),
  ];
}

function entryOf(name: string, options: FetchOptions, hosts: readonly string[], more: Readonly<Record<string, string | boolean>>) {
  const { allowPrivate = [], ca } = options;
  const facts = { kind: 'http client', ...more, hosts, allowPrivate, authorities: ca === undefined ? 'public' : 'own' };
  return { section: 'connections', name, facts } satisfies InventoryEntry;
}
