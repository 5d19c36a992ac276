import { CLOCK, Injectable, isAppError, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { Sessions } from '../session/sessions.js';
import { verifyLogoutJwt } from '../token/jose.js';
import { IDENTITY_STORE, type IdentityStore } from './identity-store.js';
import { PROVIDER_CONNECTIONS, type ProviderConnections } from './oidc-settings.js';
import type { ProviderConnection } from './provider-connection.js';
import { ProviderSessions } from './provider-sessions.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_BYTES = 8_192;
const LEEWAY = 30;
/** Milliseconds for which the ids of tokens are remembered: longer than any of them is taken. */
const REMEMBERED = 600_000;
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** What a logout token is about. */
interface Logout {
  readonly subject: string | undefined;
  readonly sid: string | undefined;
}

/** Ends the sessions that a provider has started, when it tells that the user has signed out there (OpenID Connect Back-Channel Logout 1.0). */
@Injectable({
  deps: [PROVIDER_CONNECTIONS, IDENTITY_STORE, ProviderSessions, Sessions, SecurityEvents, CLOCK],
  from: 'OidcModule of @plinth/auth/oidc',
})
export class BackChannelLogout {
  readonly #connections: ProviderConnections;
  readonly #store: IdentityStore;
  readonly #providerSessions: ProviderSessions;
  readonly #sessions: Sessions;
  readonly #events: SecurityEvents;
  readonly #clock: Clock;

  constructor(
    connections: ProviderConnections,
    store: IdentityStore,
    providerSessions: ProviderSessions,
    sessions: Sessions,
    events: SecurityEvents,
    clock: Clock,
  ) {
    this.#connections = connections;
    this.#store = store;
    this.#providerSessions = providerSessions;
    this.#sessions = sessions;
    this.#events = events;
    this.#clock = clock;
  }

  /**
   * Takes a logout token: with `sid` it ends the session that was started by that one, with `sub` alone all sessions of the user. Throws
   * `AUTH_OIDC_PROVIDER`, `AUTH_OIDC_LOGOUT`, `AUTH_OIDC_UNAVAILABLE` and `AUTH_ISSUER_UNAVAILABLE`.
   */
  async end(name: string, token: string): Promise<void> {
    const connection = this.#connections.get(name);
    if (!connection) throw AUTH_ERRORS.OIDC_PROVIDER({ provider: JSON.stringify(name.slice(0, 64)) });
    const { subject, sid } = await this.#read(connection, token);
    const { issuer } = connection.provider;
    const ended = sid === undefined ? await this.#endAll(issuer, subject!) : await this.#endOne(issuer, sid, subject);
    this.#events.note({ type: 'oidc.logout', outcome: 'success', details: { provider: name, ended } });
  }

  async #endOne(issuer: string, sid: string, subject: string | undefined): Promise<number> {
    const session = await this.#providerSessions.find(issuer, sid);
    if (!session) return 0;
    const owner = subject === undefined ? undefined : await this.#store.find(issuer, subject);
    // Both name somebody: they must be the same, unless the identity was unlinked meanwhile.
    if (owner && owner.userId !== session.userId) return 0;
    return (await this.#sessions.revoke(session.userId, session.sessionId)) ? 1 : 0;
  }

  async #endAll(issuer: string, subject: string): Promise<number> {
    const identity = await this.#store.find(issuer, subject);
    return identity ? this.#sessions.revokeAll(identity.userId) : 0;
  }

  async #read(connection: ProviderConnection, token: string): Promise<Logout> {
    const { label: provider, clientId } = connection;
    const keys = await connection.keys();
    if (token.length > MAX_BYTES || !keys || connection.provider.tenants) throw refusal(provider, 'the provider has no such tokens');
    const { issuer } = connection.provider;
    const rules = { issuer, audience: clientId, otherAudiences: [], type: 'logout+jwt', algorithms: ALGORITHMS, leeway: LEEWAY };
    const claims = await verifyLogoutJwt(token, (work) => keys.use(work), rules, this.#clock.now()).catch((cause: unknown) => {
      // Its keys cannot be had: that says nothing of the token.
      if (isAppError(cause)) throw cause;
      throw refusal(provider, 'its signature, type, issuer, audience or time is wrong', cause);
    });
    const events = claims['events'];
    const event = typeof events === 'object' && events !== null && Object.hasOwn(events, EVENT);
    if (!event || claims['nonce'] !== undefined) throw refusal(provider, 'it is a token for something else');
    const subject = textOf(claims.sub);
    const sid = textOf(claims['sid']);
    if (subject === undefined && sid === undefined) throw refusal(provider, 'it names neither a user nor a session');
    if (typeof claims.jti !== 'string' || !(await this.#providerSessions.noteLogout(issuer, claims.jti, REMEMBERED)))
      throw refusal(provider, 'it has come before');
    return { subject, sid };
  }
}

function refusal(provider: string, reason: string, cause?: unknown): Error {
  return AUTH_ERRORS.OIDC_LOGOUT({ provider, reason }, cause === undefined ? {} : { cause });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : undefined;
}
