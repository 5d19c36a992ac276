import { EVENTS, provideValue } from '@plinth/core';
import { MAIL_TRANSPORT } from '@plinth/mail';
import { expect, test } from 'vitest';
import { OneTimeTokens, SECURITY_EVENT, SESSION_COOKIE } from '@plinth/auth';
import { Accounts } from '@plinth/auth/accounts';
import { ADA, answer, OTHER_PASSWORD, PASSWORD, seen, startAccounts, tokenIn, type AccountsApp } from './account-support.js';

const EVE = 'eve@example.org';
const DAY = 86_400_000;

const register = (t: AccountsApp, json: unknown, client = t.browser()) => client.post('/account/register', { json });

test('a registration becomes an account by the link of the mail, in the browser that registered [AU-09]', async () => {
  await using t = await startAccounts();
  const client = t.browser();
  expect(await answer(register(t, { email: 'Ada@Example.org', password: PASSWORD, name: 'Ada' }, client))).toEqual([202, {}]);
  expect(await t.app.get(Accounts).findByEmail(ADA)).toBeUndefined();
  const mail = await t.mail('Ada@example.org');
  expect(mail.subject).toBe('Confirm your address for Kettle');
  expect(mail.html).toContain('href="https://app.example.org/confirm#token=');
  const confirmed = await client.post('/account/register/confirm', { json: { token: tokenIn(mail) } });
  expect(await answer(Promise.resolve(confirmed))).toEqual([200, { state: 'signed-in', factors: [] }]);
  expect(client.cookies.get('__Host-registration')).toBeUndefined();
  expect((await client.get('/account')).json()).toEqual({
    id: expect.any(String),
    email: 'Ada@example.org',
    name: 'Ada',
    roles: [],
    createdAt: '2026-06-01T12:00:00.000Z',
    hasPassword: true,
  });
  expect(await t.app.get(Accounts).findByEmail('ADA@EXAMPLE.ORG')).toMatchObject({ emailVerifiedAt: t.clock.date() });
  // No mail of a new device: it is the one that the account began with.
  expect(await t.settled()).toBe(1);
});

test('in another browser the password is asked for', async () => {
  await using t = await startAccounts();
  await register(t, { email: ADA, password: PASSWORD });
  const token = await t.token(ADA);
  const other = t.browser();
  const confirm = (json: object) => answer(other.post('/account/register/confirm', { json: { token, ...json } }));
  expect(await confirm({})).toEqual([403, 'AUTH_REGISTRATION_PROOF']);
  expect(await confirm({ password: OTHER_PASSWORD })).toEqual([403, 'AUTH_ACCOUNT_PASSWORD_WRONG']);
  expect(await confirm({ password: PASSWORD })).toEqual([200, { state: 'signed-in', factors: [] }]);
});

test('a stranger who registers your address cannot have you open it with a password of theirs (pre-hijacking) [AU-09]', async () => {
  await using t = await startAccounts();
  const [attacker, victim] = [t.browser(), t.browser()];
  await register(t, { email: ADA, password: 'the password of a stranger' }, attacker);
  const strange = await t.token(ADA);
  // The victim has registered something else in this browser, and opens the link of the stranger.
  await register(t, { email: 'other@example.org', password: PASSWORD }, victim);
  expect(await answer(victim.post('/account/register/confirm', { json: { token: strange } }))).toEqual([403, 'AUTH_REGISTRATION_PROOF']);
  expect(await t.app.get(Accounts).findByEmail(ADA)).toBeUndefined();
  // Registering the address oneself works all the same, and ends the hopes of the stranger.
  await register(t, { email: ADA, password: PASSWORD }, victim);
  const mine = await t.token(ADA);
  expect((await victim.post('/account/register/confirm', { json: { token: mine } })).status).toBe(200);
  expect(await answer(attacker.post('/account/register/confirm', { json: { token: strange } }))).toEqual([409, 'AUTH_ACCOUNT_EXISTS']);
  const signIn = (password: string) => answer(t.browser().post('/account/sign-in', { json: { email: ADA, password } }));
  expect(await signIn('the password of a stranger')).toEqual([401, 'AUTH_CREDENTIALS']);
  expect((await signIn(PASSWORD))[0]).toBe(200);
});

