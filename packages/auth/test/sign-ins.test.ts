import { Module, provideValue } from '@plinth/core';
import { guarded, post } from '@plinth/http';
import { expect, test } from 'vitest';
import { SECOND_FACTORS, session, sessionPending, SESSION_COOKIE, signInAnswer, SignIns, toSignInAnswer } from '@plinth/auth';
import { addressOf, codeFrom, codeOf, enrolled, start } from './sign-in-support.js';

const MINUTES = 60_000;

test('a sign-in without a second factor is complete at once, and tells of a device that is new [AU-02]', async () => {
  await using t = await start();
  const browser = t.browser();
  expect(await browser.signIn('ada')).toEqual({ state: 'signed-in', factors: [] });
  expect(await browser.status()).toBe(200);
  expect(t.devices).toMatchObject([{ userId: 'ada', methods: ['pwd'], device: { agent: 'Firefox on Linux' } }]);
  await browser.signIn('ada');
  expect(t.devices).toHaveLength(1);
  expect(t.events.filter(({ type }) => type === 'sign-in.completed')).toHaveLength(2);
});

test('a sign-in asks for the second factor, and until then opens nothing and tells nobody that it is complete [AU-10]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  t.devices.length = 0;
  t.events.length = 0;
  const browser = t.browser();
  expect(await browser.signIn('ada')).toEqual({ state: 'second-factor', factors: ['totp', 'recovery-code'] });
  for (const path of ['/me', '/data', '/mfa', '/account/sessions', '/account/second-factor']) {
    const refused = await browser.client.get(path);
    expect([refused.status, codeFrom(refused)]).toEqual([403, 'AUTH_SECOND_FACTOR_NEEDED']);
  }
  expect(t.devices).toEqual([]);
  expect(t.events).toEqual([]);
  expect(browser.client.cookies.get('__Host-device')).toBeUndefined();
  const answer = await browser.totp(codeOf(secret, t.clock));
  expect([answer.status, answer.json()]).toEqual([200, { state: 'signed-in', factors: [] }]);
  expect(await browser.status()).toBe(200);
  expect(t.devices).toMatchObject([{ userId: 'ada', methods: ['pwd', 'otp'] }]);
  expect(t.events.map(({ type }) => type)).toEqual(['totp.used', 'sign-in.completed']);
});

test('the device is known after the second step of the first time, whatever a route has written into the waiting session [AU-02]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  t.devices.length = 0;
  const browser = t.browser();
  for (let round = 0; round < 2; round++) {
    await browser.signIn('ada', { data: { theme: 'dark' } });
    expect((await browser.client.post('/pending/data', { json: { basket: '7' } })).status).toBe(204);
    await browser.totp(codeOf(secret, t.clock));
    await t.clock.advance(30_000);
  }
  expect(t.devices).toHaveLength(1);
  expect((await browser.client.get('/data')).json()).toMatchObject({ data: { basket: '7' } });
});

test('data of the first step is there after the second, and the name that was signed in with is not [AU-10]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada', { data: { returnTo: '/orders', own: [1, 2] } });
  await browser.totp(codeOf(secret, t.clock));
  const kept = await browser.client.get('/data');
  expect(kept.json()).toEqual({ data: { returnTo: '/orders', own: [1, 2] }, methods: ['pwd', 'otp'] });
  expect(kept.text()).not.toContain(addressOf('ada'));
  expect((await t.sessions.read(browser.cookie))!.data).toEqual({ returnTo: '/orders', own: [1, 2] });
});

test('"remember me" is kept through the second step: only then the cookie outlives the browser [AU-02]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  const first = await browser.client.post('/sign-in', { json: { id: 'ada', remember: true } });
  expect(cookieOf(first)).not.toMatch(/max-age/i);
  const second = await browser.totp(codeOf(secret, t.clock));
  expect(cookieOf(second)).toMatch(/max-age=2592000/i);
  await t.clock.advance(13 * 24 * 60 * MINUTES);
  expect(await browser.status()).toBe(200);
});

