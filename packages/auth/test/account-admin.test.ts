import { allOf, createApp, EVENTS, Module, provide, provideFactory } from '@plinth/core';
import { guarded, html } from '@plinth/http';
import { MailModule } from '@plinth/mail';
import { expect, test, vi } from 'vitest';
import {
  ACCOUNT_CHANGED,
  ACCOUNT_PARTS,
  ApiKeys,
  AuthModule,
  deviceOf,
  NEW_DEVICE,
  OneTimeTokens,
  RecoveryCodes,
  RefreshTokens,
  role,
  SECURITY_EVENT,
  session,
  Sessions,
  Totp,
  type AccountPart,
  type SecurityEvent,
} from '@plinth/auth';
import { ACCOUNT_REMOVED, ACCOUNT_STORE, accountOidcUsers, accountRoutes, Accounts, AccountsModule } from '@plinth/auth/accounts';
import { OIDC_USERS, type OidcUsers } from '@plinth/auth/oidc';
import { ADA, answer, PASSWORD, startAccounts } from './account-support.js';
import { appKey } from './support.js';

const EVE = 'eve@example.org';

test('a closed account signs nobody in, its sessions and links end at once, and it can be opened again', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const accounts = t.app.get(Accounts);
  const { id } = (await accounts.findByEmail(ADA))!;
  await t.app.get(RefreshTokens).issue(id);
  await accounts.forgotPassword(ADA);
  const token = await t.token(ADA);
  expect(await accounts.disable(id)).toMatchObject({ disabledAt: t.clock.date() });
  expect((await client.get('/account')).status).toBe(401);
  expect(await t.app.get(RefreshTokens).list(id)).toEqual([]);
  expect(await t.app.get(Sessions).list(id)).toEqual([]);
  expect(await answer(t.browser().post('/account/password/reset', { json: { token, password: PASSWORD } }))).toEqual([
    422,
    'AUTH_ONE_TIME_TOKEN',
  ]);
  const signIn = () => answer(t.browser().post('/account/sign-in', { json: { email: ADA, password: PASSWORD } }));
  expect(await signIn()).toEqual([401, 'AUTH_CREDENTIALS']);
  expect(await accounts.enable(id)).toMatchObject({ disabledAt: null });
  expect((await signIn())[0]).toBe(200);
});

test('a role that is given or taken holds from the next request on, in sessions that are open', async () => {
  @Module({ routes: [guarded(session, role('admin')).get('/admin', { returns: { type: 'string' } }, () => 'in')] })
  class Admin {}
  await using t = await startAccounts({ imports: [Admin] });
  const client = await t.person();
  const accounts = t.app.get(Accounts);
  const { id } = (await accounts.findByEmail(ADA))!;
  expect((await client.get('/admin')).status).toBe(403);
  expect(await accounts.setRoles(id, ['admin', 'admin'])).toMatchObject({ roles: ['admin'] });
  expect((await client.get('/admin')).status).toBe(200);
  await accounts.setRoles(id, []);
  expect((await client.get('/admin')).status).toBe(403);
  for (const roles of [[''], ['x'.repeat(101)], Array.from({ length: 51 }, (_, index) => String(index))])
    await expect(accounts.setRoles(id, roles)).rejects.toMatchObject({ code: 'AUTH_ACCOUNT_ROLES' });
});

test('what the application does with accounts that are not there says so', async () => {
  await using t = await startAccounts();
  const accounts = t.app.get(Accounts);
  for (const act of [
    () => accounts.disable('nobody'),
    () => accounts.enable('nobody'),
    () => accounts.setRoles('nobody', []),
    () => accounts.rename('nobody', 'x'),
    () => accounts.remove('nobody'),
    () => accounts.changeEmail('nobody', EVE),
  ])
    await expect(act()).rejects.toMatchObject({ code: 'AUTH_ACCOUNT_NONE' });
  expect(await accounts.find('nobody')).toBeUndefined();
});

