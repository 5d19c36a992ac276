import { SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { expect, test } from 'vitest';
import { createKeys, startProvider, type FakeProvider, type Keys } from './oidc-fake-provider.js';
import { startOidc, type OidcApp } from './oidc-support.js';

const EVENT = { 'http://schemas.openid.net/event/backchannel-logout': {} };
let count = 0;

function logoutToken(
  provider: FakeProvider,
  claims: JWTPayload = {},
  header: Partial<JWTHeaderParameters> = {},
  keys: Keys = provider.keys,
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const all = {
    iss: provider.issuer,
    aud: 'shop',
    iat: now,
    exp: now + 120,
    jti: `jti ${(count += 1)}`,
    sub: 'ada',
    events: EVENT,
    ...claims,
  };
  return new SignJWT(all as JWTPayload)
    .setProtectedHeader({ alg: 'ES256', kid: keys.jwk.kid!, typ: 'logout+jwt', ...header })
    .sign(keys.privateKey);
}

async function send(t: OidcApp, token: string, name = 'own') {
  const headers = { 'sec-fetch-site': 'cross-site' };
  return t.browser().send('POST', `/account/identities/${name}/logout`, new URLSearchParams({ logout_token: token }), headers);
}

async function signIn(t: OidcApp, provider: FakeProvider, user: Record<string, unknown>) {
  const browser = t.browser();
  expect(await browser.back(provider.agree(await browser.begin(), user))).toBe('/');
  return browser;
}

test('a logout token with a session ends that session, one with a user all sessions of the user, and of nobody else [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const desk = await signIn(t, provider, { sid: 'desk' });
  const phone = await signIn(t, provider, { sid: 'phone' });
  const eve = await signIn(t, provider, { sub: 'eve', email: 'eve@example.com', sid: 'eve' });
  const answer = await send(t, await logoutToken(provider, { sid: 'desk' }));
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toContain('no-store');
  expect(await desk.me()).toBeUndefined();
  expect(await phone.me()).toBeDefined();
  // A session of somebody else's, named together with the wrong user.
  expect((await send(t, await logoutToken(provider, { sid: 'eve' }))).status).toBe(200);
  expect(await eve.me()).toBeDefined();
  expect((await send(t, await logoutToken(provider, { sub: undefined, sid: 'eve' }))).status).toBe(200);
  expect(await eve.me()).toBeUndefined();
  const tablet = await signIn(t, provider, { sid: 'tablet' });
  expect((await send(t, await logoutToken(provider))).status).toBe(200);
  expect([await phone.me(), await tablet.me()]).toEqual([undefined, undefined]);
  for (const claims of [{ sub: 'nobody' }, { sid: 'nothing' }])
    expect((await send(t, await logoutToken(provider, claims))).status).toBe(200);
});

test('a logout token that is no good one ends nothing [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options(), other: provider.options({ clientId: 'another' }) } });
  const browser = await signIn(t, provider, { sid: 'desk' });
  const stranger = await createKeys('first');
  const now = Math.floor(Date.now() / 1_000);
  const tokens: Record<string, Promise<string> | string> = {
    'another key': logoutToken(provider, {}, {}, stranger),
    'type JWT': logoutToken(provider, {}, { typ: 'JWT' }),
    'no type': logoutToken(provider, {}, { typ: undefined as never }),
    'aud of another': logoutToken(provider, { aud: 'others' }),
    'aud for others too': logoutToken(provider, { aud: ['shop', 'others'] }),
    'iss of another': logoutToken(provider, { iss: 'https://elsewhere.example.com' }),
    expired: logoutToken(provider, { exp: now - 60 }),
    old: logoutToken(provider, { iat: now - 900, exp: undefined as never }),
    'no iat': logoutToken(provider, { iat: undefined as never }),
    'no jti': logoutToken(provider, { jti: undefined as never }),
    'no events': logoutToken(provider, { events: undefined }),
    'another event': logoutToken(provider, { events: { 'http://elsewhere': {} } }),
    'events as a text': logoutToken(provider, { events: 'http://schemas.openid.net/event/backchannel-logout' }),
    nonce: logoutToken(provider, { nonce: 'n' }),
    'neither user nor session': logoutToken(provider, { sub: undefined as never }),
    'an ID token': provider.signed({ iss: provider.issuer, aud: 'shop', sub: 'ada', iat: now, exp: now + 60, nonce: 'n' }),
    'no JWT': 'x',
    empty: '',
  };
  for (const [name, token] of Object.entries(tokens)) {
    const answer = await send(t, await token);
    expect(answer.status, name).toBe(400);
    expect(answer.json(), name).toEqual({ error: 'invalid_request', error_description: 'AUTH_OIDC_LOGOUT' });
  }
  expect((await send(t, await logoutToken(provider), 'other')).status).toBe(400);
  expect((await send(t, await logoutToken(provider), 'none')).status).toBe(404);
  expect(await browser.me()).toBeDefined();
  expect((await send(t, await logoutToken(provider))).status).toBe(200);
  expect(await browser.me()).toBeUndefined();
});

test('a logout token whose signature is spelled in another way ends nothing [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = await signIn(t, provider, {});
  const token = await logoutToken(provider);
  // Two bits of the last character count; the decoder passes over the other four.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const respelled = `${token.slice(0, -1)}${alphabet[alphabet.indexOf(token.at(-1)!) + 1]}`;
  for (const text of [respelled, `${token}=`, `${token} `]) expect((await send(t, text)).status, text.slice(-3)).toBe(400);
  expect(await browser.me()).toBeDefined();
  expect((await send(t, token)).status).toBe(200);
});

test('a logout token is taken once: sent again it does not end the next session [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  await signIn(t, provider, {});
  const token = await logoutToken(provider);
  expect((await send(t, token)).status).toBe(200);
  const next = await signIn(t, provider, {});
  expect((await send(t, token)).status).toBe(400);
  expect(await next.me()).toBeDefined();
});

test('without the keys of the provider a logout token is neither taken nor refused [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  provider.on['/jwks'] = (_request, response) => void response.writeHead(500).end();
  expect((await send(t, await logoutToken(provider))).status).toBe(503);
  provider.on['/.well-known/openid-configuration'] = (_request, response) => void response.writeHead(500).end();
  await using down = await startOidc({ providers: { own: provider.options() } });
  expect((await send(down, await logoutToken(provider))).json()).toMatchObject({ code: 'AUTH_OIDC_UNAVAILABLE' });
});
