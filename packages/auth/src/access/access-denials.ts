import { CLOCK, Injectable, type Clock } from '@plinth/core';
import { clientKey, type GuardContext } from '@plinth/http';
import { RefusalNotes } from '../protect/refusal-notes.js';
import { SecurityEvents } from '../protect/security-events.js';

/**
 * Notes `access.denied` once a minute for each user and route (ASVS 5.0, 16.3.2): whoever asks again and again for what they may not have
 * must not fill the log. @internal
 */
@Injectable({ deps: [SecurityEvents, CLOCK] })
export class AccessDenials {
  readonly #notes: RefusalNotes;

  constructor(events: SecurityEvents, clock: Clock) {
    this.#notes = new RefusalNotes(events, clock);
  }

  note(context: GuardContext & { readonly user?: unknown }, needs: string): void {
    const { method, route, ip } = context;
    const details = { route, needs };
    this.#notes.note(JSON.stringify([whoIs(context), method, route]), { type: 'access.denied', outcome: 'refused', ip, details });
  }
}

// By address where the user has no id, as one of an application's own.
function whoIs({ user, ip }: GuardContext & { readonly user?: unknown }): readonly string[] {
  const { id } = (user ?? {}) as { readonly id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? ['user', String(id)] : ['client', clientKey(ip)];
}
