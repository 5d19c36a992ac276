import { Module, provideValue } from '@plinth/core';
import { guarded } from '@plinth/http';
import { expect, test } from 'vitest';
import { SECOND_FACTORS, session, stepUp, type SecondFactor } from '@plinth/auth';
import { totpCode } from './account-totp.js';
import { answer, PASSWORD, startAccounts } from './account-support.js';
import { codeFrom, codeOf, enrolled, start, type Started } from './sign-in-support.js';

const ELEVEN_MINUTES = 660_000;

/** An application in which everybody has set up this factor. */
function startWith(factor: Omit<SecondFactor, 'enrolled'>): Promise<Started> {
  const everybody = { ...factor, enrolled: () => true };
  @Module({ global: true, providers: [provideValue(SECOND_FACTORS, everybody, { many: true })], exports: [SECOND_FACTORS] })
  class FactorModule {}
  const weak = guarded(session, stepUp({ strength: 'any' })).post('/step/any', { returns: { 204: null } }, () => undefined);
  return start({ imports: [FactorModule], routes: [weak] });
}

test('who has a second factor changes nothing of the account with the password alone [AU-10]', async () => {
  await using t = await startAccounts();
  const client = await t.person();
  await client.post('/account/verify', { json: { password: PASSWORD } });
  // The first factor is set up with the password, for there is nothing else.
  const { secret } = (await client.post('/account/second-factor/totp')).json() as { secret: string };
  const code = () => totpCode(secret, t.clock.now());
  expect((await client.post('/account/second-factor/totp/confirm', { json: { code: code() } })).status).toBe(200);
  await t.clock.advance(ELEVEN_MINUTES);
  expect((await client.post('/account/verify', { json: { password: PASSWORD } })).status).toBe(204);
  const changes = [
    ['POST', '/account/email', { email: 'new@example.org' }],
    ['POST', '/account/password/set', { password: 'another horse battery staple' }],
    ['POST', '/account/second-factor/totp', undefined],
    ['POST', '/account/second-factor/totp/confirm', { code: '000000' }],
    ['POST', '/account/second-factor/recovery-codes', undefined],
    ['DELETE', '/account/second-factor/totp', undefined],
    ['DELETE', '/account', undefined],
  ] as const;
  // Setting up an authenticator may take longer: the code of the first one was a proof less than twenty minutes ago.
  const tooOld = changes.filter(([, path]) => !path.endsWith('/confirm'));
  for (const [method, path, json] of tooOld) {
    const refused = await client.request(method, path, { json });
    expect([path, refused.status, refused.json()]).toEqual([
      path,
      403,
      expect.objectContaining({ code: 'AUTH_STEP_UP_NEEDED', maxAge: 600, methods: ['otp'] }),
    ]);
  }
  await t.clock.advance(ELEVEN_MINUTES);
  expect((await client.post('/account/verify', { json: { password: PASSWORD } })).status).toBe(204);
  for (const [method, path, json] of changes)
    expect(await answer(client.request(method, path, { json })), path).toEqual([403, 'AUTH_STEP_UP_NEEDED']);
  expect((await client.post('/account/second-factor/verify', { json: { code: code() } })).status).toBe(204);
  expect((await client.post('/account/email', { json: { email: 'new@example.org' } })).status).toBe(202);
  expect((await client.delete('/account/second-factor/totp')).status).toBe(204);
  // Without a factor a password is as strong as the sign-in again.
  await t.clock.advance(ELEVEN_MINUTES);
  expect(await answer(client.delete('/account'))).toEqual([403, 'AUTH_STEP_UP_NEEDED']);
  expect((await client.post('/account/verify', { json: { password: PASSWORD } })).status).toBe(204);
  expect((await client.delete('/account')).status).toBe(204);
});

test('the refusal lists the methods of each factor, also where no proof is recent, and none where there is no factor [AU-10]', async () => {
  await using t = await startWith({ kind: 'passkey', methods: ['hwk', 'swk'] });
  const { token } = await t.sessions.create('ada');
  const browser = t.browser();
  browser.cookie = token;
  expect((await browser.client.post('/step')).json()).toMatchObject({ maxAge: 600, methods: ['hwk', 'swk'] });
  browser.cookie = (await t.sessions.confirm(token, { methods: ['pwd', 'otp', 'fed'] }))!.token;
  expect((await browser.client.post('/step')).json()).toMatchObject({ maxAge: 600, methods: ['hwk', 'swk'] });
  await using other = await start();
  const plain = other.browser();
  plain.cookie = (await other.sessions.create('ada')).token;
  const refused = (await plain.client.post('/step')).json();
  expect(refused).toMatchObject({ code: 'AUTH_STEP_UP_NEEDED', maxAge: 600 });
  expect(refused).not.toHaveProperty('methods');
});

test('a factor that says nothing of its methods is proved by its kind, and a route can be content with less [AU-10]', async () => {
  await using t = await startWith({ kind: 'badge' });
  const { token } = await t.sessions.create('ada', { methods: ['pwd'] });
  const browser = t.browser();
  browser.cookie = token;
  expect((await browser.client.post('/step')).json()).toMatchObject({ methods: ['badge'] });
  expect((await browser.client.post('/step/any')).status).toBe(204);
  browser.cookie = (await t.sessions.confirm(token, { methods: ['badge'] }))!.token;
  expect((await browser.client.post('/step')).status).toBe(204);
  await t.clock.advance(ELEVEN_MINUTES);
  expect((await browser.client.post('/step/any')).status).toBe(403);
});

test('who has lost the factor signs in with a recovery code, and may change what there is [AU-10]', async () => {
  await using t = await start();
  const { recoveryCodes } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada');
  expect((await browser.recoveryCode(recoveryCodes[0]!)).status).toBe(200);
  expect((await browser.client.delete('/account/second-factor/totp')).status).toBe(204);
  // Also where what was lost is a passkey, which no code is a proof of.
  await using other = await startWith({ kind: 'passkey', methods: ['hwk', 'swk'] });
  const found = other.browser();
  found.cookie = (await other.sessions.create('ada', { methods: ['pwd', 'otp', 'recovery-code'] })).token;
  expect((await found.client.post('/step')).status).toBe(204);
});

test('a step-up by a factor counts for its own ten minutes, whatever was proved since [AU-10]', async () => {
  await using t = await start();
  const { browser, secret } = await enrolled(t);
  await t.clock.advance(ELEVEN_MINUTES);
  expect((await browser.verify(codeOf(secret, t.clock))).status).toBe(204);
  await t.clock.advance(ELEVEN_MINUTES);
  browser.cookie = (await t.sessions.confirm(browser.cookie, { methods: ['pwd'] }))!.token;
  expect(codeFrom(await browser.client.delete('/account/second-factor/totp'))).toBe('AUTH_STEP_UP_NEEDED');
});
