import { expect, test } from 'vitest';
import { Passwords, RefreshTokens, SECURITY_EVENT, SESSION_COOKIE, Sessions, Totp } from '@plinth/auth';
import { ACCOUNT_STORE, accountRoutes, Accounts, MemoryAccountStore, type AccountRecord } from '@plinth/auth/accounts';
import { hash as otherHash } from '@node-rs/argon2';
import { EVENTS, provideValue } from '@plinth/core';
import { totpCode } from './account-totp.js';
import { ADA, answer, OTHER_PASSWORD, PASSWORD, seen, startAccounts, type AccountsApp } from './account-support.js';

const NOBODY = 'nobody@example.org';

const signIn = (t: AccountsApp, email: string, password: string, client = t.browser()) =>
  client.post('/account/sign-in', { json: { email, password } });
const forgot = (t: AccountsApp, email: string) => t.browser().post('/account/password/forgot', { json: { email } });
const reset = (t: AccountsApp, token: string, password = OTHER_PASSWORD) =>
  t.browser().post('/account/password/reset', { json: { token, password } });

test('who signs in is asked for the second factor, and signs out of everything that the browser knows', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const before = client.cookies.get(SESSION_COOKIE)!;
  const out = await client.post('/account/sign-out');
  expect(out.status).toBe(204);
  expect(out.headers['clear-site-data']).toBe('"cache", "cookies", "storage"');
  expect((await t.browser().get('/account', { cookies: { [SESSION_COOKIE]: before } })).status).toBe(401);
  expect(await answer(signIn(t, 'ADA@example.org', PASSWORD, client))).toEqual([200, { state: 'signed-in', factors: [] }]);
  const { id } = (await client.get('/account')).json() as { id: string };
  await t.app.get(Totp).enrol(id, ADA);
  expect(await answer(client.post('/account/sign-out'))).toEqual([204, undefined]);
});

test('with several session cookies a sign-in counts no attempt and takes them away, so that the next try works', async () => {
  await using t = await startAccounts();
  await t.person();
  const noted: string[] = [];
  t.app.get(EVENTS).on(SECURITY_EVENT, ({ type }) => void noted.push(type));
  const headers = { cookie: `${SESSION_COOKIE}=a; ${SESSION_COOKIE}=b` };
  const refused = await t.browser().post('/account/sign-in', { json: { email: ADA, password: PASSWORD }, headers });
  expect([refused.status, (refused.json() as { code: string }).code]).toEqual([401, 'AUTH_SESSION_COOKIE']);
  expect(refused.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-sid=; .*Max-Age=0/)]);
  expect(noted).not.toContain('sign-in.password');
  expect((await signIn(t, ADA, PASSWORD)).status).toBe(200);
});

test('the routes declare what they refuse with, also where too many wait for a hash', () => {
  const codes = Object.fromEntries(
    Object.entries(accountRoutes()).map(([name, { contract }]) => [
      name,
      contract.errors?.map((error: { readonly code: string }) => error.code),
    ]),
  );
  const hashing = ['register', 'confirmRegistration', 'signIn', 'changePassword', 'resetPassword', 'setPassword', 'verify'];
  for (const name of hashing) expect([name, codes[name]]).toEqual([name, expect.arrayContaining(['AUTH_BUSY'])]);
  for (const name of ['register', 'changePassword', 'resetPassword', 'setPassword'])
    expect([name, codes[name]]).toEqual([name, expect.arrayContaining(['AUTH_PASSWORD_MALFORMED'])]);
  for (const name of ['confirmRegistration', 'signIn'])
    expect([name, codes[name]]).toEqual([name, expect.arrayContaining(['AUTH_SESSION_COOKIE'])]);
});

test('a sign-out that comes just after the token was changed ends the session all the same [AU-02]', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const before = client.cookies.get(SESSION_COOKIE)!;
  expect((await client.post('/account/verify', { json: { password: PASSWORD } })).status).toBe(204);
  expect(client.cookies.get(SESSION_COOKIE)).not.toBe(before);
  expect((await t.browser().post('/account/sign-out', { cookies: { [SESSION_COOKIE]: before } })).status).toBe(204);
  expect((await client.get('/account')).status).toBe(401);
  expect(await answer(t.browser().post('/account/sign-out', { cookies: { [SESSION_COOKIE]: before } }))).toEqual([
    401,
    'AUTH_SESSION_ENDED',
  ]);
});

