import { allOf, CLOCK, EVENTS, Injectable, newId, runUninterrupted, type Clock, type EventBus } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { readSessionCookie, setSessionCookie } from '../session/session-cookie.js';
import { deviceOf } from '../session/session-device.js';
import type { Session } from '../session/session.js';
import { IMPERSONATION_DATA, Sessions } from '../session/sessions.js';
import { ACCOUNT_CHANGED, type AccountChange } from '../user/account-changed.js';
import { ACCOUNT_PARTS, type AccountPart } from '../user/account-parts.js';
import { IDENTITY_STORE, type IdentityRecord, type IdentityStore } from './identity-store.js';
import { IdentityTokens } from './identity-tokens.js';
import { PROVIDER_CONNECTIONS, type ProviderConnections } from './oidc-settings.js';
import type { OidcContext } from './oidc.js';
import type { ProviderConnection } from './provider-connection.js';
import type { ProvenIdentity } from './proven-identity.js';
import type { Transaction } from './transactions.js';

/** An identity as its user sees it. */
export interface LinkedIdentity {
  readonly id: string;
  /** The name that the application gives the provider. */
  readonly provider: string;
  /** The address there. */
  readonly email: string | null;
  readonly linkedAt: Date;
}

/** What a change of links reads of its request, and answers with. */
export type LinkContext = Pick<OidcContext, 'ip' | 'header' | 'cookie' | 'setCookie'>;

/** The identities of users: listed, linked by who is signed in, unlinked while another way to sign in is left. */
@Injectable({
  deps: [IDENTITY_STORE, PROVIDER_CONNECTIONS, IdentityTokens, Sessions, allOf(ACCOUNT_PARTS), SecurityEvents, EVENTS, CLOCK],
  from: 'OidcModule of @plinth/auth/oidc',
})
export class IdentityLinks {
  readonly #store: IdentityStore;
  readonly #connections: ProviderConnections;
  readonly #tokens: IdentityTokens;
  readonly #sessions: Sessions;
  readonly #parts: readonly AccountPart[];
  readonly #events: SecurityEvents;
  readonly #bus: EventBus;
  readonly #clock: Clock;

  constructor(
    store: IdentityStore,
    connections: ProviderConnections,
    tokens: IdentityTokens,
    sessions: Sessions,
    parts: readonly AccountPart[],
    events: SecurityEvents,
    bus: EventBus,
    clock: Clock,
  ) {
    this.#store = store;
    this.#connections = connections;
    this.#tokens = tokens;
    this.#sessions = sessions;
    this.#parts = parts;
    this.#events = events;
    this.#bus = bus;
    this.#clock = clock;
  }

  /** The identities of a user, the one linked first first. */
  async list(userId: string): Promise<readonly LinkedIdentity[]> {
    const records = await this.#store.list(userId);
    return records.map(({ id, provider, email, linkedAt }) => ({ id, provider, email, linkedAt: new Date(linkedAt) }));
  }