test('known and unknown addresses get answers that are equal to the byte, and mails that differ [AU-12]', async () => {
  await using t = await startAccounts();
  await t.person();
  const answers = [];
  for (const email of [ADA, 'nobody@example.org']) answers.push(seen(await register(t, { email, password: PASSWORD, name: 'Someone' })));
  expect(answers[0]).toBe(answers[1]);
  expect(answers[0]).toContain('__Host-registration=secret');
  expect((await t.mail(ADA)).subject).toBe('You have an account at Kettle');
  expect((await t.mail('nobody@example.org')).subject).toBe('Confirm your address for Kettle');
});

test('the mail to an owner holds no token, and the registration of a known address leads nowhere [AU-12]', async () => {
  await using t = await startAccounts();
  await t.person();
  const client = t.browser();
  await register(t, { email: ADA, password: OTHER_PASSWORD }, client);
  expect((await t.mail(ADA)).text).not.toContain('token');
  expect(await answer(client.post('/account/sign-in', { json: { email: ADA, password: OTHER_PASSWORD } }))).toEqual([
    401,
    'AUTH_CREDENTIALS',
  ]);
});

test('addresses that look alike are different people, and a mail goes to the address that is stored', async () => {
  await using t = await startAccounts();
  await t.person('mike@example.org');
  // A dotless i is another letter.
  await register(t, { email: 'mıke@example.org', password: PASSWORD });
  expect((await t.mail('mıke@example.org')).subject).toContain('Confirm');
  // The sign for Kelvin becomes a k in lower case: it finds the account, and must not be where the mail goes.
  for (const [path, subject] of [
    ['/account/register', 'You have an account'],
    ['/account/password/forgot', 'Choose a new password'],
  ] as const) {
    const json = { email: 'mi\u212Ae@example.org', ...(path.endsWith('register') && { password: PASSWORD }) };
    expect((await t.browser().post(path, { json })).status).toBe(202);
    expect((await t.mail('mike@example.org')).subject).toContain(subject);
  }
  await t.settled();
  expect(t.box.sent.flatMap(({ to }) => to.map(({ address }) => address))).not.toContain('mi\u212Ae@example.org');
});

test('one domain in two spellings is one address', async () => {
  await using t = await startAccounts();
  await t.app.get(Accounts).create({ email: 'ada@bücher.example', password: PASSWORD });
  expect(await t.app.get(Accounts).findByEmail('ada@xn--bcher-kva.example')).toMatchObject({ email: 'ada@xn--bcher-kva.example' });
  await expect(t.app.get(Accounts).create({ email: 'ADA@XN--BCHER-KVA.EXAMPLE' })).rejects.toMatchObject({ code: 'AUTH_ACCOUNT_EXISTS' });
});

test('what is no address, and a name that would break a line, are refused', async () => {
  await using t = await startAccounts();
  const addresses = [
    'ada',
    'ada@',
    '@example.org',
    'a b@example.org',
    'a@b@example.org',
    '"a"@example.org',
    'a@exa mple.org',
    'a@example.org\r\nBcc: eve@example.org',
  ];
  for (const email of addresses)
    expect(await answer(register(t, { email, password: PASSWORD })), email).toEqual([422, 'AUTH_ACCOUNT_ADDRESS']);
  for (const name of ['Ada\r\nBcc: eve@example.org', 'Ada\u202Egnp.exe', '   ', 'x'.repeat(101), 'Ada\u0085'])
    expect(await answer(register(t, { email: ADA, password: PASSWORD, name })), name).toEqual([422, 'AUTH_ACCOUNT_NAME']);
  expect(await t.settled()).toBe(0);
});

