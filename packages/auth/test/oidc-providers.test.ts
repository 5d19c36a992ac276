import { generateKeyPairSync } from 'node:crypto';
import { createApp, env, Module } from '@plinth/core';
import { HttpModule } from '@plinth/http';
import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { AuthModule } from '@plinth/auth';
import { apple, oauth2, oidcRoutes, OidcModule } from '@plinth/auth/oidc';
import { startProvider } from './oidc-fake-provider.js';
import { signedIn, startOidc } from './oidc-support.js';
import { appKey } from './support.js';

test('a plain provider of OAuth 2.0 is asked by its API, and its id counts with its name [AU-08]', async () => {
  await using provider = await startProvider();
  provider.on['/api/user'] = (request, response) =>
    void response
      .writeHead(request.headers.authorization === 'Bearer access' ? 200 : 401, { 'content-type': 'application/json' })
      .end(JSON.stringify({ id: 7, mail: 'ada@example.com', ok: true }));
  const hub = oauth2({
    issuer: provider.issuer,
    authorizationEndpoint: `${provider.issuer}/authorize`,
    tokenEndpoint: `${provider.issuer}/token`,
    clientId: 'shop',
    clientSecret: 'secret',
    clientAuth: 'post',
    scopes: ['user'],
    async profile(get) {
      const claims = (await get(`${provider.issuer}/api/user`)) as { id: number; mail: string; ok: boolean };
      return { subject: String(claims.id), email: claims.mail, emailVerified: claims.ok, name: null, claims: { ...claims } };
    },
  });
  provider.tokens = { id_token: undefined };
  await using t = await startOidc({ providers: { hub } });
  const browser = t.browser();
  const at = await browser.begin('hub');
  expect(Object.fromEntries(at.searchParams)).toMatchObject({ scope: 'user', code_challenge_method: 'S256' });
  expect(at.searchParams.has('nonce')).toBe(false);
  expect(await browser.back(provider.agree(at))).toBe('/');
  expect(t.people.all).toMatchObject([{ email: 'ada@example.com' }]);
  expect(provider.requests.find(({ path }) => path === '/token')!.body.get('client_secret')).toBe('secret');
  const verify = (await browser.send('POST', '/account/identities/hub/verify', {})).json() as { url: string };
  expect(await browser.back(provider.agree(new URL(verify.url)))).toBe('/account?error=AUTH_OIDC_LEVEL');
  provider.on['/api/user'] = (_request, response) => void response.writeHead(500).end();
  expect(await browser.back(provider.agree(await browser.begin('hub')))).toBe('/sign-in?error=AUTH_OIDC_UNAVAILABLE');
  provider.on['/api/user'] = (_request, response) => void response.writeHead(200).end('{"id":""}');
  const odd = await browser.back(provider.agree(await browser.begin('hub'), {}, { iss: 'https://elsewhere.example.com' }));
  expect(odd).toBe('/sign-in?error=AUTH_OIDC_RESPONSE');
});

test('identities that `accept` refuses are not signed in [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options({ accept: (claims) => claims['hd'] === 'example.com' }) } });
  const browser = t.browser();
  expect(await browser.back(provider.agree(await browser.begin(), { hd: 'evil.example' }))).toBe('/sign-in?error=AUTH_OIDC_NOT_ACCEPTED');
  expect(await browser.back(provider.agree(await browser.begin(), { hd: 'example.com' }))).toBe('/');
});

test('a provider that posts its answer as a form is followed by a request of the browser, which brings the cookies [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options(), posts: provider.options({ responseMode: 'form_post' }) } });
  const browser = t.browser();
  const at = await browser.begin('posts');
  expect(at.searchParams.get('response_mode')).toBe('form_post');
  const back = provider.agree(at);
  const form = new URLSearchParams({ ...Object.fromEntries(back.searchParams), user: '{"name":"x"}', id_token: 'y' });
  const foreign = { 'sec-fetch-site': 'cross-site', origin: provider.issuer };
  const posted = await t.browser().send('POST', back.pathname, form, foreign);
  expect(posted.status).toBe(303);
  expect(posted.headers['set-cookie']).toBeUndefined();
  const next = new URL(String(posted.headers['location']), 'https://app.example.com');
  expect(next.pathname).toBe('/account/sign-in/with/posts/callback');
  expect([...next.searchParams.keys()].sort()).toEqual(['code', 'state']);
  expect(await browser.back(next)).toBe('/');
  expect((await browser.send('POST', '/account/sign-in/with/own/callback', form, foreign)).json()).toMatchObject({
    code: 'AUTH_OIDC_PROVIDER',
  });
  expect((await browser.send('POST', '/account/sign-in/with/none/callback', form, foreign)).status).toBe(404);
});

