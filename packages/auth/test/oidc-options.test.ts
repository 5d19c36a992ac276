import { expect, test } from 'vitest';
import {
  discord,
  github,
  gitlab,
  google,
  microsoft,
  oauth2,
  oidc,
  OidcModule,
  type IdentityProvider,
  type OAuthProfile,
} from '@plinth/auth/oidc';
import { startProvider } from './oidc-fake-provider.js';
import { startOidc } from './oidc-support.js';

const client = { clientId: 'shop', clientSecret: 'secret' };
const known = { issuer: 'https://id.example.com', ...client };

test('options that would be unsafe are refused when the module is made [AU-08]', () => {
  const plain = {
    ...client,
    authorizationEndpoint: 'https://a.example/a',
    tokenEndpoint: 'https://a.example/t',
    issuer: 'https://a.example',
  };
  const profile = () => Promise.reject(new Error('never asked'));
  const wrong: readonly Record<string, IdentityProvider>[] = [
    { own: oidc({ ...known, issuer: 'http://id.example.com' }) },
    { own: oidc({ ...known, issuer: 'id.example.com' }) },
    { own: oidc({ ...known, issuer: 'https://id.example.com?x=1' }) },
    { own: oidc({ ...known, issuer: 'https://user:password@id.example.com' }) },
    { own: oidc({ ...known, issuer: `https://id.example.com/${'a'.repeat(255)}` }) },
    { own: oidc({ ...known, scopes: ['email'] }) },
    { own: oidc({ ...known, maxAge: -1 }) },
    { own: oidc({ ...known, acr: [] }) },
    { own: oidc({ ...known, parameters: { redirect_uri: 'https://evil.example' } }) },
    { own: oidc({ ...known, parameters: { request: 'x' } }) },
    { own: oauth2({ ...plain, tokenEndpoint: 'http://a.example/t', profile }) },
    { Own: oidc(known) },
    { 'a/b': oidc(known) },
  ];
  for (const providers of wrong)
    expect(() => OidcModule.with({ providers }), JSON.stringify(providers)).toThrow(expect.objectContaining({ code: 'AUTH_OIDC_OPTIONS' }));
  for (const path of ['https://evil.example', '//evil.example', 'sign-in', ''])
    for (const option of ['afterSignIn', 'afterLink', 'secondFactor', 'failure'])
      expect(() => OidcModule.with({ providers: {}, [option]: path })).toThrow(expect.objectContaining({ code: 'AUTH_OIDC_OPTIONS' }));
  expect(() => OidcModule.with({ providers: {}, link: 'anybody' as never })).toThrow(
    expect.objectContaining({ code: 'AUTH_OIDC_OPTIONS' }),
  );
});

test('in production APP_URL must be set, and plain http is spoken to nobody [AU-08]', async () => {
  await using provider = await startProvider();
  const production = { NODE_ENV: 'production', APP_HOSTS: 'app.example.com' };
  const code = (started: Promise<unknown>) => expect(started).rejects.toThrow(/AUTH_OIDC_OPTIONS/);
  await code(startOidc({ providers: { own: provider.options() } }, { env: production }));
  await code(startOidc({ providers: { google: google(client) } }, { env: { ...production, APP_URL: '' } }));
  await code(startOidc({ providers: { own: oidc({ ...known, clientSecret: '' }) } }));
  await code(startOidc({ providers: { own: oidc({ ...known, clientId: '' }) } }));
});

test('the presets know where their providers are, and which addresses those have verified [AU-08]', async () => {
  const issuers = [
    google(client),
    gitlab(client),
    gitlab({ ...client, issuer: 'https://git.example.com' }),
    github(client),
    discord(client),
  ];
  expect(issuers.map(({ issuer }) => issuer)).toEqual([
    'https://accounts.google.com',
    'https://gitlab.com',
    'https://git.example.com',
    'https://github.com/login/oauth',
    'https://discord.com',
  ]);
  for (const provider of [...issuers, microsoft({ ...client, tenant: 'common' })])
    expect(() => OidcModule.with({ providers: { own: provider } })).not.toThrow();
  const workspace = google({ ...client, hostedDomain: 'example.com', accept: (claims) => claims['sub'] !== 'eve' });
  expect(workspace.parameters).toEqual({ hd: 'example.com' });
  const accepted = [{ hd: 'example.com' }, { hd: 'evil.example' }, {}, { hd: 'example.com', sub: 'eve' }].map((claims) =>
    workspace.accept!(claims),
  );
  expect(accepted).toEqual([true, false, false, false]);
  const entra = microsoft({ ...client, tenant: 'common' }) as { emailVerified?: (claims: Record<string, unknown>) => boolean };
  const verified = [{ email_verified: true }, {}, { xms_edov: false }, { xms_edov: '0' }, { xms_edov: true }, { xms_edov: '1' }];
  expect(verified.map((claims) => entra.emailVerified!(claims))).toEqual([false, false, false, false, true, true]);
  expect(microsoft({ ...client, tenant: 'consumers' }).issuer).toBe(
    'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
  );
});

test('GitHub and Discord are asked for the id, and for an address that they have verified [AU-08]', async () => {
  const ask = (provider: IdentityProvider, pages: Record<string, unknown>): Promise<OAuthProfile> => {
    if (provider.protocol !== 'oauth2') throw new Error('it has ID tokens');
    return provider.profile(async (url) => pages[url]);
  };
  const emails = [
    { email: 'old@example.com', primary: false, verified: true },
    { email: 'ada@example.com', primary: true, verified: true },
  ];
  const hub = (user: unknown, list: unknown) =>
    ask(github(client), { 'https://api.github.com/user': user, 'https://api.github.com/user/emails': list });
  expect(await hub({ id: 7, login: 'ada', name: null, email: 'spoofed@example.com' }, emails)).toMatchObject({
    subject: '7',
    email: 'ada@example.com',
    emailVerified: true,
    name: 'ada',
  });
  expect(await hub({ id: 7 }, [{ email: 'ada@example.com', primary: true, verified: false }])).toMatchObject({ emailVerified: false });
  for (const list of [{ message: 'no' }, null, [], [null], 'x'])
    expect(await hub({ id: 7 }, list)).toMatchObject({ email: null, emailVerified: false });
  for (const id of [2 ** 53, 0, -1, 1.5, null, undefined, {}, true]) expect((await hub({ id }, emails)).subject, String(id)).toBe('');
  const cord = (user: unknown) => ask(discord(client), { 'https://discord.com/api/users/@me': user });
  expect(await cord({ id: '80351110224678912', username: 'ada', email: 'ada@example.com', verified: true })).toMatchObject({
    subject: '80351110224678912',
    emailVerified: true,
    name: 'ada',
  });
  expect(await cord({ id: '8', email: 'ada@example.com', verified: 'true' })).toMatchObject({ emailVerified: false });
  expect(await cord(null)).toMatchObject({ subject: '', email: null });
});
