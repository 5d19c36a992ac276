import { runOutsideContext, type Clock } from '@plinth/core';
import { createFetch, type OwnedFetch } from '@plinth/http/fetch';
import { AUTH_ERRORS } from '../errors.js';
import { RemoteKeySet } from '../token/remote-key-set.js';
import { createProviderClient, failureOf, type ClientSettings, type ProviderClient, type ProviderFailure } from './openid-client.js';
import type { IdentityProvider } from './provider.js';
import { isPlain, type ProviderCredentials } from './provider-settings.js';

/** Milliseconds after which the metadata are looked at again. */
const FRESH_FOR = 3_600_000;
/** While the provider cannot be reached they are used for this long. */
const KEEP_FOR = 24 * 3_600_000;
/** Bytes of an answer: metadata, keys, tokens, user info. */
const MOST_BYTES = 262_144;

/** One provider, how it is reached, and what its metadata say: asked for when they are first needed, and kept for an hour. */
export class ProviderConnection {
  readonly name: string;
  readonly provider: IdentityProvider;
  readonly #credentials: ProviderCredentials;
  readonly #clock: Clock;
  readonly #fetch: OwnedFetch;
  #client: ProviderClient | undefined;
  #loadedAt = -Infinity;
  #loading: Promise<ProviderClient> | undefined;
  #keys: { readonly url: string; readonly set: RemoteKeySet } | undefined;

  constructor(name: string, provider: IdentityProvider, credentials: ProviderCredentials, clock: Clock) {
    this.name = name;
    this.provider = provider;
    this.#credentials = credentials;
    this.#clock = clock;
    this.#fetch = createFetch(fetchOptions(provider), undefined, `the provider ${name}`);
  }

  /** What users call it. */
  get label(): string {
    return this.provider.label ?? this.name;
  }

  /** What the provider calls this application. */
  get clientId(): string {
    return this.#credentials.clientId;
  }

  /** The client. Throws `AUTH_OIDC_UNAVAILABLE`. */
  async client(): Promise<ProviderClient> {
    if (this.#client && this.#age() < FRESH_FOR) return this.#client;
    // Those who wait at the same time share one look, which none of them can give up for the others.
    this.#loading ??= runOutsideContext(() => this.#load()).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** What an error of its client means. */
  failureOf(error: unknown): ProviderFailure {
    return failureOf(error);
  }

  /** The keys that the provider signs with. Throws `AUTH_OIDC_UNAVAILABLE`; undefined for one without. */
  async keys(): Promise<RemoteKeySet | undefined> {
    const url = (await this.client()).jwksUrl;
    if (url === undefined) return undefined;
    if (this.#keys?.url !== url) {
      const options = { issuer: this.provider.issuer, jwksUrl: new URL(url), cacheFor: 600_000, cooldown: 30_000 };
      this.#keys = { url, set: new RemoteKeySet(options, this.#fetch.fetch, this.#clock) };
    }
    return this.#keys.set;
  }

  close(): Promise<void> {
    return this.#fetch.close();
  }

  #age(): number {
    return this.#clock.monotonic() - this.#loadedAt;
  }

  async #load(): Promise<ProviderClient> {
    try {
      this.#client = await createProviderClient(this.#settings(), this.#fetch.fetch);
      this.#loadedAt = this.#clock.monotonic();
      return this.#client;
    } catch (error) {
      if (this.#client && this.#age() < FRESH_FOR + KEEP_FOR) return this.#client;
      throw AUTH_ERRORS.OIDC_UNAVAILABLE({ provider: this.label }, { cause: new Error(failureOf(error).reason) });
    }
  }

  #settings(): ClientSettings {
    const { provider } = this;
    const { clientId, secrets } = this.#credentials;
    const clientSecret = provider.madeSecret ? provider.madeSecret.make(secrets, clientId, this.#clock.now()) : secrets[0];
    const plain = provider.protocol === 'oauth2';
    return {
      issuer: provider.issuer,
      expectedIssuer: provider.tenants ? provider.issuer.replace(/(?:common|organizations)(?=\/v2\.0$)/, '{tenantid}') : provider.issuer,
      clientId,
      clientSecret,
      clientAuth: provider.clientAuth ?? 'basic',
      insecure: isPlain(provider),
      endpoints: plain ? { authorization: provider.authorizationEndpoint, token: provider.tokenEndpoint } : undefined,
    };
  }
}

function fetchOptions(provider: IdentityProvider): Parameters<typeof createFetch>[0] {
  const url = new URL(provider.issuer);
  const local = isPlain(provider) ? { allowPrivate: ['127.0.0.0/8', '::1'], ports: [Number(url.port || 80)] } : {};
  const port = url.port === '' ? {} : { ports: [443, Number(url.port)] };
  return { ...port, ...local, retry: { times: 1 }, limit: MOST_BYTES, ...provider.fetch };
}
