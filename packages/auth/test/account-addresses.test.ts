import { expect, test } from 'vitest';
import { RefreshTokens, SESSION_COOKIE, Sessions } from '@plinth/auth';
import { Accounts } from '@plinth/auth/accounts';
import { ADA, answer, OTHER_PASSWORD, PASSWORD, seen, startAccounts, type AccountsApp } from './account-support.js';

const NEW = 'ada@new.example';
const EVE = 'eve@example.org';

const change = (client: Awaited<ReturnType<AccountsApp['person']>>, email: string) => client.post('/account/email', { json: { email } });
const confirm = (client: Awaited<ReturnType<AccountsApp['person']>>, token: string) =>
  answer(client.post('/account/email/confirm', { json: { token } }));

test('an address changes when the new one is confirmed; the old one hears of it before and after [AU-09]', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  const other = t.browser();
  await other.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } });
  const { id } = (await client.get('/account')).json() as { id: string };
  await t.app.get(RefreshTokens).issue(id);
  expect(await answer(change(client, 'Ada@New.example'))).toEqual([202, {}]);
  const asked = await t.mail(ADA);
  expect(asked.subject).toBe('Your address at Kettle is to be changed');
  expect(asked.text).toContain('Ada@new.example');
  expect(asked.text).not.toContain('token');
  expect((await client.get('/account')).json()).toMatchObject({ email: ADA });
  const before = client.cookies.get(SESSION_COOKIE);
  const token = await t.token('Ada@new.example');
  expect(await confirm(client, token)).toEqual([204, undefined]);
  expect(client.cookies.get(SESSION_COOKIE)).not.toBe(before);
  expect((await client.get('/account')).json()).toMatchObject({ email: 'Ada@new.example' });
  expect((await other.get('/account')).status).toBe(401);
  expect(await t.app.get(RefreshTokens).list(id)).toEqual([]);
  expect((await t.mail(ADA)).subject).toBe('Your address at Kettle was changed');
  const signIn = (email: string) => answer(t.browser().post('/account/sign-in', { json: { email, password: PASSWORD } }));
  expect(await signIn(ADA)).toEqual([401, 'AUTH_CREDENTIALS']);
  expect((await signIn(NEW))[0]).toBe(200);
  expect(await confirm(client, token)).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
});

test('an address that somebody has: the same answer, the same word to the own address, and no mail there [AU-12]', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  await t.app.get(Accounts).create({ email: EVE, password: PASSWORD });
  const answers = new Set<string>();
  for (const email of [EVE, NEW]) {
    answers.add(seen(await change(client, email)));
    expect((await t.mail(ADA)).text).toContain(email);
  }
  expect([...answers]).toHaveLength(1);
  await t.mail(NEW);
  await t.settled();
  expect(t.box.last(EVE)).toBeUndefined();
});

test('who has no part in it cannot confirm: not a stranger with the mail, not another account [AU-09]', async () => {
  await using t = await startAccounts();
  const [ada, eve] = [await t.person(), await t.person(EVE)];
  // Ada has mistyped her new address, and its owner opens the mail.
  await change(ada, NEW);
  const token = await t.token(NEW);
  expect(await confirm(t.browser(), token)).toEqual([401, 'HTTP_NO_CREDENTIAL']);
  expect(await confirm(eve, token)).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  expect(await answer(t.browser().post('/account/password/reset', { json: { token, password: OTHER_PASSWORD } }))).toEqual([
    422,
    'AUTH_ONE_TIME_TOKEN',
  ]);
  expect(await confirm(ada, token)).toEqual([204, undefined]);
});

test('an address that was taken meanwhile is refused to who has confirmed it, and nothing changes', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  await change(client, NEW);
  const token = await t.token(NEW);
  await t.app.get(Accounts).create({ email: NEW });
  expect(await confirm(client, token)).toEqual([409, 'AUTH_ACCOUNT_EXISTS']);
  expect((await client.get('/account')).json()).toMatchObject({ email: ADA });
});

test('a link for a new password that went to the former address is worth nothing [AU-12]', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  await change(client, NEW);
  await t.mail(ADA);
  await t.browser().post('/account/password/forgot', { json: { email: ADA } });
  const [reset, token] = [await t.token(ADA), await t.token(NEW)];
  expect(await confirm(client, token)).toEqual([204, undefined]);
  expect(await answer(t.browser().post('/account/password/reset', { json: { token: reset, password: OTHER_PASSWORD } }))).toEqual([
    422,
    'AUTH_ONE_TIME_TOKEN',
  ]);
});

test('a new address needs a recent proof, and its link is good for a day', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  await change(client, NEW);
  const token = await t.token(NEW);
  await t.clock.advance(86_400_000);
  await client.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } });
  expect(await confirm(client, token)).toEqual([422, 'AUTH_ONE_TIME_TOKEN']);
  await t.clock.advance(11 * 60_000);
  expect(await answer(change(client, NEW))).toEqual([403, 'AUTH_STEP_UP_NEEDED']);
});

test('only the letter case of the own address can be changed too', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  await change(client, 'ADA@example.org');
  expect(await confirm(client, await t.token('ADA@example.org'))).toEqual([204, undefined]);
  expect((await client.get('/account')).json()).toMatchObject({ email: 'ADA@example.org' });
});

test('a device stays known under the new address: nobody is told of a new one', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  await t.clock.advance(5 * 60_000);
  await change(client, NEW);
  expect(await confirm(client, await t.token(NEW))).toEqual([204, undefined]);
  await t.app.get(Sessions).list('x');
  const before = await t.settled();
  expect((await client.post('/account/sign-in', { json: { email: NEW, password: PASSWORD } })).status).toBe(200);
  expect(await t.settled()).toBe(before);
  expect((await t.browser().post('/account/sign-in', { json: { email: NEW, password: PASSWORD } })).status).toBe(200);
  const told = await t.mail(NEW);
  expect(told.subject).toBe('A new sign-in to your account at Kettle');
  expect(told.text).toContain('2026-06-01 12:05 UTC');
});
