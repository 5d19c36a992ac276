import { Injectable, isAppError, LOGGER, type Logger } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { readOneCookie } from '../session/session-cookie.js';
import type { Session } from '../session/session.js';
import { createOpaqueToken } from '../token/opaque-token.js';
import { createPkce } from '../token/pkce.js';
import { IdentityLinks } from './identity-links.js';
import { IdentitySignIns } from './identity-sign-ins.js';
import { OIDC_SETTINGS, PROVIDER_CONNECTIONS, type OidcSettings, type ProviderConnections } from './oidc-settings.js';
import type { ProviderConnection } from './provider-connection.js';
import { proveIdentity, type AuthorizationAnswer, type ProvenIdentity } from './proven-identity.js';
import { checkReturnPath, withParameter } from './return-path.js';
import { Transactions, type Transaction } from './transactions.js';

/** What is read of a request, and answered with. */
export type OidcContext = Pick<HttpContext, 'ip' | 'header' | 'cookie' | 'setCookie' | 'protocol' | 'host'>;

/** How a sign-in or link begins. */
export interface BeginOptions {
  /** The path of the callback route: `/account/sign-in/with/google/callback`. */
  readonly callbackPath: string;
  /** A path of this site to go to afterwards. */
  readonly returnTo?: string | undefined;
  /** "Remember me": the longer lifetimes. */
  readonly remember?: boolean | undefined;
}

/** Sign-in through other providers: where the browser goes, and what becomes of what it brings back. `oidcRoutes` are its routes. */
@Injectable({
  deps: [PROVIDER_CONNECTIONS, OIDC_SETTINGS, Transactions, IdentitySignIns, IdentityLinks, SecurityEvents, LOGGER],
  from: 'OidcModule of @plinth/auth/oidc',
})
export class Oidc {
  readonly #connections: ProviderConnections;
  readonly #settings: OidcSettings;
  readonly #transactions: Transactions;
  readonly #signIns: IdentitySignIns;
  readonly #links: IdentityLinks;
  readonly #events: SecurityEvents;
  readonly #log: Logger;

  constructor(
    connections: ProviderConnections,
    settings: OidcSettings,
    transactions: Transactions,
    signIns: IdentitySignIns,
    links: IdentityLinks,
    events: SecurityEvents,
    log: Logger,
  ) {
    this.#connections = connections;
    this.#settings = settings;
    this.#transactions = transactions;
    this.#signIns = signIns;
    this.#links = links;
    this.#events = events;
    this.#log = log;
  }