test('a sign-out ends the refresh tokens of its session, and no others', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const { id } = (await client.get('/account')).json() as { id: string };
  const [session] = await t.app.get(Sessions).list(id);
  const refresh = t.app.get(RefreshTokens);
  await refresh.issue(id, { sessionId: session!.id });
  const kept = await refresh.issue(id, { sessionId: 'another' });
  await client.post('/account/sign-out');
  expect((await refresh.list(id)).map((family) => family.id)).toEqual([kept.family.id]);
});

test('unknown, closed, without a password, wrong: a sign-in answers each alike to the byte [AU-12]', async () => {
  await using t = await startAccounts({ auth: { throttle: { perClient: 1_000 } } });
  const accounts = t.app.get(Accounts);
  await accounts.create({ email: ADA, password: PASSWORD });
  await accounts.disable((await accounts.create({ email: 'closed@example.org', password: PASSWORD })).id);
  await accounts.create({ email: 'bare@example.org' });
  const tries = [
    [ADA, 'a wrong password, this'],
    [NOBODY, PASSWORD],
    ['closed@example.org', PASSWORD],
    ['bare@example.org', PASSWORD],
    ['no address at all', PASSWORD],
    [`' or 1=1 --`, PASSWORD],
  ] as const;
  const answers = new Set<string>();
  for (const [email, password] of tries) answers.add(seen(await signIn(t, email, password)));
  expect([...answers]).toHaveLength(1);
  expect([...answers][0]).toContain('AUTH_CREDENTIALS');
});

test('a known and an unknown address get the same answer to a forgotten password; only one gets a mail [AU-12]', async () => {
  await using t = await startAccounts();
  const accounts = t.app.get(Accounts);
  await accounts.create({ email: ADA, password: PASSWORD });
  await accounts.disable((await accounts.create({ email: 'closed@example.org', password: PASSWORD })).id);
  const answers = new Set<string>();
  for (const email of [ADA, NOBODY, 'closed@example.org', 'no address at all', 'a@b\u2028c.org']) answers.add(seen(await forgot(t, email)));
  expect(answers.size).toBe(1);
  expect(await t.settled()).toBe(1);
  expect((await t.mail(ADA)).subject).toBe('Choose a new password for Kettle');
});

test('a reset signs everybody out, keeps the second factor, and is good once and for 15 minutes [AU-12]', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const { id } = (await client.get('/account')).json() as { id: string };
  await t.app.get(RefreshTokens).issue(id);
  const totp = t.app.get(Totp);
  await totp.enrol(id, ADA);
  await forgot(t, ADA);
  const old = await t.token(ADA);
  await forgot(t, ADA);
  const token = await t.token(ADA);
  expect(await answer(reset(t, old))).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  // What is wrong with the password does not use the link up.
  expect(await answer(reset(t, token, 'short'))).toEqual([422, 'AUTH_PASSWORD_TOO_SHORT']);
  expect(await answer(reset(t, token, `${ADA} ${ADA}`))).toEqual([422, 'AUTH_PASSWORD_CONTEXT']);
  expect(await answer(reset(t, token))).toEqual([204, undefined]);
  expect(await answer(reset(t, token))).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  expect((await client.get('/account')).status).toBe(401);
  expect(await t.app.get(RefreshTokens).list(id)).toEqual([]);
  expect((await signIn(t, ADA, PASSWORD)).status).toBe(401);
  expect((await signIn(t, ADA, OTHER_PASSWORD)).status).toBe(200);
  const told = (await t.mail(ADA)).text;
  expect(told).toContain('was set by a link');
  await forgot(t, ADA);
  const late = await t.token(ADA).catch(() => t.token(ADA));
  await t.clock.advance(15 * 60_000);
  expect(await answer(reset(t, late))).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
});

test('a second factor that was set up is asked for after a reset [AU-12]', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const { id } = (await client.get('/account')).json() as { id: string };
  const { secret } = (await client.post('/account/second-factor/totp')).json() as { secret: string };
  expect((await client.post('/account/second-factor/totp/confirm', { json: { code: totpCode(secret, t.clock.now()) } })).status).toBe(200);
  await t.mail(ADA);
  await forgot(t, ADA);
  const mail = await t.mail(ADA);
  const token = /#token=(\S+)/.exec(mail.text)?.[1] ?? (await t.token(ADA));
  expect((await reset(t, token)).status).toBe(204);
  expect(await answer(signIn(t, ADA, OTHER_PASSWORD))).toEqual([200, { state: 'second-factor', factors: ['totp', 'recovery-code'] }]);
  expect(await t.app.get(Totp).enabledSince(id)).toBeDefined();
});

