import { createApp, Module, provide } from '@plinth/core';
import { HttpModule } from '@plinth/http';
import { MailModule } from '@plinth/mail';
import { expect, test } from 'vitest';
import { AuthModule } from '@plinth/auth';
import { Accounts, accountOidcUsers, accountRoutes, AccountsModule } from '@plinth/auth/accounts';
import { oidcRoutes, OidcModule } from '@plinth/auth/oidc';
import { startProvider } from './oidc-fake-provider.js';
import { Browser } from './oidc-support.js';
import { appKey } from './support.js';

class Needs {
  constructor(readonly accounts: Accounts) {}
}

test('with the accounts module: a new account without a password, which unlinks its provider once it has one [AU-08]', async () => {
  await using provider = await startProvider();
  @Module({
    imports: [
      HttpModule.with({ rateLimit: false }),
      AuthModule,
      AccountsModule.with({ imports: [MailModule.with({ from: 'shop@example.org', url: 'memory:' })] }),
      OidcModule.with({ providers: { own: provider.options() }, users: accountOidcUsers }),
    ],
    providers: [provide(Needs, { deps: [Accounts] })],
    routes: [...Object.values(accountRoutes()), ...Object.values(oidcRoutes())],
  })
  class Root {}
  const env = { APP_KEY: appKey(), LOG_LEVEL: 'fatal', PORT: '0', APP_URL: 'https://app.example.com' };
  await using app = await createApp(Root, { env, envFile: false });
  await app.start();
  const browser = new Browser(app);
  expect(await browser.back(provider.agree(await browser.begin()))).toBe('/');
  expect((await browser.send('GET', '/account')).json()).toMatchObject({ email: 'ada@example.com', name: 'Ada', hasPassword: false });
  const [identity] = (await browser.send('GET', '/account/identities')).json() as { id: string }[];
  const unlink = () => browser.send('DELETE', `/account/identities/${identity!.id}`);
  expect((await unlink()).json()).toMatchObject({ code: 'AUTH_LAST_SIGN_IN_WAY' });
  expect((await browser.send('POST', '/account/password/set', { password: 'correct horse battery staple' })).status).toBe(204);
  expect((await unlink()).status).toBe(204);
  const again = new Browser(app);
  expect(await again.back(provider.agree(await again.begin()))).toBe('/sign-in?error=AUTH_OIDC_LINK_FIRST');
  const signIn = await again.send('POST', '/account/sign-in', { email: 'ada@example.com', password: 'correct horse battery staple' });
  expect(signIn.json()).toMatchObject({ state: 'signed-in' });
  expect(await again.back(provider.agree(await again.beginLink()))).toBe('/account');
  expect((await again.send('DELETE', '/account')).status).toBe(204);
  // What belonged to the account went with it: the same identity makes a new one.
  const fresh = new Browser(app);
  expect(await fresh.back(provider.agree(await fresh.begin()))).toBe('/');
});
