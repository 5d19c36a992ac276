import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createKeys, startProvider, type FakeProvider } from './oidc-fake-provider.js';
import { attempt, startOidc } from './oidc-support.js';

const failed = (code: string) => `/sign-in?error=${code}`;

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function byHmac(claims: unknown, secret: string, alg = 'HS256'): string {
  const text = `${base64({ alg, kid: 'first' })}.${base64(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

test('an ID token that no key of the provider has signed signs nobody in [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const stranger = await createKeys('first');
  const unknown = await createKeys('unknown');
  const forged: Record<string, FakeProvider['sign']> = {
    'another key under a known id': (claims) => provider.signed(claims, {}, stranger),
    'an unknown key': (claims) => provider.signed(claims, {}, unknown),
    'its own key in the header': (claims) => provider.signed(claims, { jwk: stranger.jwk, kid: 'x' }, stranger),
    'a key elsewhere': (claims) => provider.signed(claims, { jku: `${provider.issuer}/jwks`, kid: 'x' }, stranger),
    none: (claims) => `${base64({ alg: 'none' })}.${base64(claims)}.`,
    'none with a signature': (claims) => `${base64({ alg: 'none', kid: 'first' })}.${base64(claims)}.AAAA`,
    'the client secret': (claims) => byHmac(claims, 'a secret of 32 characters or more'),
    'the public key as a secret': (claims) => byHmac(claims, JSON.stringify(provider.keys.jwk)),
    'no signature': async (claims) => (await provider.signed(claims)).replace(/[^.]+$/, ''),
    'changed claims': async (claims) => (await provider.signed(claims)).replace(/\.[^.]+\./, `.${base64({ ...claims, sub: 'eve' })}.`),
    'a critical extension': (claims) => provider.signed(claims, { crit: ['b64'], b64: true }),
    'no JWT': () => 'x.y',
  };
  for (const [name, sign] of Object.entries(forged)) {
    provider.sign = sign;
    expect(await attempt(t, provider), name).toBe(failed('AUTH_OIDC_RESPONSE'));
  }
  provider.metadata = { id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'] };
  await using trusting = await startOidc({ providers: { own: provider.options() } });
  for (const name of ['the client secret', 'the public key as a secret', 'none', 'none with a signature']) {
    provider.sign = forged[name]!;
    expect(await attempt(trusting, provider), `${name}, which the metadata allow`).toBe(failed('AUTH_OIDC_RESPONSE'));
  }
  expect(t.people.all).toEqual([]);
  provider.sign = (claims) => provider.signed(claims);
  expect(await attempt(t, provider)).toBe('/');
});

test('an ID token with a claim that is wrong or missing signs nobody in [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const past = Math.floor(Date.now() / 1_000) - 600;
  const wrong: Record<string, Record<string, unknown>> = {
    'aud of another': { aud: 'others' },
    'aud for others too': { aud: ['shop', 'others'], azp: 'shop' },
    'no aud': { aud: undefined },
    'iss of another': { iss: 'https://elsewhere.example.com' },
    'iss with a slash': { iss: `${provider.issuer}/` },
    'no iss': { iss: undefined },
    'nonce of another': { nonce: 'n'.repeat(43) },
    'no nonce': { nonce: undefined },
    'azp of another': { azp: 'others' },
    expired: { exp: past },
    'no exp': { exp: undefined },
    'exp as a text': { exp: String(past + 9_000) },
    'not yet': { nbf: past + 9_000 },
    'no iat': { iat: undefined },
    'no sub': { sub: undefined },
    'an empty sub': { sub: '' },
    'sub as a number': { sub: 7 },
    'a huge sub': { sub: 'x'.repeat(256) },
  };
  for (const [name, claims] of Object.entries(wrong)) expect(await attempt(t, provider, claims), name).toBe(failed('AUTH_OIDC_RESPONSE'));
  provider.tokens = { id_token: undefined };
  expect(await attempt(t, provider), 'no ID token').toBe(failed('AUTH_OIDC_RESPONSE'));
  expect(t.people.all).toEqual([]);
});

test('a code is worth nothing in another browser, and the browser it was meant for can still use it [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const [ada, eve] = [t.browser(), t.browser()];
  const back = provider.agree(await ada.begin());
  await eve.begin();
  expect(await eve.back(back)).toBe(failed('AUTH_OIDC_STATE'));
  expect(await t.browser().back(back)).toBe(failed('AUTH_OIDC_STATE'));
  expect(await eve.me()).toBeUndefined();
  // Eve's code with the state of Ada, as in a link that Eve sends her: the verifier of PKCE is Ada's.
  const link = provider.agree(await eve.begin(), { sub: 'eve', email: 'eve@example.com' });
  const own = await ada.begin();
  link.searchParams.set('state', own.searchParams.get('state')!);
  expect(await ada.back(link)).toBe(failed('AUTH_OIDC_REFUSED'));
  expect(await ada.me()).toBeUndefined();
  expect(await ada.back(back)).toBe('/');
});

test('a state that is missing, unknown, used or too old is refused before anything is sent to the provider [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = t.browser();
  const back = provider.agree(await browser.begin());
  const state = back.searchParams.get('state')!;
  const with_ = (value: string | undefined) => {
    const url = new URL(back);
    if (value === undefined) url.searchParams.delete('state');
    else url.searchParams.set('state', value);
    return url;
  };
  const before = provider.requests.length;
  for (const wrong of [undefined, '', 'x', state.slice(0, -1), `${state} `, 'A'.repeat(43), "' or 1=1 --"])
    expect(await browser.back(with_(wrong)), String(wrong)).toBe(failed('AUTH_OIDC_STATE'));
  expect(provider.requests).toHaveLength(before);
  expect(await browser.back(back)).toBe('/');
  const after = provider.requests.length;
  expect(await browser.back(back)).toBe(failed('AUTH_OIDC_STATE'));
  expect(provider.requests).toHaveLength(after);
});

test('of twenty callbacks with the same code at the same time one signs in [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = t.browser();
  const back = provider.agree(await browser.begin());
  const answers = await Promise.all(Array.from({ length: 20 }, () => browser.back(back)));
  expect(answers.filter((to) => to === '/')).toHaveLength(1);
  expect(new Set(answers)).toEqual(new Set(['/', failed('AUTH_OIDC_STATE')]));
  expect(provider.requests.filter(({ path }) => path === '/token')).toHaveLength(1);
});

test('a transaction is used up also by an exchange that fails [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = t.browser();
  const back = provider.agree(await browser.begin());
  const wrong = new URL(back);
  wrong.searchParams.set('code', 'guessed');
  expect(await browser.back(wrong)).toBe(failed('AUTH_OIDC_REFUSED'));
  expect(await browser.back(back)).toBe(failed('AUTH_OIDC_STATE'));
});

test('an answer of one provider is refused at the callback of another, and so is one that names another issuer [AU-08]', async () => {
  await using honest = await startProvider();
  await using evil = await startProvider();
  await using t = await startOidc({ providers: { own: honest.options(), evil: evil.options() } });
  const browser = t.browser();
  // The evil provider passes the user on to the honest one, and wants its code sent to itself.
  const at = await browser.begin('evil');
  const mixed = honest.agree(at);
  expect(mixed.pathname).toBe('/account/sign-in/with/evil/callback');
  const before = evil.requests.length;
  mixed.searchParams.set('iss', honest.issuer);
  expect(await browser.back(mixed)).toBe(failed('AUTH_OIDC_RESPONSE'));
  const crossed = honest.agree(await browser.begin('own'));
  crossed.pathname = crossed.pathname.replace('/own/', '/evil/');
  expect(await browser.back(crossed)).toBe(failed('AUTH_OIDC_STATE'));
  expect(evil.requests).toHaveLength(before);
  expect(await attempt(t, honest, {}, { iss: evil.issuer })).toBe(failed('AUTH_OIDC_RESPONSE'));
  expect(await attempt(t, honest, {}, { iss: honest.issuer })).toBe('/');
});

test('a provider that promises to name itself in its answers must do so [AU-08]', async () => {
  await using provider = await startProvider();
  provider.metadata = { authorization_response_iss_parameter_supported: true };
  await using t = await startOidc({ providers: { own: provider.options() } });
  expect(await attempt(t, provider)).toBe(failed('AUTH_OIDC_RESPONSE'));
  expect(await attempt(t, provider, {}, { iss: provider.issuer })).toBe('/');
});

test('the verifier of PKCE is sent, and a code that was begun with another one is refused [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = t.browser();
  const at = await browser.begin();
  const stripped = new URL(at);
  stripped.searchParams.set('code_challenge', 'x'.repeat(43));
  expect(await browser.back(provider.agree(stripped))).toBe(failed('AUTH_OIDC_REFUSED'));
  expect(await attempt(t, provider)).toBe('/');
  for (const { path, body } of provider.requests) if (path === '/token') expect(body.get('code_verifier')).toMatch(/^[\w-]{43}$/);
});

test('metadata of another issuer, of another spelling, or that are none, are not used [AU-08]', async () => {
  await using provider = await startProvider();
  for (const issuer of ['https://accounts.example.com', `${provider.issuer}/`, 7, undefined]) {
    provider.metadata = { issuer };
    await using t = await startOidc({ providers: { own: provider.options() } });
    const answer = await t.browser().send('POST', '/account/sign-in/with/own', {});
    expect(answer.status, String(issuer)).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'AUTH_OIDC_UNAVAILABLE' });
  }
  for (const page of ['<html>', '[]', '{', 'null']) {
    provider.on['/.well-known/openid-configuration'] = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(page);
    await using t = await startOidc({ providers: { own: provider.options() } });
    expect((await t.browser().send('POST', '/account/sign-in/with/own', {})).status, page).toBe(503);
  }
});

test('metadata that send the secret elsewhere in plain text, or to an address that is not public, are not followed [AU-08]', async () => {
  await using provider = await startProvider();
  for (const token_endpoint of [
    'http://10.0.0.1/token',
    'http://169.254.169.254/latest',
    'https://127.0.0.1:1/token',
    'file:///etc/passwd',
  ]) {
    provider.metadata = { token_endpoint };
    await using t = await startOidc({ providers: { own: provider.options() } });
    expect(await attempt(t, provider), token_endpoint).toMatch(/^\/sign-in\?error=AUTH_OIDC_(?:UNAVAILABLE|RESPONSE)$/);
  }
});

test('a provider that hangs, floods or redirects is given up, and nobody is signed in [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options({ fetch: { timeout: 400 } }) } });
  const huge = `{"keys":[${'{"kty":"EC"},'.repeat(60_000)}{}]}`;
  provider.on['/jwks'] = () => undefined;
  expect(await attempt(t, provider), 'JWKS that hangs').toBe(failed('AUTH_OIDC_UNAVAILABLE'));
  provider.on['/jwks'] = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(huge);
  expect(await attempt(t, provider), 'huge JWKS').toBe(failed('AUTH_OIDC_UNAVAILABLE'));
  provider.on['/jwks'] = (_request, response) => void response.writeHead(500).end();
  expect(await attempt(t, provider), 'broken JWKS').toBe(failed('AUTH_OIDC_UNAVAILABLE'));
  delete provider.on['/jwks'];
  provider.on['/token'] = (_request, response) => void response.writeHead(302, { location: `${provider.issuer}/stolen` }).end();
  expect(await attempt(t, provider), 'redirecting token endpoint').toBe(failed('AUTH_OIDC_RESPONSE'));
  expect(provider.requests.some(({ path }) => path === '/stolen')).toBe(false);
  provider.on['/token'] = (_request, response) => void response.writeHead(503).end();
  expect(await attempt(t, provider), 'broken token endpoint').toBe(failed('AUTH_OIDC_UNAVAILABLE'));
  provider.on['/token'] = (request) => void request.socket.destroy();
  expect(await attempt(t, provider), 'token endpoint that hangs up').toBe(failed('AUTH_OIDC_UNAVAILABLE'));
  delete provider.on['/token'];
  expect(await attempt(t, provider)).toBe('/');
});

test('user info about another user is not believed [AU-08]', async () => {
  await using provider = await startProvider();
  provider.user = { sub: 'ada' };
  await using t = await startOidc({ providers: { own: provider.options() } });
  for (const sub of ['eve', '', undefined, 7]) {
    provider.userinfo = { sub, email: 'ada@example.com', email_verified: true };
    expect(await attempt(t, provider), String(sub)).toBe(failed('AUTH_OIDC_RESPONSE'));
  }
  provider.userinfo = { sub: 'ada', email: 'ada@example.com', email_verified: true };
  expect(await attempt(t, provider)).toBe('/');
  expect(t.people.all).toMatchObject([{ email: 'ada@example.com' }]);
});
