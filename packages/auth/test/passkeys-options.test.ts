import { createApp, Module, provide, provideValue } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { HttpModule } from '@plinth/http';
import { expect, test } from 'vitest';
import { AuthModule, SecondFactors, USERS } from '@plinth/auth';
import { authMigrations, sqlPasskeyStore } from '@plinth/auth/data';
import { Passkeys, PasskeysModule, passkeyRoutes, type PasskeysModuleOptions } from '@plinth/auth/passkeys';
import { SoftAuthenticator } from './passkey-authenticator.js';
import { People, startPasskeys } from './passkey-support.js';
import { appKey } from './support.js';

const production = { NODE_ENV: 'production', APP_HOSTS: 'app.example.org' };

/** What the boot says of these options, and what it logs. */
async function boot(options: PasskeysModuleOptions, env: Record<string, string | undefined> = {}) {
  class Needs {
    constructor(readonly passkeys: Passkeys) {}
  }
  @Module({
    imports: [HttpModule, AuthModule, PasskeysModule.with(options)],
    providers: [provideValue(USERS, new People()), provide(Needs, { deps: [Passkeys] })],
  })
  class Root {}
  let lines = '';
  const logger = { write: (line: string) => void (lines += line) };
  const settings = { APP_KEY: appKey(), APP_URL: 'https://app.example.org', ...env };
  const tried = await createApp(Root, { env: settings, envFile: false, logger }).then(
    async (app) => void (await app.stop()),
    (error: Error) => error,
  );
  return { error: tried === undefined ? '' : `${tried.message}`, lines };
}

test.each<readonly [string, RegExp, PasskeysModuleOptions, Record<string, string | undefined>]>([
  ['no origin at all in production', /origins is missing/, {}, { ...production, APP_URL: undefined }],
  ['an rpId that is not that of localhost', /not of that domain/, { rpId: 'example.org' }, { APP_URL: undefined }],
  ['an empty list of origins', /origins is missing/, { origins: [] }, {}],
  ['an origin with a path', /exact origin/, { origins: ['https://app.example.org/'] }, {}],
  ['an origin in capitals', /exact origin/, { origins: ['https://APP.example.org'] }, {}],
  ['an origin with the port that goes without saying', /exact origin/, { origins: ['https://app.example.org:443'] }, {}],
  ['an origin that is none', /exact origin/, { origins: ['app.example.org'] }, {}],
  ['null', /exact origin/, { origins: ['null'] }, {}],
  ['every origin', /exact origin/, { origins: ['*'] }, {}],
  ['another protocol', /exact origin/, { origins: ['ftp://app.example.org'] }, {}],
  ['http', /must be https/, { origins: ['http://app.example.org'] }, {}],
  ['http by APP_URL', /must be https/, {}, { APP_URL: 'http://app.example.org' }],
  ['http on an address of this machine', /must be https/, { origins: ['http://127.0.0.1:3000'] }, {}],
  ['http on a host that begins like localhost', /must be https/, { origins: ['http://localhost.example.org'] }, {}],
  ['http on localhost in production', /must be https/, { origins: ['http://localhost:3000'], rpId: 'localhost' }, production],
  ['an rpId of another site', /not of that domain/, { rpId: 'evil.example' }, {}],
  ['an rpId that the origin merely ends with', /not of that domain/, { rpId: 'pp.example.org' }, {}],
  ['an rpId below the origin', /not of that domain/, { rpId: 'x.app.example.org' }, {}],
  [
    'an rpId of one of two origins',
    /not of that domain/,
    { origins: ['https://app.example.org', 'https://other.example'], rpId: 'example.org' },
    {},
  ],
  ['an rpId that is a top level domain', /a domain in lower case/, { rpId: 'org' }, {}],
  ['an rpId in capitals', /a domain in lower case/, { rpId: 'Example.org' }, {}],
  ['an rpId that is a URL', /a domain in lower case/, { rpId: 'https://app.example.org' }, {}],
  ['an rpId that is an address', /a domain in lower case/, { origins: ['https://192.0.2.7'], rpId: '192.0.2.7' }, {}],
  ['an rpId that is empty', /a domain in lower case/, { rpId: '' }, {}],
  ['a name that is empty', /rpName/, { rpName: ' ' }, {}],
  ['a name with a line break', /rpName/, { rpName: 'Acme\nInc' }, {}],
])('the boot stops for %s [AU-11]', async (_what, rule, options, env) => {
  const { error } = await boot(options, env);
  expect(error).toContain('AUTH_PASSKEY_OPTIONS');
  expect(error).toMatch(rule);
});

