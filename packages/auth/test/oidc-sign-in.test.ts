import { createHmac } from 'node:crypto';
import { provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import { MemoryOneTimeStore, ONE_TIME_STORE, SESSION_COOKIE } from '@plinth/auth';
import { startProvider } from './oidc-fake-provider.js';
import { signedIn, startOidc } from './oidc-support.js';

const codeOf = (secret: string, at = Date.now()): string => {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.from(
    Math.floor(at / 30_000)
      .toString(16)
      .padStart(16, '0'),
    'hex',
  );
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2))))
    .update(counter)
    .digest();
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
};

test('a new user signs in, gets an account, and comes back to it [AU-08]', async () => {
  await using provider = await startProvider();
  const store = new MemoryOneTimeStore();
  const kept: string[] = [];
  const put = store.put.bind(store);
  store.put = (record) => {
    kept.push(JSON.stringify(record));
    return put(record);
  };
  const auth = { oneTime: { store: provideValue(ONE_TIME_STORE, store) } };
  await using t = await startOidc({ providers: { own: provider.options() } }, { auth });
  const browser = t.browser();
  const at = await browser.begin('own', { returnTo: '/orders?page=2#last' });
  expect(at.origin + at.pathname).toBe(`${provider.issuer}/authorize`);
  expect(Object.fromEntries(at.searchParams)).toMatchObject({
    client_id: 'shop',
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: 'https://app.example.com/account/sign-in/with/own/callback',
    code_challenge_method: 'S256',
  });
  const [state, nonce] = ['state', 'nonce', 'code_challenge'].map((name) => at.searchParams.get(name)!) as [string, string];
  for (const name of ['state', 'nonce', 'code_challenge']) expect(at.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
  // What the store has opens nothing: neither the state nor what is checked later stands there.
  expect(kept).toHaveLength(1);
  for (const secret of [state, nonce, browser.cookies.get('__Host-oidc')!.slice(0, 43)]) expect(kept[0]).not.toContain(secret);
  expect(await browser.back(provider.agree(at))).toBe('/orders?page=2#last');
  const [ada] = t.people.all;
  expect(ada).toMatchObject({ email: 'ada@example.com' });
  expect(await browser.me()).toBe(ada!.id);
  expect(provider.requests.find(({ path }) => path === '/token')!.authorization).toMatch(/^Basic /);
  const again = await signedIn(t, provider, { email: 'new@example.com', email_verified: false });
  expect(await again.me()).toBe(ada!.id);
  expect(t.people.all).toHaveLength(1);
  const [session] = await t.sessions.list(ada!.id);
  expect(session!.auth.methods).toEqual(['fed']);
  expect((await again.send('GET', '/account/identities')).json()).toMatchObject([{ provider: 'own', email: 'new@example.com' }]);
  expect(t.noted.filter(({ type }) => type === 'oidc.sign-in')).toMatchObject([
    { outcome: 'success', userId: ada!.id, details: { provider: 'own', created: true } },
    { details: { created: false } },
  ]);
});

test('the cookie that binds a sign-in to its browser is Secure, HttpOnly, SameSite=Lax, and ends after ten minutes [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const answer = await t.browser().send('POST', '/account/sign-in/with/own', {});
  const [line] = [answer.headers['set-cookie'] ?? []].flat();
  expect(line).toMatch(/^__Host-oidc=[\w-]{43}\.1; /);
  for (const part of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=600']) expect(line).toContain(part);
  expect(answer.headers['cache-control']).toBe('no-store');
  const old = await t.browser().send('GET', '/account/sign-in/with/own/callback?state=x&code=y');
  expect(old.headers['location']).toBe('/sign-in?error=AUTH_OIDC_STATE');
});

test('five tabs sign in at the same time in any order, and a sixth ends the oldest [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = t.browser();
  const urls = [];
  for (let tab = 0; tab < 6; tab += 1) urls.push(await browser.begin('own', { returnTo: `/tab/${tab}` }));
  const order = [3, 1, 5, 2, 4];
  for (const tab of order) expect(await browser.back(provider.agree(urls[tab]!))).toBe(`/tab/${tab}`);
  expect(await browser.back(provider.agree(urls[0]!))).toBe('/sign-in?error=AUTH_OIDC_STATE');
});

