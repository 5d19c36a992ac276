import { Module, provide } from '@plinth/core';
import { guarded } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  apiKey,
  ApiKeys,
  bearer,
  definePermissions,
  defineRoles,
  Impersonation,
  RefreshTokens,
  secondFactorRoutes,
  SESSION_COOKIE,
  sessionRoutes,
  Tokens,
  USERS,
} from '@plinth/auth';
import { Accounts, accountRoutes } from '@plinth/auth/accounts';
import { IDENTITY_STORE, oidcRoutes } from '@plinth/auth/oidc';
import { PASSKEY_STORE, passkeyRoutes } from '@plinth/auth/passkeys';
import { ADA, answer, OTHER_PASSWORD, PASSWORD } from '../account-support.js';
import { startProvider } from '../oidc-fake-provider.js';
import { linkWith, newPasskey, passkeyAnswer, signInWith, startFlows } from './flow-support.js';

// Ways that are safe one by one, in an order that nobody had in mind.
const EVE = 'eve@example.org';
const VICTIM = { sub: 'ada', email: ADA, email_verified: true };

test('where registration is closed, a provider opens it to nobody [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startFlows(provider, { accounts: { registration: 'closed' } });
  expect(await signInWith(provider, t.browser(), VICTIM)).toBe('/sign-in?error=AUTH_REGISTRATION_CLOSED');
  expect(await t.app.get(Accounts).list()).toEqual([]);
  expect(await t.app.get(IDENTITY_STORE).find(provider.issuer, 'ada')).toBeUndefined();
  // Who has an account keeps the ways that were linked.
  await t.app.get(Accounts).create({ email: ADA, password: PASSWORD, verified: true });
  const ada = t.browser();
  await ada.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } });
  expect(await linkWith(provider, ada, VICTIM)).toBe('/account');
  expect(await signInWith(provider, t.browser(), VICTIM)).toBe('/');
});

test('an address that a provider has verified links to the account with that very address, and to no look-alike [AU-08]', async () => {
  await using provider = await startProvider();
  await using t = await startFlows(provider, {}, { link: 'verified-email' });
  await t.app.get(Accounts).create({ email: 'kate@example.org', verified: true });
  await t.app.get(Accounts).create({ email: 'émile@example.org', verified: true });
  const looking = ['\u212Aate@example.org', '\u00C9mile@example.org'];
  for (const email of looking)
    expect(await signInWith(provider, t.browser(), { sub: email, email })).toBe('/sign-in?error=AUTH_OIDC_LINK_FIRST');
  // Letters of ASCII are one mailbox in either case, wherever there is one.
  expect(await signInWith(provider, t.browser(), { sub: 'kate', email: 'Kate@Example.org' })).toBe('/');
});

test('what a stranger has begun with your address is no account of yours, in any order of mails, providers and confirmations [AU-09]', async () => {
  await using provider = await startProvider();
  await using t = await startFlows(provider, {}, { link: 'verified-email' });
  const eve = t.browser();
  await eve.post('/account/register', { json: { email: ADA, password: OTHER_PASSWORD } });
  const planted = await t.token(ADA);
  const ada = t.browser();
  expect(await signInWith(provider, ada, VICTIM)).toBe('/');
  expect(await answer(ada.post('/account/register/confirm', { json: { token: planted } }))).toEqual([403, 'AUTH_REGISTRATION_PROOF']);
  expect(await answer(eve.post('/account/register/confirm', { json: { token: planted } }))).toEqual([409, 'AUTH_ACCOUNT_EXISTS']);
  expect((await ada.get('/account')).json()).toMatchObject({ email: ADA, hasPassword: false });
  expect((await eve.post('/account/sign-in', { json: { email: ADA, password: OTHER_PASSWORD } })).status).toBe(401);
  // A change of address that waits: to an address that somebody registers meanwhile.
  const mallory = await t.person('mallory@example.org');
  await mallory.post('/account/email', { json: { email: 'carl@example.org' } });
  const change = await t.token('carl@example.org');
  const carl = t.browser();
  await carl.post('/account/register', { json: { email: 'carl@example.org', password: PASSWORD } });
  const own = await t.token('carl@example.org');
  expect(await answer(carl.post('/account/register/confirm', { json: { token: own } }))).toMatchObject([200, { state: 'signed-in' }]);
  expect(await answer(carl.post('/account/email/confirm', { json: { token: change } }))).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  expect(await answer(mallory.post('/account/email/confirm', { json: { token: change } }))).toEqual([409, 'AUTH_ACCOUNT_EXISTS']);
  // And the other way round: the registration waits while the address is given to an account.
  const dora = t.browser();
  await dora.post('/account/register', { json: { email: 'dora@example.org', password: PASSWORD } });
  const waiting = await t.token('dora@example.org');
  await mallory.post('/account/email', { json: { email: 'dora@example.org' } });
  expect((await mallory.post('/account/email/confirm', { json: { token: await t.token('dora@example.org') } })).status).toBe(204);
  expect(await answer(dora.post('/account/register/confirm', { json: { token: waiting } }))).toEqual([409, 'AUTH_ACCOUNT_EXISTS']);
});