test('accounts are listed in pages, found by parts of their address, and never with the hash of a password', async () => {
  await using t = await startAccounts();
  const accounts = t.app.get(Accounts);
  for (let index = 0; index < 5; index++) await accounts.create({ email: `person${index}@example.org` });
  await accounts.create({ email: ADA, password: PASSWORD, name: 'Ada' });
  const first = await accounts.list({ limit: 4 });
  const second = await accounts.list({ limit: 4, after: first.at(-1)!.id });
  expect([...first, ...second].map(({ email }) => email)).toHaveLength(6);
  expect(await accounts.list({ limit: Number.NaN })).toHaveLength(6);
  const [ada] = await accounts.list({ search: 'ADA@' });
  expect(ada).toMatchObject({ email: ADA, name: 'Ada', hasPassword: true });
  expect(JSON.stringify(ada)).not.toContain('argon2');
  expect(Object.keys(ada!)).not.toContain('passwordHash');
});

test('an account that is removed takes everything of its own along, and nothing of another [AU-09]', async () => {
  const removed: string[] = [];
  const documents = provideFactory(ACCOUNT_PARTS, {
    many: true,
    create: () => ({ name: 'documents', remove: async (userId: string) => void removed.push(userId) }),
  });
  @Module({ global: true, providers: [documents], exports: [ACCOUNT_PARTS] })
  class Documents {}
  await using t = await startAccounts({ imports: [Documents] });
  const client = await t.person();
  const accounts = t.app.get(Accounts);
  const { id } = (await accounts.findByEmail(ADA))!;
  const other = (await accounts.create({ email: EVE })).id;
  const [totp, codes, keys, refresh, tokens, sessions] = [
    t.app.get(Totp),
    t.app.get(RecoveryCodes),
    t.app.get(ApiKeys),
    t.app.get(RefreshTokens),
    t.app.get(OneTimeTokens),
    t.app.get(Sessions),
  ];
  const left: string[] = [];
  for (const owner of [id, other]) {
    await totp.enrol(owner, 'x');
    await codes.generate(owner);
    await keys.create({ owner, name: 'key' });
    await refresh.issue(owner);
    left.push((await tokens.issue({ purpose: 'anything', subject: owner, lifetime: 60 })).token);
    await sessions.create(owner, { methods: ['pwd'] });
  }
  const gone = vi.fn();
  t.app.get(EVENTS).on(ACCOUNT_REMOVED, gone);
  const out = await client.delete('/account');
  expect(out.status).toBe(204);
  expect(out.headers['clear-site-data']).toBeDefined();
  const counts = async (owner: string, token: string) => [
    await codes.remaining(owner),
    (await keys.list(owner)).length,
    (await refresh.list(owner)).length,
    (await sessions.list(owner)).length,
    await tokens.find('anything', token).then(
      () => 1,
      () => 0,
    ),
  ];
  expect(await counts(id, left[0]!)).toEqual([0, 0, 0, 0, 0]);
  expect(await counts(other, left[1]!)).toEqual([10, 1, 1, 1, 1]);
  expect(await totp.disable(id)).toBe(false);
  expect(await totp.disable(other)).toBe(true);
  expect(await accounts.find(id)).toBeUndefined();
  // Again after the transaction, for what requests of the meantime have added.
  expect(removed).toEqual([id, id]);
  await vi.waitFor(() => expect(gone).toHaveBeenCalledWith({ userId: id, at: t.clock.date() }, expect.anything()));
  // The address is free again.
  await t.person();
});

test('what is done to accounts is noted, without a secret [AU-09]', async () => {
  await using t = await startAccounts();
  const events: SecurityEvent[] = [];
  t.app.get(EVENTS).on(SECURITY_EVENT, (event) => void events.push(event));
  const client = await t.person();
  const accounts = t.app.get(Accounts);
  const { id } = (await accounts.findByEmail(ADA))!;
  await client.post('/account/password', { json: { current: PASSWORD, password: 'a bicycle made of rain' } });
  await accounts.forgotPassword(ADA);
  await accounts.forgotPassword(EVE);
  await accounts.invite({ email: EVE });
  await accounts.setRoles(id, ['admin']);
  await accounts.disable(id);
  await accounts.enable(id);
  await accounts.remove(id);
  await t.settled();
  const types = events.map(({ type }) => type);
  for (const type of [
    'account.registered',
    'password.verified',
    'password.changed',
    'password.forgotten',
    'account.created',
    'account.invited',
    'account.roles-changed',
    'account.disabled',
    'account.enabled',
    'account.removed',
  ])
    expect(types).toContain(type);
  expect(JSON.stringify(events)).not.toMatch(/argon2|kettles|bicycle|@example/);
});

