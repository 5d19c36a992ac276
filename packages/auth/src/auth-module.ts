import {
  APP_INFO,
  APP_KEY,
  configured,
  Module,
  PINO,
  provide,
  provideFactory,
  provideValue,
  type AppKey,
  type ConfiguredModule,
  type ModuleOptions,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { PASSWORD_SETTINGS, passwordSettings, type PasswordOptions } from './password/password-settings.js';
import { Passwords } from './password/passwords.js';
import { MemorySessionStore } from './session/memory-session-store.js';
import { SESSION_SETTINGS, sessionSettings, type SessionOptions } from './session/session-settings.js';
import { SESSION_STORE } from './session/session-store.js';
import { Sessions } from './session/sessions.js';
import { pairKeys, secretKeys, type TokenKeys } from './token/token-keys.js';
import { TOKEN_SETTINGS, tokenSettings, type TokenOptions } from './token/token-settings.js';
import { Tokens } from './token/tokens.js';
import { PasswordSignIn } from './user/password-sign-in.js';

/** What `AuthModule.with` takes. Every part may be left out. */
export interface AuthOptions {
  readonly passwords?: PasswordOptions;
  readonly tokens?: TokenOptions;
  readonly sessions?: SessionOptions & {
    /** A provider of `SESSION_STORE`, such as `sqlSessionStore` of `@plinth/auth/data`. Default: the memory of this process. */
    readonly store?: Provider;
  };
  /** Modules whose exports the store needs. */
  readonly imports?: readonly ModuleRef[];
}

/**
 * Passwords, access tokens, sessions and sign-in for the whole application. Import `AuthModule`, or `AuthModule.with({...})`, once; its
 * providers (`Passwords`, `Tokens`, `Sessions`, `PasswordSignIn`) are visible everywhere.
 */
@Module(partsOf({}))
export class AuthModule {
  /** The module with options. Throws `AUTH_OPTIONS` for a value that would be unsafe. */
  static with(options: AuthOptions = {}): ConfiguredModule {
    return configured(WithOptions, partsOf(options));
  }
}

// Of the same name, as it is the same module to its readers, but without the defaults of AuthModule, to which options would be added.
const WithOptions = class AuthModule {};
Module()(WithOptions);

function partsOf(options: AuthOptions): ModuleOptions {
  const { store, ...sessions } = options.sessions ?? {};
  return {
    global: true,
    imports: options.imports ?? [],
    providers: [
      provideValue(PASSWORD_SETTINGS, passwordSettings(options.passwords)),
      provide(Passwords),
      provide(PasswordSignIn),
      tokenSettingsProvider(options.tokens ?? {}),
      provide(Tokens, { whenNeeded: true }),
      provideValue(SESSION_SETTINGS, sessionSettings(sessions)),
      store ?? memoryStore(),
      provide(Sessions, { whenNeeded: true }),
    ],
    exports: [Passwords, PasswordSignIn, Tokens, Sessions, SESSION_SETTINGS],
  };
}

// PINO and not LOGGER: a line at the start is no reason to enter the request context with every request.
function memoryStore(): Provider {
  return provideFactory(SESSION_STORE, {
    deps: [APP_INFO, PINO],
    create(info, log) {
      if (info.production)
        log.warn(
          'sessions are kept in the memory of this process: they end with it, and other processes do not see them; see sqlSessionStore',
        );
      return new MemorySessionStore();
    },
    whenNeeded: true,
  });
}

// Only an application that uses tokens needs an APP_KEY for them.
function tokenSettingsProvider(options: TokenOptions): Provider {
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