test('of fifty second steps at once one opens the session, and the others lose nothing but their own [AU-10]', async () => {
  const routes = [
    guarded(sessionPending).post(
      '/second',
      { returns: signInAnswer },
      async (context, signIns) => toSignInAnswer(await signIns.completeSecondFactor(['hwk'], context)),
      { deps: [SignIns] },
    ),
  ];
  await using t = await start({ routes, imports: [AlwaysModule] });
  const browser = t.browser();
  expect(await browser.signIn('ada')).toEqual({ state: 'second-factor', factors: ['always'] });
  const copies = Array.from({ length: 50 }, () => browser.copy());
  const answers = await Promise.all(copies.map((copy) => copy.client.post('/second')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(new Set(answers.filter(({ status }) => status !== 200).map(codeFrom))).toEqual(new Set(['AUTH_SESSION_ENDED']));
  const winner = copies[answers.findIndex(({ status }) => status === 200)]!;
  expect(await winner.status()).toBe(200);
  expect(await t.sessions.list('ada')).toHaveLength(1);
  expect(t.events.filter(({ type }) => type === 'sign-in.completed')).toHaveLength(1);
});

// A kind of second factor that another module contributes, and that everybody has.
@Module({
  global: true,
  providers: [provideValue(SECOND_FACTORS, { kind: 'always', enrolled: () => true }, { many: true })],
  exports: [SECOND_FACTORS],
})
class AlwaysModule {}

test('factors of other modules are asked for, before the recovery codes [AU-10]', async () => {
  await using t = await start({ imports: [AlwaysModule] });
  await t.codes.generate('ada');
  expect((await t.browser().signIn('ada')).factors).toEqual(['always', 'recovery-code']);
  const { secret } = await t.totp.enrol('ada', 'ada');
  await t.totp.confirm('ada', codeOf(secret, t.clock));
  expect((await t.browser().signIn('ada')).factors.toSorted()).toEqual(['always', 'recovery-code', 'totp']);
});

test('recovery codes alone are no second factor [AU-10]', async () => {
  await using t = await start();
  await t.codes.generate('ada');
  expect(await t.browser().signIn('ada')).toEqual({ state: 'signed-in', factors: [] });
});

test('a proof that is two factors in one needs no second step, and is noted as such [AU-20]', async () => {
  await using t = await start();
  await enrolled(t);
  const browser = t.browser();
  expect(await browser.signIn('ada', { methods: ['hwk', 'user'], multiFactor: true })).toEqual({ state: 'signed-in', factors: [] });
  expect((await browser.client.get('/data')).json()).toMatchObject({ methods: ['hwk', 'user', 'mfa'] });
  expect(await browser.status('/mfa')).toBe(200);
  await browser.signIn('ada', { methods: ['fed', 'mfa'], multiFactor: true });
  expect(t.events.at(-1)).toMatchObject({ type: 'sign-in.completed', details: { methods: 'fed mfa' } });
});

test('the session that a browser came with ends, so that a planted cookie never becomes the victim’s [AU-02]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const [attacker, victim] = [t.browser(), t.browser()];
  await attacker.signIn('mallory');
  victim.cookie = attacker.cookie;
  await victim.signIn('ada');
  expect(victim.cookie).not.toBe(attacker.cookie);
  expect(await attacker.status()).toBe(401);
  const halfWay = victim.cookie;
  await victim.totp(codeOf(secret, t.clock));
  expect(victim.cookie).not.toBe(halfWay);
  attacker.cookie = halfWay;
  expect(await attacker.status()).toBe(401);
  expect((await victim.client.get('/me')).json()).toBe('ada');
});

test('the victim’s second step in a waiting session of an attacker opens nothing [AU-10]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t, 'ada');
  await enrolled(t, 'mallory');
  const [attacker, victim] = [t.browser(), t.browser()];
  await attacker.signIn('mallory');
  victim.cookie = attacker.cookie;
  expect(codeFrom(await victim.totp(codeOf(secret, t.clock)))).toBe('AUTH_SECOND_FACTOR_CODE');
  expect(await attacker.status()).toBe(403);
});

test('a cookie of before the second step ends the session once its minute is over [AU-02]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada');
  const thief = browser.copy();
  await browser.totp(codeOf(secret, t.clock));
  expect(await thief.status()).toBe(401);
  expect(await browser.status()).toBe(200);
  await t.clock.advance(2 * MINUTES);
  expect(await thief.status()).toBe(401);
  expect(await browser.status()).toBe(401);
  expect(t.events.at(-1)).toMatchObject({ type: 'session.reuse', userId: 'ada' });
});