  /** The providers, to be shown as buttons. */
  providers(): readonly { readonly id: string; readonly name: string }[] {
    return [...this.#connections.values()].map(({ name, label }) => ({ id: name, name: label }));
  }

  /** Whether a provider sends its answers as forms. Throws `AUTH_OIDC_PROVIDER`. */
  postsForms(name: string): boolean {
    const { provider } = this.#connection(name);
    return provider.protocol === 'oidc' && provider.responseMode === 'form_post';
  }

  /** The URL at which a sign-in begins. Throws `AUTH_OIDC_PROVIDER`, `AUTH_OIDC_RETURN_TO`, `AUTH_OIDC_UNAVAILABLE`. */
  beginSignIn(name: string, options: BeginOptions, context: OidcContext): Promise<string> {
    const { returnTo = this.#settings.afterSignIn, remember = false } = options;
    return this.#begin(name, options, { purpose: 'sign-in', returnTo, remember }, context);
  }

  /** The URL at which the user of this session links an identity. Throws like `beginSignIn`. */
  beginLink(name: string, options: BeginOptions, session: Session, context: OidcContext): Promise<string> {
    const { returnTo = this.#settings.afterLink } = options;
    const by = { id: session.id, userId: session.userId };
    return this.#begin(name, options, { purpose: 'link', returnTo, session: by }, context);
  }

  /** The URL at which the user of this session proves anew who they are, by signing in there again. Throws like `beginSignIn`. */
  beginVerify(name: string, options: BeginOptions, session: Session, context: OidcContext): Promise<string> {
    const { returnTo = this.#settings.afterLink } = options;
    const by = { id: session.id, userId: session.userId };
    return this.#begin(name, options, { purpose: 'verify', returnTo, session: by }, context);
  }

  /**
   * What the browser has brought back: signs in or links, and gives the path to send it to. A refusal is a path too, with its code in the
   * query (`?error=AUTH_OIDC_STATE`) and nothing that the provider has said.
   */
  async finish(name: string, answer: AuthorizationAnswer, context: OidcContext): Promise<string> {
    const connection = this.#connection(name);
    let transaction: Transaction | undefined;
    try {
      // Before anything is used up.
      readOneCookie(context);
      transaction = await this.#transactions.take(name, answer.state, context);
      const identity = await proveIdentity(connection, transaction, answer);
      return await this.#complete(connection, transaction, identity, context);
    } catch (error) {
      if (!isAppError(error) || error.kind === 'internal') throw error;
      this.#refused(error, connection, transaction, context);
      const to = transaction && transaction.purpose !== 'sign-in' ? transaction.returnTo : this.#settings.failure;
      return withParameter(to, 'error', error.code);
    }
  }

  async #begin(
    name: string,
    options: BeginOptions,
    about: Pick<Transaction, 'purpose' | 'returnTo' | 'remember' | 'session'>,
    context: OidcContext,
  ): Promise<string> {
    const connection = this.#connection(name);
    const returnTo = checkReturnPath(about.returnTo);
    const client = await connection.client();
    const { verifier, challenge, method } = createPkce();
    const nonce = createOpaqueToken();
    const redirectUri = `${this.#settings.origin ?? `${context.protocol}://${context.host}`}${options.callbackPath}`;
    const state = await this.#transactions.begin({ ...about, provider: name, redirectUri, returnTo, nonce, verifier }, context);
    const secured = { redirect_uri: redirectUri, state, code_challenge: challenge, code_challenge_method: method };
    return client.authorizationUrl({ ...parametersOf(connection, about.purpose, nonce), ...secured });
  }

  #complete(connection: ProviderConnection, transaction: Transaction, identity: ProvenIdentity, context: OidcContext): Promise<string> {
    if (transaction.purpose === 'sign-in') return this.#signIns.complete(connection, transaction, identity, context);
    return transaction.purpose === 'link'
      ? this.#links.link(connection, transaction, identity, context)
      : this.#signIns.verify(connection, transaction, identity, context);
  }

  #refused(
    error: { readonly code: string; readonly cause?: unknown },
    { name }: ProviderConnection,
    transaction: Transaction | undefined,
    context: OidcContext,
  ): void {
    const userId = transaction?.session?.userId;
    const details = { provider: name, code: error.code, ...(transaction && { purpose: transaction.purpose }) };
    this.#events.note({ type: 'oidc.refused', outcome: 'refused', ip: context.ip, ...(userId !== undefined && { userId }), details });
    const { cause } = error;
    if (cause instanceof Error)
      this.#log.warn({ provider: name, code: error.code, reason: cause.message }, `oidc: ${error.code}: ${cause.message}`);
  }

  #connection(name: string): ProviderConnection {
    const connection = this.#connections.get(name);
    if (!connection) throw AUTH_ERRORS.OIDC_PROVIDER({ provider: JSON.stringify(name.slice(0, 64)) });
    return connection;
  }
}

function parametersOf({ provider }: ProviderConnection, purpose: Transaction['purpose'], nonce: string): Record<string, string> {
  const { scopes, parameters } = provider;
  if (provider.protocol === 'oauth2') return { ...parameters, ...(scopes && { scope: scopes.join(' ') }) };
  const { maxAge, acr, responseMode } = provider;
  return {
    ...parameters,
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
    // Not 0: what is meant is a sign-in that follows this request.
    ...(purpose === 'verify' && { prompt: 'login', max_age: '1' }),
    ...(acr && { acr_values: acr.join(' ') }),
    ...(responseMode === 'form_post' && { response_mode: 'form_post' }),
    scope: (scopes ?? ['openid', 'email', 'profile']).join(' '),
    nonce,
  };
}