test('an owner is told by mail of every change to how the account signs in, and markup in what users wrote is text', async () => {
  await using t = await startAccounts();
  const { id } = await t.app.get(Accounts).create({ email: ADA, name: '<img src=x onerror=alert(1)>' });
  const device = deviceOf({ header: () => undefined, ip: '192.0.2.7' });
  const at = t.clock.date();
  const detail = 'Key <b>"1"</b>';
  t.app.get(EVENTS).publish(ACCOUNT_CHANGED, { userId: id, change: 'passkey-added', at, device, detail });
  const mail = await t.mail(ADA);
  expect(mail.text).toContain('A passkey was added to your account.');
  expect(mail.text).toContain('When: 2026-06-01 12:00 UTC. Where: unknown, network 192.0.2.0/24.');
  expect(mail.html).toContain('Key &#60;b&#62;');
  expect(mail.html).not.toMatch(/<img|<b>/);
  for (const change of [
    'totp-enabled',
    'totp-disabled',
    'recovery-codes-made',
    'recovery-code-used',
    'passkey-removed',
    'identity-linked',
    'identity-unlinked',
  ] as const) {
    t.app.get(EVENTS).publish(ACCOUNT_CHANGED, { userId: id, change, at, device });
    expect((await t.mail(ADA)).subject).toBe('A change to your account at Kettle');
  }
  t.app.get(EVENTS).publish(ACCOUNT_CHANGED, { userId: id, change: 'recovery-code-used', at, device, detail: '7' });
  expect((await t.mail(ADA)).text).toContain('Recovery codes that are left: 7.');
  t.app.get(EVENTS).publish(ACCOUNT_CHANGED, { userId: 'nobody', change: 'passkey-added', at, device });
  expect(await t.settled()).toBe(9);
});

