import { provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import { MemorySessionStore, SESSION_STORE } from '@plinth/auth';
import { totpCode } from './account-totp.js';
import { startProvider } from './oidc-fake-provider.js';
import { signedIn, startOidc } from './oidc-support.js';

test('one who is signed in links an identity, signs in by it, and unlinks it; others hear of it [AU-08]', async () => {
  await using first = await startProvider();
  await using second = await startProvider();
  await using t = await startOidc({ providers: { own: first.options(), other: second.options({ label: 'The Other' }) } });
  const browser = await signedIn(t, first);
  const elsewhere = await signedIn(t, first);
  const ada = await browser.me();
  const before = browser.cookies.get('__Host-sid');
  const link = second.agree(await browser.beginLink('other', { returnTo: '/settings' }), {
    sub: 'other',
    email: 'x@example.com',
    email_verified: false,
  });
  expect(await browser.back(link)).toBe('/settings');
  expect(await browser.me()).toBe(ada);
  expect(browser.cookies.get('__Host-sid')).not.toBe(before);
  expect(await elsewhere.me()).toBeUndefined();
  expect(t.changes).toMatchObject([{ userId: ada, change: 'identity-linked', detail: 'The Other', device: { agent: 'Firefox on Linux' } }]);
  expect(await (await signedIn(t, second, { sub: 'other' }, 'other')).me()).toBe(ada);
  const again = second.agree(await browser.beginLink('other'), { sub: 'other' });
  expect(await browser.back(again)).toBe('/account');
  const linked = (await browser.send('GET', '/account/identities')).json() as { id: string; provider: string }[];
  expect(linked).toMatchObject([{ provider: 'own' }, { provider: 'other', email: 'ada@example.com' }]);
  expect(Object.keys(linked[0]!).sort()).toEqual(['email', 'id', 'linkedAt', 'provider']);
  const unlinked = await browser.send('DELETE', `/account/identities/${linked[1]!.id}`);
  expect(unlinked.status).toBe(204);
  expect(await browser.me()).toBe(ada);
  expect(t.changes.at(-1)).toMatchObject({ userId: ada, change: 'identity-unlinked', detail: 'The Other' });
  expect((await browser.send('DELETE', `/account/identities/${linked[1]!.id}`)).json()).toMatchObject({
    code: 'AUTH_OIDC_IDENTITY',
    status: 404,
  });
  expect((await browser.send('DELETE', `/account/identities/${linked[0]!.id}`)).json()).toMatchObject({
    code: 'AUTH_LAST_SIGN_IN_WAY',
    status: 409,
  });
  expect(await t.links.list(ada!)).toHaveLength(1);
  expect(t.noted.map(({ type }) => type)).toEqual(expect.arrayContaining(['oidc.linked', 'oidc.unlinked']));
});

test('two that are unlinked at the same time do not both go [AU-08]', async () => {
  await using first = await startProvider();
  await using t = await startOidc({ providers: { own: first.options() } });
  const browser = await signedIn(t, first);
  await browser.back(first.agree(await browser.beginLink(), { sub: 'second' }));
  const userId = (await browser.me())!;
  const context = { ip: '192.0.2.1', header: () => undefined, cookie: () => undefined, setCookie: () => undefined };
  const both = await t.links.list(userId);
  await Promise.allSettled(both.map(({ id }) => t.links.unlink(userId, id, context)));
  expect((await t.links.list(userId)).length).toBeGreaterThan(0);
});

test('an identity of somebody else is neither linked nor unlinked [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const ada = await signedIn(t, provider);
  const eve = await signedIn(t, provider, { sub: 'eve', email: 'eve@example.com' });
  const [hers] = await t.links.list((await ada.me())!);
  for (const id of [hers!.id, 'x', "' or 1=1", '%00'.slice(0, 1)])
    expect((await eve.send('DELETE', `/account/identities/${encodeURIComponent(id)}`)).json()).toMatchObject({
      code: 'AUTH_OIDC_IDENTITY',
    });
  const at = await eve.beginLink('own', { returnTo: '/settings?tab=security' });
  expect(await eve.back(provider.agree(at))).toBe('/settings?tab=security&error=AUTH_OIDC_LINKED_ELSEWHERE');
  expect(await t.links.list((await ada.me())!)).toHaveLength(1);
});

