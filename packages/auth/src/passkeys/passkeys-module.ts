import {
  APP_INFO,
  configured,
  Module,
  provide,
  provideFactory,
  provideValue,
  SECURITY_INVENTORY,
  type ConfiguredModule,
  type ModuleOptions,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { inMemory } from '../in-memory.js';
import { HTTP_CONFIG } from '@plinth/http';
import { SECOND_FACTORS } from '../sign-in/second-factors.js';
import { ACCOUNT_PARTS } from '../user/account-parts.js';
import { MemoryPasskeyStore } from './memory-passkey-store.js';
import { PasskeyChallenges } from './passkey-challenges.js';
import { passkeyLibrary } from './passkey-library.js';
import { PasskeyProofs } from './passkey-proofs.js';
import { passkeyInventory } from './passkey-inventory.js';
import { PASSKEY_SETTINGS, passkeySettings, type PasskeyOptions } from './passkey-settings.js';
import { PASSKEY_STORE } from './passkey-store.js';
import { Passkeys } from './passkeys.js';

/** What `PasskeysModule.with` takes. Every part may be left out. */
export interface PasskeysModuleOptions extends PasskeyOptions {
  /** A provider of `PASSKEY_STORE`, such as `sqlPasskeyStore` of `@plinth/auth/data`. Default: the memory of this process. */
  readonly store?: Provider;
  /** Modules whose exports the store needs. */
  readonly imports?: readonly ModuleRef[];
}

/**
 * Passkeys for the whole application, beside `AuthModule`: to sign in, as a second factor (`passkey`), and as a way to sign in that counts.
 * Stops the boot with `AUTH_PASSKEY_OPTIONS`. Needs the package @simplewebauthn/server, and in production `APP_URL` or
 * the option `origins`.
 *
 * @example
 * @Module({ imports: [AuthModule, PasskeysModule.with({ rpName: 'Acme' })], routes: Object.values(passkeyRoutes()) })
 * class AppModule {}
 */
@Module(partsOf({}))
export class PasskeysModule {
  /** The module with options. */
  static with(options: PasskeysModuleOptions = {}): ConfiguredModule {
    return configured(PasskeysModule, partsOf(options), { replace: true });
  }
}

function partsOf({ store, imports = [], ...options }: PasskeysModuleOptions): ModuleOptions {
  return {
    global: true,
    imports,
    providers: [
      // Not only when needed: what is wrong with the options stops the boot.
      provideFactory(PASSKEY_SETTINGS, {
        deps: [HTTP_CONFIG, APP_INFO],
        create: ({ url, port }, { name, production }) => passkeySettings(options, { url, port, name, production }),
      }),
      passkeyLibrary,
      store ?? inMemory(PASSKEY_STORE, { what: 'passkeys are', cure: 'sqlPasskeyStore' }, () => new MemoryPasskeyStore()),
      provide(PasskeyChallenges, { whenNeeded: true }),
      provide(PasskeyProofs, { whenNeeded: true }),
      provide(Passkeys, { whenNeeded: true }),
      provideFactory(SECOND_FACTORS, {
        deps: [PASSKEY_STORE],
        create: (passkeys) => ({
          kind: 'passkey',
          methods: ['hwk', 'swk'],
          enrolled: async (userId: string) => (await passkeys.count(userId)) > 0,
        }),
        many: true,
        whenNeeded: true,
      }),
      provideFactory(ACCOUNT_PARTS, {
        deps: [PASSKEY_STORE],
        create: (passkeys) => ({
          name: 'passkeys',
          remove: (userId: string) => passkeys.removeAll(userId),
          waysToSignIn: (userId: string) => passkeys.count(userId),
        }),
        many: true,
        whenNeeded: true,
      }),
      provideValue(SECURITY_INVENTORY, passkeyInventory, { many: true }),
    ],
    exports: [PASSKEY_STORE, PasskeyProofs, Passkeys, SECOND_FACTORS, ACCOUNT_PARTS],
  };
}