test('a mail of yours takes the place of one, and a broken one is logged and changes no answer', async () => {
  const mails = {
    reset: ({ service, link, name }: { service: string; link: string; name: string | null }) => ({
      subject: `${service}: neues Passwort`,
      text: `Hallo ${name ?? ''}: ${link}`,
      html: html`<p>${link}</p>`,
    }),
    invitation: () => {
      throw new Error('broken');
    },
  };
  await using t = await startAccounts({ accounts: { mails } });
  const accounts = t.app.get(Accounts);
  await accounts.create({ email: ADA, name: 'Ada' });
  await accounts.forgotPassword(ADA);
  expect(await t.mail(ADA)).toMatchObject({
    subject: 'Kettle: neues Passwort',
    text: expect.stringMatching(/^Hallo Ada: https:.*#token=/),
  });
  await accounts.invite({ email: EVE });
  await t.settled();
  expect(t.app.logs.errors()).toMatchObject([{ code: 'AUTH_ACCOUNT_MAIL', mail: 'invitation' }]);
});

test('more mails than can wait are dropped and logged', async () => {
  await using t = await startAccounts({ accounts: { mailsPerHour: 100 } });
  const accounts = t.app.get(Accounts);
  const { id } = await accounts.create({ email: ADA });
  const device = deviceOf({ header: () => undefined, ip: '192.0.2.7' });
  const bus = t.app.get(EVENTS);
  for (let round = 0; round < 1_500; round++)
    bus.publish(ACCOUNT_CHANGED, { userId: id, change: 'passkey-added', at: t.clock.date(), device });
  await t.settled();
  const dropped = t.app.logs.errors();
  expect(dropped.length).toBeGreaterThan(0);
  expect(new Set(dropped.map(({ code }) => code))).toEqual(new Set(['AUTH_ACCOUNT_MAIL_QUEUE']));
  expect(dropped.length + t.box.sent.length).toBeGreaterThanOrEqual(1_500);
});

test('options that make no sense stop the application, as production does without APP_URL', async () => {
  for (const options of [
    { mailsPerHour: 0 },
    { mailsPerHour: 1.5 },
    { registration: 'maybe' as 'open' },
    { links: { reset: 'https://evil.example' } },
    { links: { reset: '//evil.example' } },
    { links: { confirm: '/a#b' } },
  ])
    expect(() => AccountsModule.with(options)).toThrow(expect.objectContaining({ code: 'AUTH_ACCOUNT_OPTIONS' }));
  const mail = MailModule.with({ url: 'smtp://localhost', from: 'app@example.org' });
  @Module({ imports: [AuthModule, AccountsModule.with({ imports: [mail] })] })
  class Root {}
  const env = { NODE_ENV: 'production', APP_KEY: appKey(), LOG_LEVEL: 'fatal' };
  await expect(createApp(Root, { env, envFile: false })).rejects.toMatchObject({ message: expect.stringContaining('AUTH_ACCOUNT_URL') });
});

test('links in mails lead where the options say', async () => {
  await using t = await startAccounts({ accounts: { links: { reset: '/app/new-password?from=mail' } } });
  await t.app.get(Accounts).create({ email: ADA });
  await t.app.get(Accounts).forgotPassword(ADA);
  expect((await t.mail(ADA)).text).toContain('https://app.example.org/app/new-password?from=mail#token=');
});

test('links in mails stand below the path of APP_URL, and so does the page of the service', async () => {
  for (const url of ['https://example.org/app', 'https://me:secret@example.org/app/?page=1#top']) {
    await using t = await startAccounts({ env: { APP_URL: url } });
    await t.app.get(Accounts).invite({ email: ADA });
    expect((await t.mail(ADA)).text).toContain('https://example.org/app/reset#token=');
    await t.browser().post('/account/register', { json: { email: EVE, password: PASSWORD } });
    expect((await t.mail(EVE)).text).toContain('https://example.org/app/confirm#token=');
    await t.browser().post('/account/register', { json: { email: ADA, password: PASSWORD } });
    expect((await t.mail(ADA)).text).toMatch(/https:\/\/example\.org\/app\/?\s/);
  }
  // Two slashes would begin another host.
  await using t = await startAccounts({ env: { APP_URL: 'https://example.org//evil.example' } });
  await t.app.get(Accounts).invite({ email: ADA });
  expect((await t.mail(ADA)).text).toContain('https://example.org//evil.example/reset#token=');
});

test('who gets the address of a removed account is told of the devices of the former owner', async () => {
  await using t = await startAccounts();
  const former = await t.person();
  const accounts = t.app.get(Accounts);
  await accounts.remove((await accounts.findByEmail(ADA))!.id);
  const { id } = await accounts.create({ email: ADA, password: PASSWORD, verified: true });
  await t.clock.advance(5 * 60_000);
  const told: string[] = [];
  t.app.get(EVENTS).on(NEW_DEVICE, ({ userId }) => void told.push(userId));
  expect((await former.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } })).status).toBe(200);
  await t.settled();
  expect(told).toEqual([id]);
});

test('the routes are a record: any may be left out or stand elsewhere', () => {
  const routes = accountRoutes({ prefix: '/me' });
  expect(
    Object.values(routes)
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  ).toEqual([
    'DELETE /me',
    'GET /me',
    'PATCH /me',
    'POST /me/email',
    'POST /me/email/confirm',
    'POST /me/password',
    'POST /me/password/forgot',
    'POST /me/password/reset',
    'POST /me/password/set',
    'POST /me/register',
    'POST /me/register/confirm',
    'POST /me/sign-in',
    'POST /me/sign-out',
    'POST /me/verify',
  ]);
});

