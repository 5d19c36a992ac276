import { AuthModule } from '@plinth/auth';
import { accountOidcUsers, AccountsModule } from '@plinth/auth/accounts';
import { sqlAccountStore, sqlAuthStores, sqlIdentityStore, sqlPasskeyStore } from '@plinth/auth/data';
import { OidcModule, type Providers } from '@plinth/auth/oidc';
import { PasskeysModule } from '@plinth/auth/passkeys';
import { configured, Module, type ConfiguredModule, type ModuleOptions } from '@plinth/core';
import { HttpModule } from '@plinth/http';
import { MailModule } from '@plinth/mail';
import { OpenApiModule } from '@plinth/openapi';
import { FOLIO_CONFIG, NAME } from './accounts.config.js';
import { AdminModule } from './admin/admin.module.js';
import { Data } from './database/data.js';
import { Demo } from './database/demo.js';
import { NotesModule } from './notes/notes.module.js';
import { PageModule } from './page.module.js';
import { defaultProviders } from './providers.js';
import { routes } from './routes.js';

/** The whole of Folio. */
@Module(partsOf(defaultProviders()))
export class AppModule {
  /** The same, with other providers of social sign-in. */
  static with(providers: Providers): ConfiguredModule {
    return configured(AppModule, partsOf(providers), { replace: true });
  }
}

function partsOf(providers: Providers): ModuleOptions {
  const imports = [Data];
  return {
    imports: [
      HttpModule.with({ compress: true }),
      OpenApiModule.with({ title: NAME, version: '1.0.0' }),
      Data,
      AuthModule.with({ imports, stores: sqlAuthStores, secondFactor: { issuer: NAME }, securityLog: {} }),
      AccountsModule.with({
        imports: [...imports, MailModule.with({ from: { name: NAME, address: 'hello@folio.example' } })],
        store: sqlAccountStore,
      }),
      PasskeysModule.with({ imports, rpName: NAME, store: sqlPasskeyStore }),
      OidcModule.with({
        imports,
        providers,
        users: accountOidcUsers,
        store: sqlIdentityStore,
        afterSignIn: '/notes',
        afterLink: '/settings/security',
        secondFactor: '/sign-in/second-factor',
        failure: '/sign-in',
      }),
      NotesModule,
      AdminModule,
      PageModule,
    ],
    providers: [FOLIO_CONFIG, Demo],
    routes,
  };
}
