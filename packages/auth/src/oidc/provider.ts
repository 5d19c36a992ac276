import type { Field, Secret } from '@plinth/core';
import type { FetchOptions } from '@plinth/http/fetch';

/** A text, or the variable of the environment that has it (`env.string(…)`). */
export type ProviderText = string | Field<string>;

/** A secret as it stands, as a `Secret`, or as the variable of the environment that has it (`env.secret(…)`). */
export type ProviderSecret = string | Secret | Field<Secret>;

/** What claims say of a user. */
export type ProviderClaims = Readonly<Record<string, unknown>>;

/** How a provider is reached, where its addresses are not public. */
export type ProviderFetch = Pick<FetchOptions, 'allowPrivate' | 'ports' | 'ca' | 'timeout' | 'lookup'>;

/** What every provider takes. */
export interface ProviderOptions {
  /** What the provider calls this application. */
  readonly clientId: ProviderText;
  readonly clientSecret?: ProviderSecret;
  /** What the user is asked for. */
  readonly scopes?: readonly string[];
  /** Further parameters of the authorization request, such as `{ prompt: 'select_account' }`. Those that secure it cannot be set. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Keep the provider's tokens, encrypted, for `IdentityTokens`. Default: they are thrown away (ASVS 5.0, 10.1.1). */
  readonly keepTokens?: boolean;
  /** Refuse identities, such as those of another company: whoever it gives `false` for cannot sign in. */
  readonly accept?: (claims: ProviderClaims) => boolean;
  /** How it is reached. Default: public addresses at the ports 80 and 443, within 10 seconds. */
  readonly fetch?: ProviderFetch;
  /** What users call it. Default: its name among `providers`. */
  readonly label?: string;
}

/** What a provider of OpenID Connect takes. */
export interface OidcOptions extends ProviderOptions {
  /** Its `iss`, exactly as its metadata have it: an https URL, or http on this machine outside production. */
  readonly issuer: string;
  /** How the client secret is sent; `basic`. `none` for clients without a secret. */
  readonly clientAuth?: 'basic' | 'post' | 'none';
  /** Sent as a form by the browser. For providers that insist on it. Default `query`. */
  readonly responseMode?: 'query' | 'form_post';
  /** The user must have signed in there within so many seconds (`auth_time`; ASVS 5.0, 7.6.1). */
  readonly maxAge?: number;
  /** The sign-in there must be of one of these levels (`acr`; ASVS 5.0, 6.8.4). */
  readonly acr?: readonly string[];
  /** Whether the user info endpoint is asked; `when-needed`: where the ID token has no address. */
  readonly userInfo?: 'when-needed' | 'always' | 'never';
  /** Whether claims say that the address is verified. Default: `email_verified` is `true`, and no text. */
  readonly emailVerified?: (claims: ProviderClaims) => boolean;
}

/** What a plain provider of OAuth 2.0 takes: one that has no ID tokens. */
export interface OAuthOptions extends ProviderOptions {
  /** What its users are known by, together with their ids: a URL that never changes. */
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly clientAuth?: 'basic' | 'post';
  /** Asks the provider who the user is. `get` sends the access token and gives the JSON. */
  readonly profile: (get: (url: string) => Promise<unknown>) => Promise<OAuthProfile>;
}

/** Whom a plain provider of OAuth 2.0 has told of. */
export interface OAuthProfile {
  /** The id that stays when names and addresses change. */
  readonly subject: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly claims: ProviderClaims;
}

/** A client secret that is made when it is needed. @internal */
export interface MadeSecret {
  readonly fields: readonly ProviderSecret[];
  make(secrets: readonly string[], clientId: string, now: number): string;
}

/** A provider for `OidcModule.with({ providers })`, made by `oidc`, `oauth2` or a preset. */
export type IdentityProvider =
  ({ readonly protocol: 'oidc' } & OidcOptions & Internals) | ({ readonly protocol: 'oauth2' } & OAuthOptions & Internals);

interface Internals {
  /** @internal */
  readonly madeSecret?: MadeSecret;
  /** The metadata name an issuer with `{tenantid}`. @internal */
  readonly tenants?: boolean;
}

/**
 * A provider of OpenID Connect, by its issuer: Keycloak, Entra ID, Auth0, Okta, your own.
 *
 * @example
 * oidc({ issuer: 'https://id.example.com', clientId: 'shop', clientSecret: env.secret('ID_SECRET') });
 */
export function oidc(options: OidcOptions): IdentityProvider {
  return { protocol: 'oidc', ...options };
}

/** A plain provider of OAuth 2.0, which has an API that tells who the user is instead of ID tokens. */
export function oauth2(options: OAuthOptions): IdentityProvider {
  return { protocol: 'oauth2', ...options };
}