test('a link is completed only by the session that began it [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = await signedIn(t, provider);
  const refused = '/account?error=AUTH_OIDC_SESSION';
  const ada = browser.cookies.get('__Host-sid')!;
  // Meanwhile somebody else signs in at the same machine.
  const at = await browser.beginLink();
  await browser.back(provider.agree(await browser.begin(), { sub: 'eve', email: 'eve@example.com' }));
  expect(await browser.back(provider.agree(at, { sub: 'second' }))).toBe(refused);
  browser.cookies.delete('__Host-sid');
  expect((await browser.send('POST', '/account/identities/own', {})).status).toBe(401);
  browser.cookies.set('__Host-sid', ada);
  expect(await browser.me()).toBeUndefined();
  for (const person of t.people.all) expect(await t.links.list(person.id)).toHaveLength(1);
});

test('one who has no password proves anew who they are by signing in at the provider again [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = await signedIn(t, provider);
  const begin = async () =>
    new URL(((await browser.send('POST', '/account/identities/own/verify', { returnTo: '/settings' })).json() as { url: string }).url);
  const at = await begin();
  expect(Object.fromEntries(at.searchParams)).toMatchObject({ prompt: 'login', max_age: '1' });
  const before = (await t.sessions.list(t.people.all[0]!.id))[0]!.auth.at;
  const old = Math.floor(Date.now() / 1_000) - 900;
  expect(await browser.back(provider.agree(at, { auth_time: old }))).toBe('/settings?error=AUTH_OIDC_RESPONSE');
  expect(await browser.back(provider.agree(await begin(), { sub: 'eve' }))).toBe('/settings?error=AUTH_OIDC_SESSION');
  const token = browser.cookies.get('__Host-sid');
  expect(await browser.back(provider.agree(await begin()))).toBe('/settings');
  expect(browser.cookies.get('__Host-sid')).not.toBe(token);
  expect((await t.sessions.list(t.people.all[0]!.id))[0]!.auth.at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(await browser.me()).toBe(t.people.all[0]!.id);
});

test('with a second factor of their own, a sign-in at the provider alone is no step-up; one with two factors there is [AU-10]', async () => {
  await using provider = await startProvider();
  await using t = await startOidc({ providers: { own: provider.options() } });
  const browser = await signedIn(t, provider);
  const { id } = t.people.all[0]!;
  const { secret } = await t.totp.enrol(id, 'ada');
  await t.totp.confirm(id, totpCode(secret, Date.now()));
  const verify = async (claims: Record<string, unknown>) => {
    const answer = await browser.send('POST', '/account/identities/own/verify', { returnTo: '/settings' });
    expect(await browser.back(provider.agree(new URL((answer.json() as { url: string }).url), claims))).toBe('/settings');
    return browser.send('POST', '/account/identities/own', {});
  };
  expect((await verify({})).json()).toMatchObject({ code: 'AUTH_STEP_UP_NEEDED', status: 403, methods: ['otp'] });
  expect((await verify({ amr: ['pwd', 'mfa'] })).status).toBe(200);
});

test('one who acts as another user links nothing, whenever they began to [AU-08]', async () => {
  await using provider = await startProvider();
  const store = new MemorySessionStore();
  const auth = { sessions: { store: provideValue(SESSION_STORE, store) } };
  await using t = await startOidc({ providers: { own: provider.options() } }, { auth });
  const browser = await signedIn(t, provider);
  const at = await browser.beginLink();
  // What Impersonation notes in a session that acts as somebody else.
  const [record] = await store.list(t.people.all[0]!.id);
  await store.update(record!.tokenHash, { data: { $impersonation: 'somebody' } });
  expect(await browser.back(provider.agree(at, { sub: 'second' }))).toBe('/account?error=AUTH_OIDC_SESSION');
  expect(await t.links.list(t.people.all[0]!.id)).toHaveLength(1);
});
