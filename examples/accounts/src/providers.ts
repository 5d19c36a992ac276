import { oidc, type Providers } from '@plinth/auth/oidc';
import { LOCAL_CLIENT, LOCAL_ISSUER } from './accounts.config.js';

/**
 * In production none: add yours here, such as `google: google({ clientId: env.string('GOOGLE_ID'), clientSecret: env.secret('GOOGLE_SECRET') })`.
 * While one develops, the provider of `development/local-provider.ts`.
 */
export function defaultProviders(): Providers {
  return process.env['NODE_ENV'] === 'production' ? {} : localProvider(LOCAL_ISSUER);
}

/** The provider on this machine. */
export function localProvider(issuer: string): Providers {
  return { local: oidc({ label: 'Local ID', issuer, clientId: LOCAL_CLIENT.id, clientSecret: LOCAL_CLIENT.secret }) };
}