test('an account that was changed by somebody else meanwhile is not changed over it', async () => {
  await using t = await startAccounts();
  const { id } = await t.app.get(Accounts).create({ email: ADA, password: PASSWORD });
  const store = t.app.get(ACCOUNT_STORE);
  const request = { ip: '192.0.2.1', header: () => undefined, cookie: () => undefined, setCookie: () => undefined };
  const changed = t.app.get(Accounts).changePassword(id, { current: PASSWORD, password: 'a bicycle made of rain' }, request);
  // While the hash is computed, the password is reset elsewhere.
  await vi.waitFor(() => expect(t.app.logs.lines.some(({ msg }) => msg?.includes('password.verified'))).toBe(true), { interval: 1 });
  await store.update(id, { passwordHash: null });
  await expect(changed).rejects.toMatchObject({ code: 'AUTH_ACCOUNT_CONFLICT' });
  expect((await store.find(id))?.passwordHash).toBeNull();
});

test('called for a user who is not the one of the request, a new password signs everybody out', async () => {
  await using t = await startAccounts();
  const eve = await t.person(EVE);
  const { id } = await t.app.get(Accounts).create({ email: ADA, password: PASSWORD });
  await t.app.get(Sessions).create(id, { methods: ['pwd'] });
  const cookies: string[] = [];
  const request = {
    ip: '192.0.2.1',
    header: () => undefined,
    cookie: (name: string) => eve.cookies.get(name),
    setCookie: (name: string) => void cookies.push(name),
  };
  const change = t.app.get(Accounts).changePassword(id, { current: PASSWORD, password: 'a bicycle made of rain' }, request);
  await expect(change).rejects.toMatchObject({ code: 'AUTH_SESSION_ENDED' });
  expect(await t.app.get(Sessions).list(id)).toEqual([]);
  expect(cookies).toEqual([]);
  expect((await eve.get('/account')).status).toBe(200);
});

test('other providers find, make and name accounts through accountOidcUsers', async () => {
  @Module({ providers: [accountOidcUsers, provide(NeedsUsers, { deps: [OIDC_USERS] })] })
  class Providers {}
  await using t = await startAccounts({ imports: [Providers] });
  const { users } = t.app.get(NeedsUsers);
  const profile = { provider: 'google', issuer: 'https://accounts.example', subject: '1', email: 'Ada@Example.org', claims: {} };
  expect(await users.findByEmail(ADA)).toBeUndefined();
  expect(await users.findByEmail('no address')).toBeUndefined();
  const id = (await users.create({ ...profile, name: 'Ada\nLovelace' }))!;
  expect(await t.app.get(Accounts).find(id)).toMatchObject({ name: null, hasPassword: false, emailVerifiedAt: t.clock.date(), roles: [] });
  expect(await users.create({ ...profile, subject: '2', name: 'Ada' })).toBeUndefined();
  expect(await users.findByEmail('ADA@example.org')).toEqual({ id, emailVerified: true });
  expect(await users.nameOf(id)).toBe('Ada@example.org');
  await t.app.get(Accounts).disable(id);
  expect(await users.nameOf(id)).toBeUndefined();
  expect(await users.nameOf('nobody')).toBeUndefined();
});

test('the password is a way to sign in, for whoever counts them before taking one away', async () => {
  @Module({ providers: [provide(NeedsParts, { deps: [allOf(ACCOUNT_PARTS)] })] })
  class Parts {}
  await using t = await startAccounts({ imports: [Parts] });
  const accounts = t.app.get(Accounts);
  const [withOne, without] = [await accounts.create({ email: ADA, password: PASSWORD }), await accounts.create({ email: EVE })];
  const { parts } = t.app.get(NeedsParts);
  const ways = async (id: string): Promise<number> => {
    let sum = 0;
    for (const part of parts) sum += (await part.waysToSignIn?.(id)) ?? 0;
    return sum;
  };
  expect([await ways(withOne.id), await ways(without.id), await ways('nobody')]).toEqual([1, 0, 0]);
  expect(parts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['authenticators', 'recovery codes', 'API keys', 'refresh tokens', 'one-time tokens', 'sessions', 'password']),
  );
});

class NeedsUsers {
  constructor(readonly users: OidcUsers) {}
}

class NeedsParts {
  constructor(readonly parts: readonly AccountPart[]) {}
}
