import { APP_INFO, APP_KEY, provide, provideFactory, provideValue, type AppKey, type Provider } from '@plinth/core';
import { inMemory } from '../in-memory.js';
import { API_KEY_SETTINGS, apiKeySettings, checkApiKeyOptions, type ApiKeyOptions } from '../api-key/api-key-settings.js';
import { API_KEY_STORE } from '../api-key/api-key-store.js';
import { ApiKeys } from '../api-key/api-keys.js';
import { MemoryApiKeyStore } from '../api-key/memory-api-key-store.js';
import { MemoryOneTimeStore } from '../one-time/memory-one-time-store.js';
import { ONE_TIME_KEYS, oneTimeKeys } from '../one-time/one-time-settings.js';
import { ONE_TIME_STORE } from '../one-time/one-time-store.js';
import { OneTimeTokens } from '../one-time/one-time-tokens.js';
import { MemoryRefreshStore } from '../refresh/memory-refresh-store.js';
import { REFRESH_SETTINGS, refreshSettings, type RefreshOptions } from '../refresh/refresh-settings.js';
import { REFRESH_STORE } from '../refresh/refresh-store.js';
import { RefreshTokens } from '../refresh/refresh-tokens.js';
import { PublicKeys } from './public-keys.js';
import { pairKeys, secretKeys, type TokenKeys } from './token-keys.js';
import { TOKEN_SETTINGS, tokenSettings, type TokenOptions } from './token-settings.js';
import { Tokens } from './tokens.js';

/** The parts of `AuthModule.with` that are about tokens and keys. */
export interface TokenModuleOptions {
  readonly tokens?: TokenOptions;
  readonly oneTime?: {
    /** A provider of `ONE_TIME_STORE`, such as `sqlOneTimeStore` of `@plinth/auth/data`. Default: the memory of this process. */
    readonly store?: Provider;
  };
  readonly refresh?: RefreshOptions & {
    /** A provider of `REFRESH_STORE`, such as `sqlRefreshStore` of `@plinth/auth/data`. Default: the memory of this process. */
    readonly store?: Provider;
  };
  readonly apiKeys?: ApiKeyOptions & {
    /** A provider of `API_KEY_STORE`, such as `sqlApiKeyStore` of `@plinth/auth/data`. Default: the memory of this process. */
    readonly store?: Provider;
  };
}

/** The services that `tokenProviders` provides. @internal */
export const TOKEN_SERVICES = [Tokens, PublicKeys, OneTimeTokens, RefreshTokens, ApiKeys] as const;

/** Everything that the services of tokens and keys need. Throws `AUTH_OPTIONS`. @internal */
export function tokenProviders(options: TokenModuleOptions): readonly Provider[] {
  const { oneTime = {}, refresh = {}, apiKeys = {} } = options;
  checkApiKeyOptions(apiKeys);
  return [
    settingsProvider(options.tokens ?? {}),
    // Only an application that uses them needs an APP_KEY for codes.
    provideFactory(ONE_TIME_KEYS, { deps: [APP_KEY], create: oneTimeKeys, whenNeeded: true }),
    oneTime.store ?? inMemory(ONE_TIME_STORE, { what: 'one-time tokens are', cure: 'sqlOneTimeStore' }, () => new MemoryOneTimeStore()),
    provideValue(REFRESH_SETTINGS, refreshSettings(refresh)),
    refresh.store ?? inMemory(REFRESH_STORE, { what: 'refresh tokens are', cure: 'sqlRefreshStore' }, () => new MemoryRefreshStore()),
    provideFactory(API_KEY_SETTINGS, { deps: [APP_INFO], create: (info) => apiKeySettings(apiKeys, info.production), whenNeeded: true }),
    apiKeys.store ?? inMemory(API_KEY_STORE, { what: 'API keys are', cure: 'sqlApiKeyStore' }, () => new MemoryApiKeyStore()),
    ...TOKEN_SERVICES.map((service) => provide(service as typeof Tokens, { whenNeeded: true })),
  ];
}

// Only an application that uses tokens needs an APP_KEY for them.
function settingsProvider(options: TokenOptions): Provider {
  const { keys } = options;
  if (keys)
    return provideFactory(TOKEN_SETTINGS, {
      deps: [APP_INFO],
      create: (info) => tokenSettings(options, pairKeys(keys), info.name),
      whenNeeded: true,
    });
  return provideFactory(TOKEN_SETTINGS, {
    deps: [APP_INFO, APP_KEY],
    create: (info, appKey) => tokenSettings(options, derivedKeys(appKey), info.name),
    whenNeeded: true,
  });
}

// Tokens signed with an older APP_KEY that is still listed stay valid until they expire.
function derivedKeys(appKey: AppKey): TokenKeys {
  return secretKeys([appKey.derive('auth.tokens'), ...appKey.derivePrevious('auth.tokens')]);
}