test('an account that is closed between the steps is not signed in to [AU-10]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada');
  t.people.closed.add('ada');
  expect(codeFrom(await browser.totp(codeOf(secret, t.clock)))).toBe('AUTH_SESSION_ENDED');
  t.people.closed.delete('ada');
  expect(codeFrom(await browser.totp(codeOf(secret, t.clock)))).toBe('HTTP_NO_CREDENTIAL');
});

test('where the second factor is removed while a session waits for it, that session stays shut, and a new sign-in needs none [AU-10]', async () => {
  await using t = await start();
  const { browser: owner, secret } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada');
  expect((await owner.client.delete('/account/second-factor/totp')).status).toBe(204);
  expect((await browser.totp(codeOf(secret, t.clock))).status).toBe(401);
  expect(await browser.status()).not.toBe(200);
  expect(await browser.signIn('ada')).toEqual({ state: 'signed-in', factors: [] });
});

test('a waiting session is over after ten minutes, however often it is used [AU-10]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada');
  await t.clock.advance(6 * MINUTES);
  expect(await browser.status()).toBe(403);
  await t.clock.advance(4 * MINUTES);
  expect(codeFrom(await browser.totp(codeOf(secret, t.clock)))).toBe('AUTH_SESSION_ENDED');
});

test('a sign-in or second step that says nothing of its proof is the application’s mistake, and opens nothing [AU-02]', async () => {
  const routes = [
    guarded(sessionPending).post(
      '/second',
      { returns: { 204: null } },
      async (context, signIns) => void (await signIns.completeSecondFactor([], context)),
      {
        deps: [SignIns],
      },
    ),
  ];
  await using t = await start({ routes, imports: [AlwaysModule] });
  const browser = t.browser();
  const nothing = await browser.client.post('/sign-in', { json: { id: 'ada', methods: [] } });
  expect(nothing.status).toBe(500);
  expect(browser.cookie).toBe('');
  await browser.signIn('ada');
  expect((await browser.client.post('/second')).status).toBe(500);
  expect(await browser.status()).toBe(403);
  expect(t.app.logs.errors().map(({ code, err }) => code ?? (err as { code?: string }).code)).toEqual([
    'AUTH_SIGN_IN_METHODS',
    'AUTH_SIGN_IN_METHODS',
  ]);
});

test('a signed-in session is no session for the second step, also for who calls the service past the guard [AU-10]', async () => {
  const routes = [
    guarded(session).post(
      '/second',
      { returns: { 204: null } },
      async (context, signIns) => void (await signIns.completeSecondFactor(['otp'], context)),
      {
        deps: [SignIns],
      },
    ),
    post(
      '/open/second',
      { open: true, returns: { 204: null } },
      async (context, signIns) => void (await signIns.completeSecondFactor(['otp'], context)),
      {
        deps: [SignIns],
      },
    ),
  ];
  await using t = await start({ routes });
  const browser = t.browser();
  expect(codeFrom(await browser.client.post('/open/second'))).toBe('AUTH_SESSION_ENDED');
  await browser.signIn('ada');
  for (const path of ['/second', '/open/second']) expect(codeFrom(await browser.client.post(path))).toBe('AUTH_SESSION_ENDED');
  expect((await browser.client.get('/data')).json()).toMatchObject({ methods: ['pwd'] });
});

test('a sign-in with several session cookies is refused before anything begins [AU-02]', async () => {
  await using t = await start();
  const refused = await t
    .browser()
    .client.post('/sign-in', { json: { id: 'ada' }, headers: { cookie: `${SESSION_COOKIE}=a; ${SESSION_COOKIE}=b` } });
  expect([refused.status, codeFrom(refused)]).toEqual([401, 'AUTH_SESSION_COOKIE']);
  expect(await t.sessions.list('ada')).toEqual([]);
});

function cookieOf(response: { headers: { readonly [name: string]: unknown } }): string {
  return [response.headers['set-cookie'] ?? []].flat().find((header) => String(header).startsWith(SESSION_COOKIE)) as string;
}
