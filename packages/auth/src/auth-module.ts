import {
  APP_INFO,
  configured,
  Module,
  PINO,
  provide,
  provideFactory,
  provideValue,
  type ConfiguredModule,
  type ModuleOptions,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { impersonationProviders } from './access/impersonation-providers.js';
import type { ImpersonationOptions } from './access/impersonation-settings.js';
import { Impersonation } from './access/impersonation.js';
import { Keyring } from './crypto/keyring.js';
import { RecoveryCodes } from './mfa/recovery-codes.js';
import { secondFactorProviders, type SecondFactorOptions } from './mfa/second-factor-providers.js';
import { Totp } from './mfa/totp.js';
import { passwordProviders } from './password/password-providers.js';
import type { PasswordOptions } from './password/password-settings.js';
import { Passwords } from './password/passwords.js';
import { PROTECT_SERVICES, protectProviders, type ProtectOptions } from './protect/protect-providers.js';
import { SecurityEvents } from './protect/security-events.js';
import { MemorySessionStore } from './session/memory-session-store.js';
import { SESSION_SETTINGS, sessionSettings, type SessionOptions } from './session/session-settings.js';
import { SESSION_STORE } from './session/session-store.js';
import { Sessions } from './session/sessions.js';
import { TOKEN_SERVICES, tokenProviders, type TokenModuleOptions } from './token/token-providers.js';
import { PasswordSignIn } from './user/password-sign-in.js';

/** What `AuthModule.with` takes. Every part may be left out. */
export interface AuthOptions extends TokenModuleOptions, ProtectOptions {
  readonly passwords?: PasswordOptions;
  readonly sessions?: SessionOptions & {
    /** A provider of `SESSION_STORE`, such as `sqlSessionStore` of `@plinth/auth/data`. Default: the memory of this process. */
    readonly store?: Provider;
  };
  readonly secondFactor?: SecondFactorOptions;
  /** Acting as another user; without it nobody can. */
  readonly impersonation?: ImpersonationOptions;
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
    return configured(AuthModule, partsOf(options), { replace: true });
  }
}

function partsOf(options: AuthOptions): ModuleOptions {
  const { store, ...sessions } = options.sessions ?? {};
  return {
    global: true,
    imports: options.imports ?? [],
    providers: [
      provide(SecurityEvents, { whenNeeded: true }),
      ...protectProviders(options),
      provide(Keyring, { whenNeeded: true }),
      ...passwordProviders(options.passwords),
      provide(PasswordSignIn),
      ...secondFactorProviders(options.secondFactor),
      ...tokenProviders(options),
      provideValue(SESSION_SETTINGS, sessionSettings(sessions)),
      store ?? memoryStore(),
      provide(Sessions, { whenNeeded: true }),
      ...impersonationProviders(options.impersonation),
    ],
    exports: [
      Keyring,
      Passwords,
      Totp,
      RecoveryCodes,
      SecurityEvents,
      ...PROTECT_SERVICES,
      PasswordSignIn,
      ...TOKEN_SERVICES,
      Sessions,
      SESSION_SETTINGS,
      ...(options.impersonation ? [Impersonation] : []),
    ],
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