test('asking again and again in the name of another does not end the link that was mailed [AU-12]', async () => {
  await using t = await startAccounts({ accounts: { mailsPerHour: 1 } });
  await t.app.get(Accounts).create({ email: ADA, password: PASSWORD });
  await forgot(t, ADA);
  const token = await t.token(ADA);
  for (let round = 0; round < 3; round++) await forgot(t, ADA);
  expect((await reset(t, token)).status).toBe(204);
});

test('a reset lets the owner in again who was locked out by wrong passwords [AU-12]', async () => {
  await using t = await startAccounts({ auth: { throttle: { limit: 5, perClient: 1_000 } } });
  await t.app.get(Accounts).create({ email: ADA, password: PASSWORD });
  for (let round = 0; round < 5; round++) await signIn(t, ADA, 'a wrong password, this');
  expect(await answer(signIn(t, ADA, PASSWORD))).toEqual([429, 'AUTH_THROTTLE_HELD']);
  await forgot(t, ADA);
  expect((await reset(t, await t.token(ADA))).status).toBe(204);
  expect((await signIn(t, ADA, OTHER_PASSWORD)).status).toBe(200);
});

test('a new password ends every other session and the refresh tokens, and gives this browser another token', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const other = t.browser();
  await signIn(t, ADA, PASSWORD, other);
  const before = client.cookies.get(SESSION_COOKIE)!;
  const { id } = (await client.get('/account')).json() as { id: string };
  await t.app.get(RefreshTokens).issue(id);
  await forgot(t, ADA);
  const link = await t.token(ADA);
  const change = (current: string, password = OTHER_PASSWORD) => answer(client.post('/account/password', { json: { current, password } }));
  expect(await change('a wrong password, this')).toEqual([403, 'AUTH_ACCOUNT_PASSWORD_WRONG']);
  expect(await change(PASSWORD, 'short')).toEqual([422, 'AUTH_PASSWORD_TOO_SHORT']);
  expect((await other.get('/account')).status).toBe(200);
  expect(await change(PASSWORD)).toEqual([204, undefined]);
  expect(client.cookies.get(SESSION_COOKIE)).not.toBe(before);
  expect((await client.get('/account')).status).toBe(200);
  expect((await other.get('/account')).status).toBe(401);
  expect(await t.app.get(RefreshTokens).list(id)).toEqual([]);
  expect(await answer(reset(t, link))).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  expect((await t.mail(ADA)).text).toContain('The password of your account was changed.');
});

test('wrong present passwords are slowed down as failed sign-ins are', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const verify = (password: string) => answer(client.post('/account/verify', { json: { password } }));
  for (let round = 0; round < 5; round++) expect(await verify('a wrong password, this')).toEqual([403, 'AUTH_ACCOUNT_PASSWORD_WRONG']);
  expect(await verify(PASSWORD)).toEqual([429, 'AUTH_THROTTLED']);
  expect(await answer(client.post('/account/password', { json: { current: PASSWORD, password: OTHER_PASSWORD } }))).toEqual([
    429,
    'AUTH_THROTTLED',
  ]);
  await t.clock.advance(1_000);
  expect(await verify(PASSWORD)).toEqual([204, undefined]);
});

test('two new passwords at the same time: one is it, and nobody else stays signed in', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const passwords = [OTHER_PASSWORD, 'a house on four wheels'];
  const answers = await Promise.all(
    passwords.map((password) => answer(client.post('/account/password', { json: { current: PASSWORD, password } }))),
  );
  expect(answers.filter(([status]) => status === 204)).toHaveLength(1);
  expect(answers.filter(([status]) => status === 409 || status === 401)).toHaveLength(1);
  const won = answers.findIndex(([status]) => status === 204);
  expect((await signIn(t, ADA, passwords[won]!)).status).toBe(200);
  expect((await signIn(t, ADA, passwords[1 - won]!)).status).toBe(401);
});

test('the password given again opens what needs a recent proof, with a new token', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  await t.clock.advance(11 * 60_000);
  const remove = () => answer(client.delete('/account'));
  expect(await remove()).toEqual([403, 'AUTH_STEP_UP_NEEDED']);
  const before = client.cookies.get(SESSION_COOKIE);
  expect((await client.post('/account/verify', { json: { password: PASSWORD } })).status).toBe(204);
  expect(client.cookies.get(SESSION_COOKIE)).not.toBe(before);
  expect(await remove()).toEqual([204, undefined]);
});