test('the client secret of Apple is a token of a day that its key has signed [AU-08]', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  const provider = apple({ clientId: 'com.example.shop', teamId: 'TEAM123456', keyId: 'KEY1234567', privateKey: pem });
  const { madeSecret } = provider as unknown as { madeSecret: { make(secrets: string[], clientId: string, now: number): string } };
  const secret = madeSecret.make([pem], 'com.example.shop', Date.now());
  const { payload, protectedHeader } = await jwtVerify(secret, publicKey, { audience: 'https://appleid.apple.com', issuer: 'TEAM123456' });
  expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: 'KEY1234567' });
  expect(payload.sub).toBe('com.example.shop');
  expect(payload.exp! - payload.iat!).toBe(86_400);
  expect(JSON.stringify(provider)).not.toContain('clientSecret');
});

test('client id and secret come from the environment, and are missed at boot [AU-08]', async () => {
  await using provider = await startProvider();
  const own = provider.options({ clientId: env.string('OWN_ID'), clientSecret: env.secret('OWN_SECRET') });
  await using t = await startOidc({ providers: { own } }, { env: { OWN_ID: 'shop', OWN_SECRET: 'from the environment' } });
  await signedIn(t, provider);
  const { authorization } = provider.requests.find(({ path }) => path === '/token')!;
  expect(Buffer.from(authorization!.slice(6), 'base64').toString()).toBe('shop:from+the+environment');
  await expect(startOidc({ providers: { own } }, { env: { OWN_ID: 'shop' } })).rejects.toThrow(/OWN_SECRET is not set/);
});

test('the application may have a prefix of its own, and the routes another', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } }, { prefix: '/api' });
  const begun = await t.browser().send('POST', '/api/account/sign-in/with/own', {});
  expect(new URL((begun.json() as { url: string }).url).searchParams.get('redirect_uri')).toBe(
    'https://app.example.com/api/account/sign-in/with/own/callback',
  );
  expect(Object.values(oidcRoutes({ prefix: '/me' })).map(({ path }) => path)).toContain('/me/sign-in/with/:provider/callback');
});

test('in development without APP_URL the provider sends users back to where they came from', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } }, { env: { APP_URL: '' } });
  const browser = t.browser();
  const begun = await browser.send('POST', '/account/sign-in/with/own', {}, { host: 'localhost:3000' });
  const at = new URL((begun.json() as { url: string }).url);
  expect(at.searchParams.get('redirect_uri')).toBe('http://localhost:3000/account/sign-in/with/own/callback');
  expect(await browser.back(provider.agree(at))).toBe('/');
});

test('a provider that is down is found by the first sign-in, and not by the boot; once found it is asked again each hour [AU-08]', async () => {
  await using provider = await startProvider();
  provider.on['/.well-known/openid-configuration'] = (_request, response) => void response.writeHead(503).end();
  await using t = await startOidc({ providers: { own: provider.options() } });
  expect(provider.requests).toEqual([]);
  const browser = t.browser();
  const down = await browser.send('POST', '/account/sign-in/with/own', {});
  expect(down.json()).toMatchObject({ code: 'AUTH_OIDC_UNAVAILABLE', status: 503 });
  delete provider.on['/.well-known/openid-configuration'];
  const looks = () => provider.requests.filter(({ path }) => path.includes('well-known')).length;
  const before = looks();
  await Promise.all([1, 2, 3, 4].map(() => t.browser().begin()));
  await browser.begin();
  expect(looks()).toBe(before + 1);
});

test('the routes that call providers are limited like other sign-ins', async () => {
  await using provider = await startProvider();
  const routes = oidcRoutes();
  for (const name of ['begin', 'link', 'verify'] as const) expect(routes[name].contract.rateLimit).toMatchObject({ name: 'sign-in' });
  @Module({
    imports: [HttpModule.with({}), AuthModule, OidcModule.with({ providers: { own: provider.options() } })],
    routes: [routes.begin],
  })
  class Small {}
  // No users are named here: what is missing is found at boot.
  const boot = createApp(Small, { env: { APP_KEY: appKey(), LOG_LEVEL: 'fatal', PORT: '0' }, envFile: false });
  await expect(boot).rejects.toThrow(/OIDC_USERS/);
});
