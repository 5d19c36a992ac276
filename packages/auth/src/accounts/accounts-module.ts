import {
  configured,
  Module,
  provide,
  provideAlias,
  provideFactory,
  provideValue,
  type ConfiguredModule,
  type ModuleOptions,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { inMemory } from '../in-memory.js';
import { ACCOUNT_PARTS, type AccountPart } from '../user/account-parts.js';
import { USERS } from '../user/users.js';
import { AccountMailer } from './account-mailer.js';
import { AccountNotices } from './account-notices.js';
import { AccountPasswords } from './account-passwords.js';
import { AccountSessions } from './account-sessions.js';
import { AccountSignIn } from './account-sign-in.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';
import { AccountUsers } from './account-users.js';
import { ACCOUNT_CONFIG, ACCOUNT_SETTINGS, accountSettings, type AccountSettingsOptions } from './accounts-settings.js';
import { Accounts } from './accounts.js';
import { AddressChanges } from './address-changes.js';
import { MailLimit } from './mail-limit.js';
import { MemoryAccountStore } from './memory-account-store.js';
import { Registrations } from './registrations.js';

/** What `AccountsModule.with` takes. Every part may be left out. */
export interface AccountsOptions extends AccountSettingsOptions {
  /** A provider of `ACCOUNT_STORE`, such as `sqlAccountStore` of `@plinth/auth/data`. Default: the memory of this process. */
  readonly store?: Provider;
  /** The module of the mailer, and modules whose exports the store needs. */
  readonly imports?: readonly ModuleRef[];
}

/**
 * Accounts for the whole application: provides `Accounts`, and `USERS` for the guards. It stands beside `AuthModule`, and needs `MAILER`:
 * `AccountsModule.with({ imports: [MailModule.with({ ... })] })`. Stops the boot with `AUTH_ACCOUNT_URL` in production without `APP_URL`.
 */
@Module(partsOf({}))
export class AccountsModule {
  /** The module with options. Throws `AUTH_ACCOUNT_OPTIONS`. */
  static with(options: AccountsOptions = {}): ConfiguredModule {
    return configured(AccountsModule, partsOf(options), { replace: true });
  }
}

function partsOf(options: AccountsOptions): ModuleOptions {
  const { store, imports = [], ...settings } = options;
  return {
    global: true,
    imports,
    providers: [
      ACCOUNT_CONFIG,
      provideValue(ACCOUNT_SETTINGS, accountSettings(settings)),
      store ?? inMemory(ACCOUNT_STORE, { what: 'accounts are', cure: 'sqlAccountStore' }, () => new MemoryAccountStore()),
      provide(MailLimit, { whenNeeded: true }),
      provide(AccountMailer, { whenNeeded: true }),
      provide(AccountSessions, { whenNeeded: true }),
      provide(AccountSignIn, { whenNeeded: true }),
      provide(AccountPasswords, { whenNeeded: true }),
      provide(AddressChanges, { whenNeeded: true }),
      provide(Registrations, { whenNeeded: true }),
      // It listens: it has to be there although nothing depends on it.
      provide(AccountNotices),
      provide(Accounts),
      provide(AccountUsers),
      provideAlias(USERS, AccountUsers),
      provideFactory(ACCOUNT_PARTS, { deps: [ACCOUNT_STORE], create: passwordPart, many: true, whenNeeded: true }),
    ],
    // The settings for `accountOidcUsers`.
    exports: [Accounts, ACCOUNT_STORE, ACCOUNT_SETTINGS, AccountUsers, USERS, ACCOUNT_PARTS],
  };
}

// It goes with the account itself.
function passwordPart(store: AccountStore): AccountPart {
  return {
    name: 'password',
    remove: async () => undefined,
    waysToSignIn: async (userId) => ((await store.find(userId))?.passwordHash == null ? 0 : 1),
  };
}