test('two providers at once keep their users apart, though they call them the same [AU-08]', async () => {
  await using first = await startProvider();
  await using second = await startProvider();
  await using t = await startOidc({ providers: { own: first.options(), other: second.options() } });
  const browser = t.browser();
  const [at, elsewhere] = [await browser.begin('own'), await browser.begin('other')];
  expect(await browser.back(second.agree(elsewhere, { email: 'other@example.com' }))).toBe('/');
  const other = await browser.me();
  expect(await browser.back(first.agree(at))).toBe('/');
  expect(await browser.me()).not.toBe(other);
  expect(t.people.all).toHaveLength(2);
});

test('an identity whose account is closed signs nobody in [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  await signedIn(t, provider);
  t.people.all[0]!.closed = true;
  const browser = t.browser();
  expect(await browser.back(provider.agree(await browser.begin()))).toBe('/sign-in?error=AUTH_OIDC_ACCOUNT');
  expect(browser.cookies.has('__Host-sid')).toBe(false);
});

test('the second factor of the account is asked for, unless the provider has asked for one [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const ada = (await (await signedIn(t, provider)).me())!;
  const { secret } = await t.totp.enrol(ada, 'ada@example.com');
  await t.totp.confirm(ada, codeOf(secret));
  const browser = t.browser();
  const at = await browser.begin('own', { returnTo: '/orders?a=1&b=2' });
  expect(await browser.back(provider.agree(at))).toBe('/sign-in/second-factor?factors=totp&returnTo=%2Forders%3Fa%3D1%26b%3D2');
  expect((await browser.send('GET', '/me')).json()).toMatchObject({ code: 'AUTH_SECOND_FACTOR_NEEDED' });
  for (const amr of [['pwd'], 'mfa', ['MFA'], [['mfa']]]) {
    const half = t.browser();
    expect(await half.back(provider.agree(await half.begin(), { amr })), JSON.stringify(amr)).toMatch(/^\/sign-in\/second-factor/);
  }
  const strong = t.browser();
  expect(await strong.back(provider.agree(await strong.begin(), { amr: ['pwd', 'mfa'] }))).toBe('/');
  expect(await strong.me()).toBe(ada);
});

test('max_age and acr are asked for and insisted on [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options({ maxAge: 600, acr: ['gold', 'silver'] }) } });
  const browser = t.browser();
  const at = await browser.begin();
  expect(Object.fromEntries(at.searchParams)).toMatchObject({ max_age: '600', acr_values: 'gold silver' });
  expect(await browser.back(provider.agree(at, { acr: 'bronze' }))).toBe('/sign-in?error=AUTH_OIDC_LEVEL');
  expect(await browser.back(provider.agree(await browser.begin()))).toBe('/sign-in?error=AUTH_OIDC_LEVEL');
  const old = Math.floor(Date.now() / 1_000) - 900;
  for (const auth_time of [old, undefined, 'now'])
    expect(await browser.back(provider.agree(await browser.begin(), { acr: 'gold', auth_time }))).toBe('/sign-in?error=AUTH_OIDC_RESPONSE');
  expect(await browser.back(provider.agree(await browser.begin(), { acr: 'silver' }))).toBe('/');
});

test('with several session cookies a return takes them away and uses nothing up, so that the next try works', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = t.browser();
  const url = provider.agree(await browser.begin());
  const own = [...browser.cookies].map(([name, value]) => `${name}=${value}`);
  const cookie = [...own, `${SESSION_COOKIE}=a`, `${SESSION_COOKIE}=b`].join('; ');
  const refused = await t.browser().send('GET', url.pathname + url.search, undefined, { cookie });
  expect([refused.status, refused.headers['location']]).toEqual([303, '/sign-in?error=AUTH_SESSION_COOKIE']);
  expect(refused.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-sid=; .*Max-Age=0/)]);
  expect(t.people.all).toEqual([]);
  expect(await browser.back(url)).toBe('/');
  expect(await browser.me()).toBe(t.people.all[0]!.id);
});