test.each<readonly [string, PasskeysModuleOptions, Record<string, string | undefined>]>([
  ['nothing but APP_URL', {}, {}],
  ['nothing at all in development', {}, { APP_URL: undefined }],
  ['nothing at all, on any free port', {}, { APP_URL: undefined, PORT: '0' }],
  ['the domain above', { rpId: 'example.org' }, {}],
  ['two origins of one domain', { origins: ['https://app.example.org', 'https://www.example.org:8443'], rpId: 'example.org' }, {}],
  ['origins without APP_URL', { origins: ['https://app.example.org'] }, { APP_URL: undefined }],
  ['localhost in development', {}, { APP_URL: 'http://localhost:3000' }],
  ['a host below localhost in development', {}, { APP_URL: 'http://shop.localhost:3000' }],
  ['https in production', {}, production],
])('the boot goes on with %s', async (_what, options, env) => {
  expect((await boot(options, env)).error).toBe('');
});

test('while one develops, passkeys belong to localhost at the port of the service', async () => {
  await using t = await startPasskeys({}, { env: { APP_URL: undefined, PORT: '4711' } });
  const browser = await t.signedIn();
  const options = await browser.creation();
  expect(options.rp.id).toBe('localhost');
  const response = new SoftAuthenticator().create(options, { origin: 'http://localhost:4711' });
  expect((await browser.post('/account/passkeys', { response })).status).toBe(201);
  const elsewhere = new SoftAuthenticator().create(await browser.creation(), { origin: 'http://localhost:3000' });
  expect((await browser.post('/account/passkeys', { response: elsewhere })).status).toBe(422);
});

test('passkeys in memory are warned of in production', async () => {
  expect((await boot({}, production)).lines).toContain('passkeys are kept in the memory of this process');
  expect((await boot({})).lines).not.toContain('passkeys are kept');
});

test('passkeys in SQL go through the whole, and with the account', async () => {
  const data = DataModule.with({ url: 'sqlite::memory:', migrations: authMigrations, migrate: 'start' });
  await using t = await startPasskeys({ store: sqlPasskeyStore, imports: [data] }, { imports: [data] });
  const browser = await t.signedIn();
  const { authenticator } = await browser.registered({ algorithm: 'EdDSA' });
  expect((await t.browser().signIn(authenticator)).status).toBe(200);
  expect(await t.app.get(SecondFactors).of('ada')).toEqual(['passkey']);
  const again = await t.signedIn('bob');
  expect((await again.register({}, { id: authenticator.id, signedId: authenticator.id })).answer.status).toBe(422);
  const [part] = t.parts.filter(({ name }) => name === 'passkeys');
  expect(await part!.waysToSignIn!('ada')).toBe(1);
  expect(await part!.remove('ada')).toBe(1);
  expect(await t.app.get(SecondFactors).of('ada')).toEqual([]);
  expect((await t.browser().signIn(authenticator)).status).toBe(401);
});

test('the name of an account is that of the option, and passkeys of the domain above do', async () => {
  await using t = await startPasskeys({ accountName: (user) => `user ${user.id}`, rpId: 'example.org' });
  const browser = await t.signedIn();
  expect(await browser.creation()).toMatchObject({ user: { name: 'user ada' }, rp: { id: 'example.org' } });
  const authenticator = new SoftAuthenticator();
  const response = authenticator.create(await browser.creation());
  expect((await browser.post('/account/passkeys', { response })).status).toBe(201);
  expect((await t.browser().signIn(authenticator)).status).toBe(200);
});

test('the routes are taken by name, under any prefix, for the users of any provider', () => {
  const routes = passkeyRoutes({ prefix: '/api/me', users: People });
  expect(routes.signIn.deps).toContain(People);
  expect(passkeyRoutes().signIn.deps).toContain(USERS);
  expect(Object.entries(routes).map(([name, { method, path }]) => `${name} ${method} ${path}`)).toEqual([
    'registerOptions POST /api/me/passkeys/options',
    'register POST /api/me/passkeys',
    'list GET /api/me/passkeys',
    'rename PATCH /api/me/passkeys/:id',
    'remove DELETE /api/me/passkeys/:id',
    'signInOptions POST /api/me/sign-in/passkey/options',
    'signIn POST /api/me/sign-in/passkey',
    'factorOptions POST /api/me/sign-in/passkey-factor/options',
    'factor POST /api/me/sign-in/passkey-factor',
    'verifyOptions POST /api/me/passkeys/verify/options',
    'verify POST /api/me/passkeys/verify',
  ]);
});