test('a name that somebody chose stands in no mail to an address that nobody has confirmed', async () => {
  await using t = await startAccounts();
  await register(t, { email: ADA, password: PASSWORD, name: 'You have won, see https://evil.example' });
  const { text, html, subject } = await t.mail(ADA);
  expect(text + html + subject).not.toContain('evil');
});

test('fields that nobody declared are refused, and nothing is written [AU-09]', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  for (const more of [
    { roles: ['admin'] },
    { emailVerifiedAt: '2026-01-01T00:00:00Z' },
    { id: '1' },
    { passwordHash: 'x' },
    { disabledAt: null },
  ]) {
    expect((await register(t, { email: EVE, password: PASSWORD, ...more })).status).toBe(422);
    expect((await client.patch('/account', { json: { name: 'New', ...more } })).status).toBe(422);
  }
  expect((await client.patch('/account', { json: { name: 'New', __proto__: { roles: ['admin'] } } })).status).toBe(200);
  expect(await t.app.get(Accounts).findByEmail(ADA)).toMatchObject({ roles: [], name: 'New' });
  expect(await t.settled()).toBe(1);
});

test('links lead to the configured address, whatever host the request names (host header poisoning)', async () => {
  await using t = await startAccounts({ env: { APP_HOSTS: 'app.example.org,evil.example' } });
  const forwarded = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
  for (const more of [{}, forwarded]) {
    const client = t.browser({ host: 'evil.example', ...more });
    expect((await register(t, { email: ADA, password: PASSWORD }, client)).status).toBe(202);
    const { text, html } = await t.mail(ADA);
    expect(text + html).toContain('https://app.example.org/confirm#token=');
    expect(text + html).not.toContain('evil');
  }
});

test('a token of a registration is good once, for a day, and for nothing else', async () => {
  await using t = await startAccounts();
  const client = t.browser();
  const confirm = (token: string) => answer(client.post('/account/register/confirm', { json: { token, password: PASSWORD } }));
  await register(t, { email: ADA, password: PASSWORD }, client);
  const token = await t.token(ADA);
  expect(await answer(client.post('/account/password/reset', { json: { token, password: OTHER_PASSWORD } }))).toEqual([
    422,
    'AUTH_ONE_TIME_TOKEN',
  ]);
  for (const wrong of ['x', 'x'.repeat(43), token.toLowerCase()]) expect(await confirm(wrong)).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  expect((await confirm(token))[0]).toBe(200);
  expect(await confirm(token)).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  await register(t, { email: EVE, password: PASSWORD });
  const late = await t.token(EVE);
  await t.clock.advance(DAY);
  expect(await confirm(late)).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
});

test('of fifty registrations of one address at the same time one wins [AU-09]', async () => {
  await using t = await startAccounts({ accounts: { mailsPerHour: 100 } });
  const clients = Array.from({ length: 50 }, () => t.browser());
  const asked = await Promise.all(clients.map((client) => register(t, { email: ADA, password: PASSWORD }, client)));
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([202]));
  await t.settled();
  const tokens = t.box.sent.map(tokenIn);
  expect(new Set(tokens).size).toBe(50);
  // Which mail is whose, the order does not say: each browser tries until one is its own.
  const { data } = await t.app.get(OneTimeTokens).find('account.register', tokens[0]!);
  expect(Object.keys(data).sort()).toEqual(['browser', 'email', 'name', 'passwordHash']);
  const confirmed = await Promise.all(
    tokens.slice(0, 6).map((token) => answer(t.browser().post('/account/register/confirm', { json: { token, password: PASSWORD } }))),
  );
  expect(confirmed.filter(([status]) => status === 200)).toHaveLength(1);
  expect(confirmed.filter(([, code]) => code === 'AUTH_ACCOUNT_EXISTS')).toHaveLength(5);
});