test('ways to sign in that were added before anybody had proved the address go when its owner resets the password [AU-09]', async () => {
  await using provider = await startProvider();
  await using t = await startFlows(provider);
  // By an application that makes accounts before their addresses are confirmed.
  const { id } = await t.app.get(Accounts).create({ email: ADA, password: PASSWORD });
  const eve = t.browser();
  await eve.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } });
  expect(await linkWith(provider, eve, { sub: 'eve', email: EVE })).toBe('/account');
  const { authenticator, json } = await newPasskey(eve);
  expect((await eve.post('/account/passkeys', { json })).status).toBe(201);
  const ada = t.browser();
  await ada.post('/account/password/forgot', { json: { email: ADA } });
  await t.settled();
  const token = /#token=(\S+)/.exec(t.box.sent.findLast(({ subject }) => subject.includes('new password'))!.text)![1]!;
  expect((await ada.post('/account/password/reset', { json: { token, password: OTHER_PASSWORD } })).status).toBe(204);
  const thief = t.browser();
  expect((await thief.post('/account/sign-in/passkey', await passkeyAnswer(thief, authenticator))).status).toBe(401);
  expect(await t.app.get(PASSKEY_STORE).count(id)).toBe(0);
  expect(await t.app.get(IDENTITY_STORE).list(id)).toEqual([]);
  expect((await ada.post('/account/sign-in', { json: { email: ADA, password: OTHER_PASSWORD } })).json()).toMatchObject({
    state: 'signed-in',
  });
});

const who = { returns: { type: 'string' } } as const;
class Needs {
  constructor(
    readonly tokens: Tokens,
    readonly refresh: RefreshTokens,
    readonly apiKeys: ApiKeys,
  ) {}
}
@Module({
  providers: [provide(Needs, { deps: [Tokens, RefreshTokens, ApiKeys] })],
  routes: [
    guarded(bearer({ users: USERS })).get('/by-token', who, ({ user }) => user.id),
    guarded(apiKey({ users: USERS })).get('/by-key', who, ({ user }) => user.id),
  ],
})
class Credentials {}

test('nothing that an account has opens anything once it is closed or removed, nor for who has its address afterwards [AU-09]', async () => {
  await using provider = await startProvider();
  await using t = await startFlows(provider, { imports: [Credentials] });
  const get = t.app.get.bind(t.app);
  for (const end of ['close', 'remove'] as const) {
    const email = `${end}@example.org`;
    const user = { sub: end, email, email_verified: true };
    const client = await t.person(email);
    const { id } = (await client.get('/account')).json() as { id: string };
    await client.post('/account/email', { json: { email: `next-${email}` } });
    const change = await t.token(`next-${email}`);
    expect(await linkWith(provider, client, user)).toBe('/account');
    const { secret } = (await client.post('/account/second-factor/totp')).json() as { secret: string };
    expect(secret).toBeTypeOf('string');
    const { authenticator, json } = await newPasskey(client);
    expect((await client.post('/account/passkeys', { json })).status).toBe(201);
    const refresh = (await get(RefreshTokens).issue(id)).token;
    const key = (await get(ApiKeys).create({ owner: id, name: 'k' })).key;
    const access = await get(Tokens).sign(id);
    await t.browser().post('/account/password/forgot', { json: { email } });
    await t.settled();
    const reset = /#token=(\S+)/.exec(t.box.sent.findLast(({ subject }) => subject.includes('new password'))!.text)![1]!;
    const cookie = client.cookies.get(SESSION_COOKIE)!;
    await (end === 'remove' ? get(Accounts).remove(id) : get(Accounts).disable(id));
    const attempts = async (): Promise<void> => {
      const old = t.browser();
      old.cookies.set(SESSION_COOKIE, cookie);
      expect((await old.get('/account')).status).toBe(401);
      expect((await t.browser().get('/by-token', { headers: { authorization: `Bearer ${access.token}` } })).status).toBe(401);
      expect((await t.browser().get('/by-key', { headers: { 'x-api-key': key } })).status).toBe(401);
      await expect(get(RefreshTokens).rotate(refresh)).rejects.toMatchObject({ code: expect.stringMatching(/^AUTH_/) as string });
      expect(await answer(t.browser().post('/account/password/reset', { json: { token: reset, password: OTHER_PASSWORD } }))).toEqual([
        422,
        'AUTH_ONE_TIME_TOKEN',
      ]);
      const thief = t.browser();
      expect((await thief.post('/account/sign-in/passkey', await passkeyAnswer(thief, authenticator))).status).toBe(401);
      expect((await t.browser().post('/account/sign-in', { json: { email, password: PASSWORD } })).status).toBe(401);
      const other = await t.person(`other-${Math.random()}@example.org`);
      expect(await answer(other.post('/account/email/confirm', { json: { token: change } }))).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
    };
    await attempts();
    await t.clock.advance(120_000);
    if (end === 'close') {
      expect(await signInWith(provider, t.browser(), user)).toBe('/sign-in?error=AUTH_OIDC_ACCOUNT');
      continue;
    }
    // The address is free, and so is the identity; what was is not that of the new account.
    const successor = t.browser();
    await successor.post('/account/register', { json: { email, password: 'of the one who came after' } });
    await t.settled();
    const token = /#token=(\S+)/.exec(
      t.box.sent.findLast(({ subject, to }) => to[0]!.address === email && subject.startsWith('Confirm'))!.text,
    )![1]!;
    expect((await successor.post('/account/register/confirm', { json: { token } })).status).toBe(200);
    await attempts();
    expect(((await successor.get('/account')).json() as { id: string }).id).not.toBe(id);
    expect(await signInWith(provider, t.browser(), user)).toBe('/sign-in?error=AUTH_OIDC_LINK_FIRST');
    expect(await linkWith(provider, successor, user)).toBe('/account');
  }
});

