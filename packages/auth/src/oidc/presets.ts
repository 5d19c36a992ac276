import { oauth2, oidc, type IdentityProvider, type OidcOptions, type ProviderOptions } from './provider.js';

/** What the presets of OpenID Connect take. */
export type PresetOptions = Omit<OidcOptions, 'issuer' | 'clientAuth' | 'responseMode'>;

/** Options of `google`. */
export interface GoogleOptions extends PresetOptions {
  /** Only accounts of this Google Workspace (the claim `hd`). */
  readonly hostedDomain?: string;
}

/** Sign in with Google. */
export function google({ hostedDomain, ...options }: GoogleOptions): IdentityProvider {
  const provider = { label: 'Google', ...options, issuer: 'https://accounts.google.com' };
  if (hostedDomain === undefined) return oidc(provider);
  const { accept } = options;
  return oidc({
    ...provider,
    // The parameter only chooses what Google shows; the claim is what counts.
    parameters: { hd: hostedDomain, ...options.parameters },
    accept: (claims) => claims['hd'] === hostedDomain && accept?.(claims) !== false,
  });
}

/** Options of `microsoft`. */
export interface MicrosoftOptions extends PresetOptions {
  /** The id of a tenant, or `common`, `organizations` or `consumers`. */
  readonly tenant: string;
}

/** Microsoft's own tenant of personal accounts. */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad';

/**
 * Sign in with Microsoft (Entra ID). Anybody can write any address into a tenant of theirs, so an address counts as verified only where
 * the optional claim `xms_edov` says that its domain is the tenant's: configure it there, or users must link after signing in.
 */
export function microsoft({ tenant, ...options }: MicrosoftOptions): IdentityProvider {
  const id = tenant === 'consumers' ? CONSUMERS : tenant;
  const provider = {
    label: 'Microsoft',
    emailVerified: (claims: Readonly<Record<string, unknown>>) => [true, 1, '1', 'true'].includes(claims['xms_edov'] as string),
    ...options,
    issuer: `https://login.microsoftonline.com/${id}/v2.0`,
  };
  return { ...oidc(provider), tenants: tenant === 'common' || tenant === 'organizations' };
}

/** Options of `gitlab`. */
export interface GitlabOptions extends PresetOptions {
  /** An instance of your own. Default `https://gitlab.com`. */
  readonly issuer?: string;
}

/** Sign in with GitLab. */
export function gitlab(options: GitlabOptions): IdentityProvider {
  return oidc({ label: 'GitLab', ...options, issuer: options.issuer ?? 'https://gitlab.com' });
}

/** Sign in with GitHub, which has no ID tokens: its API tells who the user is, and which address is verified. */
export function github(options: ProviderOptions): IdentityProvider {
  return oauth2({
    label: 'GitHub',
    scopes: ['read:user', 'user:email'],
    ...options,
    clientAuth: 'post',
    issuer: 'https://github.com/login/oauth',
    authorizationEndpoint: 'https://github.com/login/oauth/authorize',
    tokenEndpoint: 'https://github.com/login/oauth/access_token',
    async profile(get) {
      const claims = objectOf(await get('https://api.github.com/user'));
      const listed = await get('https://api.github.com/user/emails');
      const primary = (Array.isArray(listed) ? listed : []).map(objectOf).find((email) => email['primary'] === true);
      return {
        subject: idOf(claims['id']),
        email: textOf(primary?.['email']),
        emailVerified: primary?.['verified'] === true,
        name: textOf(claims['name']) ?? textOf(claims['login']),
        claims,
      };
    },
  });
}

/** Sign in with Discord, which has no ID tokens that sign-in needs: its API tells who the user is. */
export function discord(options: ProviderOptions): IdentityProvider {
  return oauth2({
    label: 'Discord',
    scopes: ['identify', 'email'],
    ...options,
    clientAuth: 'post',
    issuer: 'https://discord.com',
    authorizationEndpoint: 'https://discord.com/oauth2/authorize',
    tokenEndpoint: 'https://discord.com/api/oauth2/token',
    async profile(get) {
      const claims = objectOf(await get('https://discord.com/api/users/@me'));
      return {
        subject: idOf(claims['id']),
        email: textOf(claims['email']),
        emailVerified: claims['verified'] === true,
        name: textOf(claims['global_name']) ?? textOf(claims['username']),
        claims,
      };
    },
  });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

// A number beyond the safe integers would be another user's.
function idOf(value: unknown): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : '';
  return typeof value === 'string' ? value : '';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