test('five mails an hour go to one address, and the answers do not tell [AU-12]', async () => {
  await using t = await startAccounts();
  await t.person();
  for (const [email, path] of [
    [EVE, '/account/register'],
    [ADA, '/account/password/forgot'],
  ] as const) {
    const before = await t.settled();
    const answers = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const json = { email: round % 2 === 0 ? email : email.toUpperCase(), ...(path.endsWith('register') && { password: PASSWORD }) };
      answers.add(seen(await t.browser().post(path, { json })));
    }
    expect(answers.size).toBe(1);
    // Counted by kind: her registration has taken none of Ada's.
    expect((await t.settled()) - before).toBe(5);
  }
  await t.clock.advance(3_600_000);
  await register(t, { email: EVE, password: PASSWORD });
  expect((await t.mail(EVE)).subject).toContain('Confirm');
});

test('where registration is closed nobody registers, and who is invited chooses a password', async () => {
  await using t = await startAccounts({ accounts: { registration: 'closed' } });
  expect(await answer(register(t, { email: ADA, password: PASSWORD }))).toEqual([403, 'AUTH_REGISTRATION_CLOSED']);
  const accounts = t.app.get(Accounts);
  const invited = await accounts.invite({ email: ADA, name: 'Ada', roles: ['clerk'] });
  expect(invited).toMatchObject({ hasPassword: false, emailVerifiedAt: null, roles: ['clerk'] });
  const first = await t.token(ADA);
  // Asked again, another link takes the place of the first.
  expect((await accounts.invite({ email: ADA })).id).toBe(invited.id);
  const second = await t.token(ADA);
  const accept = (token: string) => answer(t.browser().post('/account/password/reset', { json: { token, password: PASSWORD } }));
  expect(await accept(first)).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  await t.clock.advance(DAY - 1_000);
  expect(await accept(second)).toEqual([204, undefined]);
  expect(await accounts.find(invited.id)).toMatchObject({ hasPassword: true, emailVerifiedAt: t.clock.date() });
  await expect(accounts.invite({ email: ADA })).rejects.toMatchObject({ code: 'AUTH_ACCOUNT_EXISTS' });
});

test('who asks for a new password in the name of somebody invited does not end the invitation, and the first password ends both links', async () => {
  await using t = await startAccounts();
  const accounts = t.app.get(Accounts);
  const accept = (token: string) => answer(t.browser().post('/account/password/reset', { json: { token, password: PASSWORD } }));
  for (const used of ['invitation', 'reset'] as const) {
    const email = `${used}@example.org`;
    await accounts.invite({ email });
    const invitation = await t.token(email);
    await accounts.forgotPassword(email);
    const forgotten = await t.token(email);
    const [first, second] = used === 'invitation' ? [invitation, forgotten] : [forgotten, invitation];
    if (used === 'invitation') await t.clock.advance(14 * 60_000);
    expect([used, await accept(first)]).toEqual([used, [204, undefined]]);
    expect([used, await accept(second)]).toEqual([used, [422, 'AUTH_ONE_TIME_TOKEN']]);
  }
  // Neither of the links is good for what the other mails are for.
  await accounts.invite({ email: EVE });
  const token = await t.token(EVE);
  const confirm = t.browser().post('/account/register/confirm', { json: { token, password: PASSWORD } });
  expect(await answer(confirm)).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  expect(await accept(token)).toEqual([204, undefined]);
});

test('an invitation that is accepted stands in the security log as no refusal', async () => {
  await using t = await startAccounts();
  const noted: string[] = [];
  t.app.get(EVENTS).on(SECURITY_EVENT, ({ type }) => void noted.push(type));
  for (const kind of ['invite', 'forgot'] as const) {
    if (kind === 'invite') await t.app.get(Accounts).invite({ email: ADA });
    else await t.app.get(Accounts).forgotPassword(ADA);
    const token = await t.token(ADA);
    expect((await t.browser().post('/account/password/reset', { json: { token, password: PASSWORD } })).status).toBe(204);
    await t.mail(ADA);
  }
  expect(noted).toContain('password.reset');
  expect(noted).not.toContain('one-time-token.refused');
});

