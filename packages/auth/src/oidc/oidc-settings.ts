import { token } from '@plinth/core';
import type { ProviderConnection } from './provider-connection.js';

/** How identities come to accounts, and where the browser is sent; the options of `OidcModule.with` with every default filled in. */
export interface OidcSettings {
  readonly link: 'signed-in' | 'verified-email';
  /** Paths of this site. */
  readonly afterSignIn: string;
  readonly afterLink: string;
  readonly secondFactor: string;
  readonly failure: string;
  /** The origin that users see; undefined: that of the request, outside production only. */
  readonly origin: string | undefined;
}

/** @internal */
export const OIDC_SETTINGS = token<OidcSettings>('OIDC_SETTINGS', { from: 'OidcModule of @plinth/auth/oidc' });

/** The providers by name. @internal */
export type ProviderConnections = ReadonlyMap<string, ProviderConnection>;

/** @internal */
export const PROVIDER_CONNECTIONS = token<ProviderConnections>('PROVIDER_CONNECTIONS', { from: 'OidcModule of @plinth/auth/oidc' });
