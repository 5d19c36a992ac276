import {
  configured,
  Module,
  provide,
  provideValue,
  SECURITY_INVENTORY,
  type ConfiguredModule,
  type ModuleOptions,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { inMemory } from './in-memory.js';
import { AccessDenials } from './access/access-denials.js';
import { BasicSignIn } from './access/basic-sign-in.js';
import { impersonationProviders } from './access/impersonation-providers.js';
import type { ImpersonationOptions } from './access/impersonation-settings.js';
import { Impersonation } from './access/impersonation.js';
import { withStores, type AuthStores } from './auth-stores.js';
import { Keyring } from './crypto/keyring.js';
import { authInventory } from './inventory/auth-inventory.js';
import { RecoveryCodes } from './mfa/recovery-codes.js';
import { secondFactorProviders, type SecondFactorOptions } from './mfa/second-factor-providers.js';
import { Totp } from './mfa/totp.js';
import { ONE_TIME_STORE } from './one-time/one-time-store.js';
import { passwordProviders } from './password/password-providers.js';
import type { PasswordOptions } from './password/password-settings.js';
import { Passwords } from './password/passwords.js';
import { ATTEMPT_STORE } from './protect/attempt-store.js';
import { PROTECT_SERVICES, protectProviders, type ProtectOptions } from './protect/protect-providers.js';
import { SecurityEvents } from './protect/security-events.js';
import { MemorySessionStore } from './session/memory-session-store.js';
import { SESSION_GATE, sessionGateProviders } from './session/session-gate-providers.js';
import { SESSION_SETTINGS, sessionSettings, type SessionOptions } from './session/session-settings.js';
import { SESSION_STORE } from './session/session-store.js';
import { Sessions } from './session/sessions.js';
import { TOKEN_SERVICES, tokenProviders, type TokenModuleOptions } from './token/token-providers.js';
import { SIGN_IN_SERVICES, signInProviders } from './sign-in/sign-in-providers.js';
import { ACCOUNT_PARTS } from './user/account-parts.js';
import { ownAccountParts } from './user/own-account-parts.js';
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
  /** Where everything is stored that does not name its own store. Default: the memory of this process. */
  readonly stores?: AuthStores;
  /** Modules whose exports the stores need. */
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

function partsOf(given: AuthOptions): ModuleOptions {
  const options = withStores(given);
  const { store, ...sessions } = options.sessions ?? {};
  return {
    global: true,
    imports: options.imports ?? [],
    providers: [
      provide(SecurityEvents, { whenNeeded: true }),
      provide(AccessDenials, { whenNeeded: true }),
      ...protectProviders(options),
      provide(Keyring, { whenNeeded: true }),
      ...passwordProviders(options.passwords),
      provide(PasswordSignIn),
      provide(BasicSignIn, { whenNeeded: true }),
      ...secondFactorProviders(options.secondFactor),
      ...tokenProviders(options),
      provideValue(SESSION_SETTINGS, sessionSettings(sessions)),
      store ?? inMemory(SESSION_STORE, { what: 'sessions are', cure: 'sqlSessionStore' }, () => new MemorySessionStore()),
      provide(Sessions, { whenNeeded: true }),
      ...sessionGateProviders(),
      ...signInProviders(),
      ...impersonationProviders(options.impersonation),
      ...ownAccountParts(),
      provideValue(SECURITY_INVENTORY, authInventory, { many: true }),
    ],
    exports: [
      Keyring,
      Passwords,
      Totp,
      RecoveryCodes,
      SecurityEvents,
      AccessDenials,
      ...PROTECT_SERVICES,
      PasswordSignIn,
      BasicSignIn,
      ...TOKEN_SERVICES,
      ONE_TIME_STORE,
      Sessions,
      SESSION_GATE,
      SESSION_SETTINGS,
      ...SIGN_IN_SERVICES,
      ACCOUNT_PARTS,
      ATTEMPT_STORE,
      ...(options.impersonation ? [Impersonation] : []),
    ],
  };
}
