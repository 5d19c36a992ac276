import { CLOCK, Injectable, newId, runUninterrupted, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { clearSessionCookie, setSessionCookie, readSessionCookie } from '../session/session-cookie.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { SignIns } from '../sign-in/sign-ins.js';
import { IDENTITY_STORE, type IdentityRecord, type IdentityStore } from './identity-store.js';
import { IdentityLinks } from './identity-links.js';
import { IdentityTokens } from './identity-tokens.js';
import { OIDC_SETTINGS, type OidcSettings } from './oidc-settings.js';
import type { OidcContext } from './oidc.js';
import { OIDC_USERS, type OidcUsers } from './oidc-users.js';
import type { ProviderConnection } from './provider-connection.js';
import { ProviderSessions } from './provider-sessions.js';
import type { ProvenIdentity } from './proven-identity.js';
import { withParameter } from './return-path.js';
import type { Transaction } from './transactions.js';

/** The name of a proof by another provider. RFC 8176 has none; this is the one of Microsoft's tokens. */
const FEDERATED = 'fed';

/** From an identity that a provider has proved to a session. @internal */
@Injectable({
  deps: [
    IDENTITY_STORE,
    OIDC_USERS,
    OIDC_SETTINGS,
    SignIns,
    Sessions,
    IdentityTokens,
    IdentityLinks,
    ProviderSessions,
    SecurityEvents,
    CLOCK,
  ],
})
export class IdentitySignIns {
  readonly #store: IdentityStore;
  readonly #users: OidcUsers;
  readonly #settings: OidcSettings;
  readonly #signIns: SignIns;
  readonly #sessions: Sessions;
  readonly #tokens: IdentityTokens;
  readonly #links: IdentityLinks;
  readonly #providerSessions: ProviderSessions;
  readonly #events: SecurityEvents;
  readonly #clock: Clock;

  constructor(
    store: IdentityStore,
    users: OidcUsers,
    settings: OidcSettings,
    signIns: SignIns,
    sessions: Sessions,
    tokens: IdentityTokens,
    links: IdentityLinks,
    providerSessions: ProviderSessions,
    events: SecurityEvents,
    clock: Clock,
  ) {
    this.#store = store;
    this.#users = users;
    this.#settings = settings;
    this.#signIns = signIns;
    this.#sessions = sessions;
    this.#tokens = tokens;
    this.#links = links;
    this.#providerSessions = providerSessions;
    this.#events = events;
    this.#clock = clock;
  }

  /**
   * Signs in the user of an identity; one who has none yet gets an account where that is safe. Throws `AUTH_OIDC_ACCOUNT`,
   * `AUTH_OIDC_EMAIL_UNVERIFIED`, `AUTH_OIDC_LINK_FIRST`.
   */
  async complete(
    connection: ProviderConnection,
    transaction: Transaction,
    identity: ProvenIdentity,
    context: OidcContext,
  ): Promise<string> {
    const known = await this.#store.find(identity.issuer, identity.subject);
    // Whoever leaves now must not leave an account without its identity behind.
    const record = known ?? (await runUninterrupted(() => this.#welcome(connection, identity, context)));
    const { userId } = record;
    const name = await this.#users.nameOf(userId);
    if (name === undefined) {
      // Removed while it was linked: the identity could never be anybody else's.
      if (!known) await runUninterrupted(() => this.#store.remove(userId, record.id));
      throw AUTH_ERRORS.OIDC_ACCOUNT({ provider: connection.label });
    }
    if (known) await this.#used(known, connection, identity);
    const { multiFactor, sid } = identity;
    const methods = methodsOf(identity);
    const signIn = await this.#signIns.complete({ userId, name, methods, multiFactor, remember: transaction.remember === true }, context);
    await runUninterrupted(() => this.#keepOnly(signIn.session, connection, identity, context));
    if (sid !== undefined) await this.#providerSessions.note(identity.issuer, sid, { userId, sessionId: signIn.session.id });
    const details = { provider: connection.name, created: !known, pending: signIn.pending };
    this.#events.note({ type: 'oidc.sign-in', outcome: 'success', userId, actor: userId, ip: context.ip, details });
    if (!signIn.pending) return transaction.returnTo;
    const to = withParameter(this.#settings.secondFactor, 'factors', signIn.factors.join(','));
    return withParameter(to, 'returnTo', transaction.returnTo);
  }

  /** Notes in the session that its user has proved anew who they are. Throws `AUTH_OIDC_SESSION`. */
  async verify(connection: ProviderConnection, transaction: Transaction, identity: ProvenIdentity, context: OidcContext): Promise<string> {
    const session = await this.#links.sessionOf(connection, transaction, context);
    const record = await this.#store.find(identity.issuer, identity.subject);
    if (record?.userId !== session.userId) throw AUTH_ERRORS.OIDC_SESSION({ provider: connection.label });
    const confirmed = await this.#sessions.confirm(readSessionCookie(context) ?? '', { methods: methodsOf(identity) });
    if (!confirmed) throw AUTH_ERRORS.OIDC_SESSION({ provider: connection.label });
    setSessionCookie(context, confirmed);
    return transaction.returnTo;
  }

  // What ends sessions, when the identity or the account goes, has either seen this one, or has been before.
  async #keepOnly(session: Session, connection: ProviderConnection, identity: ProvenIdentity, context: OidcContext): Promise<void> {
    const { userId, id } = session;
    const record = await this.#store.find(identity.issuer, identity.subject);
    if (record?.userId === userId && (await this.#users.nameOf(userId)) !== undefined) return;
    await this.#sessions.revoke(userId, id);
    clearSessionCookie(context);
    throw AUTH_ERRORS.OIDC_ACCOUNT({ provider: connection.label });
  }

  async #welcome(connection: ProviderConnection, identity: ProvenIdentity, context: OidcContext): Promise<IdentityRecord> {
    const { label, name: provider } = connection;
    const { email, emailVerified, issuer, subject, name, claims } = identity;
    // Before anything is looked up: known and unknown addresses get the same answer.
    if (email === null || !emailVerified) throw AUTH_ERRORS.OIDC_EMAIL_UNVERIFIED({ provider: label });
    const existing = await this.#users.findByEmail(email);
    if (existing) {
      // An account whose address nobody has verified may be a stranger's, who waits for its owner to link to it.
      if (this.#settings.link !== 'verified-email' || !existing.emailVerified) throw AUTH_ERRORS.OIDC_LINK_FIRST({ provider: label });
      return this.#links.insert(connection, this.#record(existing.id, connection, identity), context);
    }
    const userId = await this.#users.create({ provider, issuer, subject, email, name, claims });
    const record = userId === undefined ? undefined : this.#record(userId, connection, identity);
    if (record && (await this.#store.insert(record))) return record;
    // Another tab was faster.
    const theirs = await this.#store.find(issuer, subject);
    if (!theirs) throw AUTH_ERRORS.OIDC_LINK_FIRST({ provider: label });
    return theirs;
  }

  #record(userId: string, connection: ProviderConnection, identity: ProvenIdentity): IdentityRecord {
    return this.#links.record(newId(), userId, connection, identity);
  }

  async #used(record: IdentityRecord, connection: ProviderConnection, identity: ProvenIdentity): Promise<void> {
    await this.#store.touch(record.id, { usedAt: this.#clock.now(), email: identity.email });
    const tokens = this.#tokens.seal(record.id, connection, identity.tokens, identity.sid);
    if (tokens !== record.tokens) await this.#store.replaceTokens(record.id, record.tokens, tokens);
  }
}

function methodsOf({ multiFactor }: ProvenIdentity): readonly string[] {
  return multiFactor ? [FEDERATED, 'mfa'] : [FEDERATED];
}
