import {
  APP_INFO,
  CLOCK,
  configured,
  defineConfig,
  Module,
  provide,
  provideFactory,
  provideValue,
  REQUEST_CONTEXT,
  SECURITY_INVENTORY,
  type ConfiguredModule,
  type ModuleOptions,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { inMemory } from '../in-memory.js';
import { loadPackage } from '../load-package.js';
import { ACCOUNT_PARTS } from '../user/account-parts.js';
import { BackChannelLogout } from './back-channel-logout.js';
import { IdentityLinks, identitiesOf } from './identity-links.js';
import { IdentitySignIns } from './identity-sign-ins.js';
import { IDENTITY_STORE } from './identity-store.js';
import { IdentityTokens } from './identity-tokens.js';
import { MemoryIdentityStore } from './memory-identity-store.js';
import { OIDC_SETTINGS, PROVIDER_CONNECTIONS, type OidcSettings, type ProviderConnections } from './oidc-settings.js';
import { Oidc } from './oidc.js';
import { oidcInventory } from './oidc-inventory.js';
import { ProviderSessions } from './provider-sessions.js';
import { checkProviders, credentialsOf, fieldsOf, isPlain, optionError, type Providers } from './provider-settings.js';
import { checkReturnPath } from './return-path.js';
import { Transactions } from './transactions.js';

/** What `OidcModule.with` takes. */
export interface OidcModuleOptions {
  /** The providers by the names that stand in paths: `{ google: google({...}), own: oidc({...}) }`. */
  readonly providers: Providers;
  /** A provider of `IDENTITY_STORE`, such as `sqlIdentityStore` of `@plinth/auth/data`. Default: the memory of this process. */
  readonly store?: Provider;
  /** A provider of `OIDC_USERS`, such as `accountOidcUsers` of `@plinth/auth/accounts`. Default: one that every module sees. */
  readonly users?: Provider;
  /**
   * Who may link an identity to an account that is there: who is signed in to it, or also who has the account's verified address verified
   * at the provider. Default `signed-in`: the other trusts every provider with every account.
   */
  readonly link?: OidcSettings['link'];
  /** The path after a sign-in; `/`. */
  readonly afterSignIn?: string;
  /** The path after linking; `/account`. */
  readonly afterLink?: string;
  /** The path where a second factor is asked for, with `factors` and `returnTo` in the query; `/sign-in/second-factor`. */
  readonly secondFactor?: string;
  /** The path after a refused sign-in, with its code as `error` in the query; `/sign-in`. */
  readonly failure?: string;
  /** Modules whose exports the providers need. */
  readonly imports?: readonly ModuleRef[];
}

/**
 * Sign-in through Google, Microsoft, Apple, GitHub and every other provider of OpenID Connect or OAuth 2.0, for the whole application. Import
 * `OidcModule.with({...})` once, beside `AuthModule`, and list `oidcRoutes()`.
 */
@Module(partsOf({ providers: {} }))
export class OidcModule {
  /** The module with options. Throws `AUTH_OIDC_OPTIONS`. */
  static with(options: OidcModuleOptions): ConfiguredModule {
    return configured(OidcModule, partsOf(options), { replace: true });
  }
}

function partsOf(options: OidcModuleOptions): ModuleOptions {
  const { providers } = options;
  checkProviders(providers);
  const paths = pathsOf(options);
  const CONFIG = defineConfig('oidc', fieldsOf(providers));
  return {
    global: true,
    imports: options.imports ?? [],
    providers: [
      CONFIG,
      provideFactory(OIDC_SETTINGS, {
        deps: [CONFIG, APP_INFO],
        create: (config, info) => ({ ...paths, origin: originOf(config['url'] as URL | string | undefined, info.production) }),
        whenNeeded: true,
      }),
      provideFactory(PROVIDER_CONNECTIONS, {
        // REQUEST_CONTEXT is asked for so that routes that call providers enter it: signal and deadline come from there.
        deps: [CONFIG, APP_INFO, CLOCK, REQUEST_CONTEXT],
        create: async (config, info, clock): Promise<ProviderConnections> => {
          const all = Object.entries(providers);
          if (all.length === 0) return new Map();
          const { ProviderConnection } = await loadPackage(
            '@plinth/auth/oidc',
            'openid-client undici',
            () => import('./provider-connection.js'),
          );
          return new Map(
            all.map(([name, provider]) => {
              if (info.production && isPlain(provider))
                throw optionError(`providers.${name}.issuer`, provider.issuer, 'in production it must be https');
              return [name, new ProviderConnection(name, provider, credentialsOf(name, provider, config), clock)];
            }),
          );
        },
        dispose: async (connections) => {
          await Promise.all([...connections.values()].map((connection) => connection.close()));
        },
      }),
      options.store ?? inMemory(IDENTITY_STORE, { what: 'identities are', cure: 'sqlIdentityStore' }, () => new MemoryIdentityStore()),
      ...(options.users ? [options.users] : []),
      provide(Transactions, { whenNeeded: true }),
      provide(ProviderSessions, { whenNeeded: true }),
      provide(IdentityTokens, { whenNeeded: true }),
      provide(IdentityLinks, { whenNeeded: true }),
      provide(IdentitySignIns, { whenNeeded: true }),
      provide(BackChannelLogout, { whenNeeded: true }),
      provide(Oidc, { whenNeeded: true }),
      provideValue(SECURITY_INVENTORY, oidcInventory, { many: true }),
      provideFactory(ACCOUNT_PARTS, { deps: [IDENTITY_STORE, PROVIDER_CONNECTIONS], create: identitiesOf, many: true, whenNeeded: true }),
    ],
    exports: [Oidc, IdentityLinks, IdentityTokens, BackChannelLogout, IDENTITY_STORE, ACCOUNT_PARTS],
  };
}

function pathsOf(options: OidcModuleOptions): Omit<OidcSettings, 'origin'> {
  const { link = 'signed-in' } = options;
  if (link !== 'signed-in' && link !== 'verified-email') throw optionError('link', link, 'it must be signed-in or verified-email');
  const defaults = { afterSignIn: '/', afterLink: '/account', secondFactor: '/sign-in/second-factor', failure: '/sign-in' };
  const paths = Object.entries(defaults).map(([name, value]) => {
    const path = options[name as keyof typeof defaults] ?? value;
    try {
      return [name, checkReturnPath(path)];
    } catch {
      throw optionError(name, path, 'it must be a path of this site');
    }
  });
  return { link, ...(Object.fromEntries(paths) as typeof defaults) };
}

// A Host header must not decide where providers send their codes.
function originOf(url: URL | string | undefined, production: boolean): string | undefined {
  if (url !== undefined) return new URL(url).origin;
  if (production) throw optionError('APP_URL', undefined, 'in production it must be set, for providers send users back to it');
  return undefined;
}