test('an account without a password gets one after a step-up, once', async () => {
  await using t = await startAccounts();
  const { id } = await t.app.get(Accounts).create({ email: ADA, verified: true });
  const client = t.browser();
  const { token } = await t.app.get(Sessions).create(id, { methods: ['hwk'] });
  client.cookies.set(SESSION_COOKIE, token);
  const set = (password: string) => answer(client.post('/account/password/set', { json: { password } }));
  expect(await answer(client.post('/account/verify', { json: { password: PASSWORD } }))).toEqual([409, 'AUTH_ACCOUNT_PASSWORD_NONE']);
  expect((await client.get('/account')).json()).toMatchObject({ hasPassword: false });
  expect(await set(PASSWORD)).toEqual([204, undefined]);
  expect(await set(OTHER_PASSWORD)).toEqual([409, 'AUTH_ACCOUNT_PASSWORD_EXISTS']);
  expect((await client.get('/account')).json()).toMatchObject({ hasPassword: true });
  expect((await signIn(t, ADA, PASSWORD)).status).toBe(200);
  await t.clock.advance(11 * 60_000);
  expect(await set(OTHER_PASSWORD)).toEqual([403, 'AUTH_STEP_UP_NEEDED']);
});

test('a weak hash is replaced at a sign-in, but never after the password was changed meanwhile', async () => {
  class Slow extends MemoryAccountStore {
    meanwhile: (() => Promise<unknown>) | undefined;
    override async update(id: string, changes: Partial<AccountRecord>, only?: Pick<AccountRecord, 'passwordHash'>) {
      if (only) await this.meanwhile?.();
      return super.update(id, changes, only);
    }
  }
  const store = new Slow();
  await using t = await startAccounts({ accounts: { store: provideValue(ACCOUNT_STORE, store) } });
  const { id } = await t.app.get(Accounts).create({ email: ADA });
  const weak = await otherHash(PASSWORD, { memoryCost: 8_192, timeCost: 1 });
  await store.update(id, { passwordHash: weak });
  const changed = await t.app.get(Passwords).hash(OTHER_PASSWORD);
  store.meanwhile = () => store.update(id, { passwordHash: changed });
  // It was the password when it was checked, and is not any more when there would be a session.
  expect((await signIn(t, ADA, PASSWORD)).status).toBe(401);
  expect((await store.find(id))?.passwordHash).toBe(changed);
  store.meanwhile = undefined;
  await store.update(id, { passwordHash: weak });
  expect((await signIn(t, ADA, PASSWORD)).status).toBe(200);
  expect((await store.find(id))?.passwordHash).toContain('m=19456');
});

test('twenty requests a minute may one client send to these routes, whatever they are about', async () => {
  await using t = await startAccounts({ env: { HTTP_RATE_LIMITS: undefined } });
  const statuses: number[] = [];
  for (let round = 0; round < 22; round++) statuses.push((await forgot(t, `nobody${round}@example.org`)).status);
  expect(statuses.filter((status) => status === 202)).toHaveLength(20);
  expect(statuses.slice(20)).toEqual([429, 429]);
  expect((await signIn(t, ADA, PASSWORD)).status).toBe(429);
});

test('requests of other sites change nothing, and nothing is served to who is not signed in', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const cookies = { [SESSION_COOKIE]: client.cookies.get(SESSION_COOKIE)! };
  const evil = t.browser({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' });
  const routes = [
    ['POST', '/account/sign-out', undefined],
    ['PATCH', '/account', { name: 'x' }],
    ['DELETE', '/account', undefined],
    ['POST', '/account/password', { current: PASSWORD, password: OTHER_PASSWORD }],
    ['POST', '/account/password/set', { password: OTHER_PASSWORD }],
    ['POST', '/account/email', { email: 'eve@example.org' }],
    ['POST', '/account/email/confirm', { token: 'x' }],
    ['POST', '/account/verify', { password: PASSWORD }],
  ] as const;
  for (const [method, path, json] of routes) {
    expect(await answer(evil.request(method, path, { json, cookies })), path).toEqual([403, 'HTTP_CROSS_SITE']);
    expect(await answer(t.browser().request(method, path, { json })), path).toEqual([401, 'HTTP_NO_CREDENTIAL']);
  }
  expect((await t.browser().get('/account')).status).toBe(401);
  expect((await client.get('/account')).headers['cache-control']).toContain('no-store');
});
