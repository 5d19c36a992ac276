import type { Fetch } from '@plinth/http/fetch';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchProtectedResource,
  fetchUserInfo,
  None,
  refreshTokenGrant,
  ResponseBodyError,
  type ClientAuth,
  type ServerMetadata,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';

// The only file that knows which library speaks OpenID Connect. Without `enableNonRepudiationChecks` it does not look at the signature
// of an ID token that came over TLS, so no client is made without it.

/** What a client is made from. */
export interface ClientSettings {
  readonly issuer: string;
  /** The issuer that the metadata must name, exactly: with `{tenantid}` where each tenant is an issuer of its own. */
  readonly expectedIssuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuth: 'basic' | 'post' | 'none';
  /** Plain http is spoken: the provider is on this machine. */
  readonly insecure: boolean;
  /** Those of a provider without metadata. */
  readonly endpoints: { readonly authorization: string; readonly token: string } | undefined;
}

/** What is checked of an answer. */
export interface ExchangeChecks {
  readonly state: string;
  readonly verifier: string;
  /** Undefined for plain OAuth 2.0, which has no ID token. */
  readonly nonce: string | undefined;
  readonly maxAge: number | undefined;
}

/** Tokens of a provider. */
export interface ProviderTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Seconds from now. */
  readonly expiresIn: number | undefined;
  /** The claims of the ID token, whose signature was checked. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

/** A client at one provider. Its methods reject with what `failureOf` reads. */
export interface ProviderClient {
  readonly jwksUrl: string | undefined;
  readonly hasUserInfo: boolean;
  authorizationUrl(parameters: Readonly<Record<string, string>>): string;
  exchange(answer: URL, checks: ExchangeChecks): Promise<ProviderTokens>;
  refresh(refreshToken: string): Promise<ProviderTokens>;
  /** Rejects when it is about another subject. */
  userInfo(accessToken: string, subject: string): Promise<Readonly<Record<string, unknown>>>;
  /** JSON of the provider's API. */
  get(accessToken: string, url: string): Promise<unknown>;
}

/** Seconds by which clocks may differ are those of the library: 30. Rejects when the metadata are not those of the issuer. */
export async function createProviderClient(settings: ClientSettings, fetch: Fetch): Promise<ProviderClient> {
  const config = settings.endpoints ? withEndpoints(settings, settings.endpoints) : await discover(settings, fetch);
  // Ours has limits of its own, which say more.
  config.timeout = 60;
  config[customFetch] = fetch;
  enableNonRepudiationChecks(config);
  if (settings.insecure) allowInsecureRequests(config);
  return toClient(config);
}

/** Why something failed, in kinds that are answered differently, and a reason for the log in which no token stands. */
export interface ProviderFailure {
  readonly kind: 'denied' | 'refused' | 'unavailable' | 'response';
  readonly reason: string;
}

/** What an error of a `ProviderClient` means. */
export function failureOf(error: unknown): ProviderFailure {
  const reason = reasonOf(error);
  if (error instanceof AuthorizationResponseError) {
    if (error.error === 'access_denied') return { kind: 'denied', reason };
    return { kind: ['server_error', 'temporarily_unavailable'].includes(error.error) ? 'unavailable' : 'refused', reason };
  }
  if (error instanceof ResponseBodyError) return { kind: error.status >= 500 ? 'unavailable' : 'refused', reason };
  for (const cause of causesOf(error)) {
    if (cause instanceof Response && cause.status >= 500) return { kind: 'unavailable', reason };
    if (String((cause as { code?: unknown }).code).startsWith('HTTP_FETCH_')) return { kind: 'unavailable', reason };
  }
  return { kind: 'response', reason };
}

function withEndpoints(settings: ClientSettings, endpoints: { readonly authorization: string; readonly token: string }): Configuration {
  const metadata = { issuer: settings.issuer, authorization_endpoint: endpoints.authorization, token_endpoint: endpoints.token };
  return new Configuration(metadata, settings.clientId, {}, clientAuth(settings));
}

async function discover(settings: ClientSettings, fetch: Fetch): Promise<Configuration> {
  const config = await discovery(new URL(settings.issuer), settings.clientId, {}, clientAuth(settings), {
    [customFetch]: fetch,
    timeout: 60,
    ...(settings.insecure && { execute: [allowInsecureRequests] }),
  });
  const { issuer } = config.serverMetadata();
  // The library compares them as URLs, which takes two spellings for one (ASVS 5.0, 10.5.3).
  if (issuer !== settings.expectedIssuer) throw new TypeError('the metadata are those of another issuer');
  return config;
}

function clientAuth({ clientAuth: kind, clientSecret }: ClientSettings): ClientAuth {
  if (kind === 'none' || clientSecret === undefined) return None();
  return kind === 'post' ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret);
}

function toClient(config: Configuration): ProviderClient {
  const metadata: ServerMetadata = config.serverMetadata();
  return {
    jwksUrl: metadata.jwks_uri,
    hasUserInfo: metadata.userinfo_endpoint !== undefined,
    authorizationUrl: (parameters) => buildAuthorizationUrl(config, { ...parameters }).href,
    async exchange(answer, { state, verifier, nonce, maxAge }) {
      const common = { expectedState: state, pkceCodeVerifier: verifier };
      const openid = nonce === undefined ? {} : { expectedNonce: nonce, idTokenExpected: true, ...(maxAge !== undefined && { maxAge }) };
      return toTokens(await authorizationCodeGrant(config, answer, { ...common, ...openid }));
    },
    refresh: async (refreshToken) => toTokens(await refreshTokenGrant(config, refreshToken)),
    userInfo: (accessToken, subject) => fetchUserInfo(config, accessToken, subject),
    async get(accessToken, url) {
      const answer = await fetchProtectedResource(
        config,
        accessToken,
        new URL(url),
        'GET',
        undefined,
        new Headers({ accept: 'application/json' }),
      );
      if (answer.status !== 200) {
        await answer.body?.cancel();
        throw new TypeError(`the API answers ${answer.status}`, { cause: answer });
      }
      return answer.json() as Promise<unknown>;
    },
  };
}

function toTokens(response: TokenEndpointResponse & TokenEndpointResponseHelpers): ProviderTokens {
  const { access_token: accessToken, refresh_token: refreshToken } = response;
  return { accessToken, refreshToken, expiresIn: response.expiresIn(), claims: response.claims() };
}

// The causes of the library hold whole answers, tokens included: only its sentences and codes are kept.
function reasonOf(error: unknown): string {
  const parts = causesOf(error).flatMap((cause) => (cause instanceof Error ? [cause.message] : []));
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) parts.push(`it says ${shown(error.error)}`);
  return [...new Set(parts)].join(': ').slice(0, 300);
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause !== undefined && cause !== null && causes.length < 8; cause = (cause as { cause?: unknown }).cause)
    causes.push(cause);
  return causes;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