  /**
   * Removes an identity of a user, and ends the user's other sessions. Throws `AUTH_OIDC_IDENTITY` when the user has no such identity,
   * `AUTH_LAST_SIGN_IN_WAY` when no other way to sign in is left.
   */
  async unlink(userId: string, id: string, context: LinkContext): Promise<void> {
    const record = (await this.#store.list(userId)).find((one) => one.id === id);
    if (!record) throw AUTH_ERRORS.OIDC_IDENTITY();
    const ways = await this.#waysToSignIn(userId);
    if (ways - this.#wayOf(record) < 1) throw AUTH_ERRORS.LAST_SIGN_IN_WAY();
    await runUninterrupted(async () => {
      if (!(await this.#store.remove(userId, id))) throw AUTH_ERRORS.OIDC_IDENTITY();
      // Two that were unlinked at the same time have each seen the other.
      if ((await this.#waysToSignIn(userId)) < 1) {
        await this.#store.insert(record);
        throw AUTH_ERRORS.LAST_SIGN_IN_WAY();
      }
      await this.#endOthers(context);
      this.#changed('identity-unlinked', record, context);
    });
  }

  /** Links an identity to whoever is signed in and began it. Throws `AUTH_OIDC_SESSION`, `AUTH_OIDC_LINKED_ELSEWHERE`. @internal */
  async link(connection: ProviderConnection, transaction: Transaction, identity: ProvenIdentity, context: OidcContext): Promise<string> {
    const { userId, id } = await this.sessionOf(connection, transaction, context);
    await runUninterrupted(async () => {
      const record = this.record(newId(), userId, connection, identity);
      const linked = await this.insert(connection, record, context);
      // Ended meanwhile, as with the whole account: the identity could never be anybody else's.
      if (!(await this.#sessions.list(userId)).some((open) => open.id === id)) {
        if (linked.id === record.id) await this.#store.remove(userId, record.id);
        throw AUTH_ERRORS.OIDC_SESSION({ provider: connection.label });
      }
      await this.#endOthers(context);
    });
    return transaction.returnTo;
  }

  /** Stores a link, and tells of it; one that is there already is left as it is. Throws `AUTH_OIDC_LINKED_ELSEWHERE`. @internal */
  async insert(connection: ProviderConnection, record: IdentityRecord, context: LinkContext): Promise<IdentityRecord> {
    if (await this.#store.insert(record)) {
      this.#changed('identity-linked', record, context);
      return record;
    }
    const there = await this.#store.find(record.issuer, record.subject);
    if (there?.userId !== record.userId) throw AUTH_ERRORS.OIDC_LINKED_ELSEWHERE({ provider: connection.label });
    return there;
  }

  /** The session that began a transaction, which this request must come with. Throws `AUTH_OIDC_SESSION`. @internal */
  async sessionOf(connection: ProviderConnection, transaction: Transaction, context: OidcContext): Promise<Session> {
    const session = await this.#sessions.read(readSessionCookie(context) ?? '');
    const begun = transaction.session;
    const same = session !== undefined && session.id === begun?.id && session.userId === begun.userId;
    if (!same || session.pending || session.data[IMPERSONATION_DATA] !== undefined)
      throw AUTH_ERRORS.OIDC_SESSION({ provider: connection.label });
    return session;
  }

  /** A new record of an identity. @internal */
  record(id: string, userId: string, connection: ProviderConnection, identity: ProvenIdentity): IdentityRecord {
    const { issuer, subject, email } = identity;
    const now = this.#clock.now();
    const tokens = this.#tokens.seal(id, connection, identity.tokens, identity.sid);
    return { id, userId, provider: connection.name, issuer, subject, email, linkedAt: now, usedAt: now, tokens };
  }

  async #waysToSignIn(userId: string): Promise<number> {
    const ways = await Promise.all(this.#parts.map(async (part) => (await part.waysToSignIn?.(userId)) ?? 0));
    return ways.reduce((sum, count) => sum + count, 0);
  }

  #wayOf({ provider }: IdentityRecord): number {
    return this.#connections.has(provider) ? 1 : 0;
  }

  // ASVS 5.0, 7.4.3.
  async #endOthers(context: LinkContext): Promise<void> {
    const kept = await this.#sessions.endOthers(readSessionCookie(context) ?? '');
    if (kept) setSessionCookie(context, kept);
  }

  #changed(change: AccountChange & `identity-${string}`, record: IdentityRecord, context: LinkContext): void {
    const { userId, provider } = record;
    const type = change === 'identity-linked' ? 'oidc.linked' : 'oidc.unlinked';
    this.#events.note({ type, outcome: 'success', userId, ip: context.ip, details: { provider } });
    const detail = this.#connections.get(provider)?.label ?? provider;
    this.#bus.publish(ACCOUNT_CHANGED, { userId, change, at: this.#clock.date(), device: deviceOf(context), detail });
  }
}

/** What goes when an account goes, and the ways to sign in by providers that the application still has. @internal */
export function identitiesOf(store: IdentityStore, connections: ProviderConnections): AccountPart {
  return {
    name: 'identities',
    remove: (userId) => store.removeAll(userId),
    waysToSignIn: async (userId) => (await store.list(userId)).filter(({ provider }) => connections.has(provider)).length,
  };
}