const permissions = definePermissions({ 'user.impersonate': 'Act as another user' });
const roles = defineRoles(permissions, { customer: {}, support: { permits: ['user.impersonate'] } });

test('whoever acts as a customer changes nothing of the account, nor of their own by mistake, by any of the routes [AU-09]', async () => {
  await using provider = await startProvider();
  await using t = await startFlows(provider, { auth: { impersonation: { roles, permission: 'user.impersonate' } } });
  const accounts = t.app.get(Accounts);
  const customer = await accounts.create({ email: ADA, password: PASSWORD, verified: true, roles: ['customer'] });
  const support = await accounts.create({ email: 'support@example.org', password: PASSWORD, verified: true, roles: ['support'] });
  const client = t.browser();
  await client.post('/account/sign-in', { json: { email: 'support@example.org', password: PASSWORD } });
  const acting = await t.app.get(Impersonation).begin(client.cookies.get(SESSION_COOKIE)!, { userId: customer.id, reason: 'case 4711' });
  client.cookies.set(SESSION_COOKIE, acting.token);
  expect((await client.get('/account')).json()).toMatchObject({ id: customer.id });
  const bodies: Record<string, object> = {
    '/account/password': { current: PASSWORD, password: OTHER_PASSWORD },
    '/account/password/set': { password: OTHER_PASSWORD },
    '/account/email': { email: EVE },
    '/account/email/confirm': { token: 'x'.repeat(43) },
    '/account/verify': { password: PASSWORD },
    '/account': { name: 'Eve' },
  };
  const routes = [accountRoutes(), secondFactorRoutes(), sessionRoutes(), passkeyRoutes(), oidcRoutes()].flatMap((record) =>
    Object.values(record),
  );
  let tried = 0;
  for (const { method, path, contract } of routes as { method: string; path: string; contract: { open?: boolean } }[]) {
    if (method === 'GET' || contract.open === true || path === '/account/sign-out') continue;
    const url = path.replace(':id', acting.session.id).replace(':provider', 'own');
    const sent = await client.request(method, url, bodies[path] ? { json: bodies[path] } : {});
    // The second step of a sign-in is for sessions that wait for it.
    const code = path.startsWith('/account/sign-in/') ? 'AUTH_NOTHING_PENDING' : 'AUTH_IMPERSONATING';
    expect([method, url, sent.status, (sent.json() as { code: string }).code]).toEqual([method, url, 403, code]);
    tried += 1;
  }
  expect(tried).toBeGreaterThan(20);
  for (const id of [customer.id, support.id]) expect(await accounts.find(id)).toMatchObject({ name: null });
  expect((await client.get('/account')).json()).toMatchObject({ id: customer.id });
  // Signing out ends the session of who acts, and no other.
  const own = t.browser();
  await own.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } });
  expect((await client.post('/account/sign-out')).status).toBe(204);
  expect((await client.get('/account')).status).toBe(401);
  expect((await own.get('/account')).status).toBe(200);
});