test('with several session cookies a confirmation does nothing but take them away, and the next try works', async () => {
  await using t = await startAccounts();
  await register(t, { email: ADA, password: PASSWORD });
  const token = await t.token(ADA);
  const confirm = (headers: Record<string, string>) =>
    t.browser().post('/account/register/confirm', { json: { token, password: PASSWORD }, headers });
  const refused = await confirm({ cookie: `${SESSION_COOKIE}=a; ${SESSION_COOKIE}=b` });
  expect([refused.status, (refused.json() as { code: string }).code]).toEqual([401, 'AUTH_SESSION_COOKIE']);
  expect(refused.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-sid=; .*Max-Age=0/)]);
  expect(await t.app.get(Accounts).findByEmail(ADA)).toBeUndefined();
  expect((await confirm({})).status).toBe(200);
});

test('a confirmed registration ends the session that the browser came with', async () => {
  await using t = await startAccounts();
  const client = await t.person(EVE);
  const before = client.cookies.get(SESSION_COOKIE)!;
  await register(t, { email: ADA, password: PASSWORD }, client);
  await client.post('/account/register/confirm', { json: { token: await t.token(ADA) } });
  expect(((await client.get('/account')).json() as { email: string }).email).toBe(ADA);
  expect((await t.browser().get('/account', { cookies: { [SESSION_COOKIE]: before } })).status).toBe(401);
});

test('what waits for a confirmation holds no password, and a token for a known address stands for nothing', async () => {
  await using t = await startAccounts();
  await t.person();
  await register(t, { email: EVE, password: PASSWORD });
  const token = await t.token(EVE);
  const waiting = await t.app.get(OneTimeTokens).find('account.register', token);
  expect(JSON.stringify(waiting.data)).not.toContain(PASSWORD);
  expect(waiting.data['passwordHash']).toMatch(/^\$argon2id\$/);
});

test('a mail server that is down changes no answer, and is logged with a code [AU-12]', async () => {
  const transport = { send: () => Promise.reject(new Error('down: connect ECONNREFUSED eve@example.org')) };
  await using t = await startAccounts({ mail: { transport: provideValue(MAIL_TRANSPORT, transport) } });
  await t.app.get(Accounts).create({ email: ADA, password: PASSWORD });
  const answers = new Set<string>();
  for (const email of [ADA, EVE]) answers.add(seen(await register(t, { email, password: PASSWORD })));
  expect(answers.size).toBe(1);
  for (const email of [ADA, EVE]) expect((await t.browser().post('/account/password/forgot', { json: { email } })).status).toBe(202);
  await t.settled();
  const errors = t.app.logs.errors();
  expect(errors).toHaveLength(3);
  for (const line of errors) expect(line).toMatchObject({ code: 'AUTH_ACCOUNT_MAIL', requestId: expect.any(String) });
});

test('mails that wait are sent before the application stops', async () => {
  const sent: string[] = [];
  let inFlight = 0;
  let most = 0;
  const transport = {
    async send(mail: { readonly to: readonly { readonly address: string }[] }) {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 10));
      inFlight -= 1;
      sent.push(mail.to[0]!.address);
      return { id: String(sent.length), accepted: [], rejected: [] };
    },
  };
  const t = await startAccounts({ mail: { transport: provideValue(MAIL_TRANSPORT, transport) } });
  const accounts = t.app.get(Accounts);
  const people = Array.from({ length: 12 }, (_, index) => `person${index}@example.org`);
  for (const email of people) await accounts.create({ email });
  await Promise.all(people.map((email) => accounts.forgotPassword(email)));
  await t.app.stop();
  expect(sent.toSorted()).toEqual(people.toSorted());
  expect(most).toBe(4);
});
