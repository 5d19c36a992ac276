import { currentContext, Module, provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import {
  MemoryRecoveryCodeStore,
  MemorySessionStore,
  RECOVERY_CODE_STORE,
  SECOND_FACTOR_LIMIT,
  SECOND_FACTORS,
  secondFactorRoutes,
  SESSION_STORE,
  type NewSession,
  type SessionChange,
  type SessionStore,
} from '@plinth/auth';
import { codeFrom, codeOf, enrolled, start, type Browser, type Started } from './sign-in-support.js';

const MINUTES = 60_000;
const SETTINGS = '/account/second-factor';

/** A user with an authenticator, and a browser that is half way. */
async function halfWay(t: Started): Promise<{ browser: Browser; owner: Browser; secret: string; recoveryCodes: readonly string[] }> {
  const { browser: owner, ...factor } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada');
  return { browser, owner, ...factor };
}

const unlimited = provideValue(SECOND_FACTOR_LIMIT, { take: async () => {}, reset: async () => {} });

test('an authenticator is set up: the secret once, the codes for a lost phone, and two factors from then on [AU-10]', async () => {
  await using t = await start({ auth: { secondFactor: { issuer: 'Acme' } } });
  const browser = t.browser();
  await browser.signIn('ada');
  expect((await browser.client.get(SETTINGS)).json()).toEqual({ factors: [], recoveryCodes: 0 });
  const begun = await browser.client.post(`${SETTINGS}/totp`);
  const { secret, uri } = begun.json() as { secret: string; uri: string };
  expect(uri).toBe(`otpauth://totp/Acme:ada%40example.com?secret=${secret}&issuer=Acme&algorithm=SHA1&digits=6&period=30`);
  expect(begun.headers['cache-control']).toBe('no-store');
  expect((await browser.client.get(SETTINGS)).json()).toEqual({ factors: [], recoveryCodes: 0 });
  const done = await browser.client.post(`${SETTINGS}/totp/confirm`, { json: { code: codeOf(secret, t.clock) } });
  expect(done.headers['cache-control']).toBe('no-store');
  const { recoveryCodes } = done.json() as { recoveryCodes: string[] };
  expect(new Set(recoveryCodes).size).toBe(10);
  expect((await browser.client.get(SETTINGS)).json()).toEqual({ factors: ['totp', 'recovery-code'], recoveryCodes: 10 });
  expect(t.changes).toMatchObject([{ userId: 'ada', change: 'totp-enabled', at: t.clock.date(), device: { agent: 'Firefox on Linux' } }]);
  expect(await browser.status('/mfa')).toBe(200);
});

test('the routes are where the author wants them, with the name that the author gives, for the author’s users [AU-10]', async () => {
  const named = secondFactorRoutes({ prefix: '/api/me', accountName: ({ id }) => `no. ${id}: \ud83d` });
  await using t = await start({ routes: Object.values(named) });
  const browser = t.browser();
  await browser.signIn('7');
  const begun = await browser.client.post('/api/me/second-factor/totp');
  expect((begun.json() as { uri: string }).uri).toContain(':no.%207%3A%20%EF%BF%BD?');
  expect(Object.values(named).map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/me/second-factor',
    'POST /api/me/second-factor/totp',
    'POST /api/me/second-factor/totp/confirm',
    'DELETE /api/me/second-factor/totp',
    'POST /api/me/second-factor/recovery-codes',
    'POST /api/me/second-factor/verify',
    'POST /api/me/sign-in/totp',
    'POST /api/me/sign-in/recovery-code',
  ]);
});

test('what matters asks for a recent proof: nobody replaces an authenticator with a stolen session [AU-10]', async () => {
  await using t = await start();
  const { browser, secret } = await enrolled(t);
  await t.clock.advance(11 * MINUTES);
  const tries = [
    () => browser.client.post(`${SETTINGS}/totp`),
    () => browser.client.delete(`${SETTINGS}/totp`),
    () => browser.client.post(`${SETTINGS}/recovery-codes`),
  ];
  for (const attempt of tries) expect(codeFrom(await attempt())).toBe('AUTH_STEP_UP_NEEDED');
  const verified = await browser.verify(codeOf(secret, t.clock));
  expect(verified.status).toBe(204);
  const other = await browser.enrol(t.clock);
  expect(other.recoveryCodes).toEqual([]);
  expect((await browser.verify(codeOf(secret, t.clock))).status).toBe(401);
  expect((await browser.verify(codeOf(other.secret, t.clock))).status).toBe(204);
});

test('the first code of an authenticator that its owner has begun to set up is not for an old session to guess [AU-10]', async () => {
  await using t = await start();
  const [owner, thief] = [t.browser(), t.browser()];
  await thief.signIn('ada');
  await t.clock.advance(21 * MINUTES);
  await owner.signIn('ada');
  const { secret } = (await owner.client.post(`${SETTINGS}/totp`)).json() as { secret: string };
  const confirm = (browser: Browser) => browser.client.post(`${SETTINGS}/totp/confirm`, { json: { code: codeOf(secret, t.clock) } });
  expect(codeFrom(await confirm(thief))).toBe('AUTH_STEP_UP_NEEDED');
  await t.clock.advance(9 * MINUTES);
  expect((await confirm(owner)).status).toBe(200);
  expect(codeFrom(await confirm(owner))).toBe('AUTH_TOTP_ENROLMENT');
});

test('a change of a factor ends every other session, gives this one a new token, and is told of [AU-10] [AU-02]', async () => {
  await using t = await start();
  const { browser, secret } = await enrolled(t);
  const changes: [string, () => Promise<{ status: number }>][] = [
    ['totp-enabled', async () => (await browser.enrol(t.clock), { status: 200 })],
    ['recovery-codes-made', () => browser.client.post(`${SETTINGS}/recovery-codes`)],
    ['totp-disabled', () => browser.client.delete(`${SETTINGS}/totp`)],
  ];
  expect(secret).not.toBe('');
  for (const [change, make] of changes) {
    t.changes.length = 0;
    const { token: other } = await t.sessions.create('ada', { methods: ['pwd'] });
    const { token: waiting } = await t.sessions.create('ada', { methods: ['pwd'], pending: true });
    const { token: hers } = await t.sessions.create('eve', { methods: ['pwd'] });
    const thief = browser.copy();
    expect((await make()).status).toBeLessThan(300);
    expect(t.changes.map((one) => one.change)).toEqual([change]);
    expect(browser.cookie).not.toBe(thief.cookie);
    expect([await browser.status(), await thief.status()]).toEqual([200, 401]);
    expect(await t.sessions.read(other)).toBeUndefined();
    expect(await t.sessions.read(waiting)).toBeUndefined();
    expect(await t.sessions.read(hers)).toBeDefined();
  }
});

test('the others end also where two requests of the same page make their change at the same time [AU-10]', async () => {
  await using t = await start();
  const { browser } = await enrolled(t);
  const { token: other } = await t.sessions.create('ada', { methods: ['pwd'] });
  const answers = await Promise.all([1, 2, 3].map(() => browser.copy().client.post(`${SETTINGS}/recovery-codes`)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(answers.filter(({ headers }) => headers['set-cookie'] !== undefined)).toHaveLength(1);
  expect(await t.sessions.read(other)).toBeUndefined();
  expect(await t.sessions.list('ada')).toHaveLength(1);
});

test('the others end also where the token of the session that makes the change was replaced a moment before [AU-10]', async () => {
  let meanwhile = async (): Promise<unknown> => undefined;
  class Store extends MemoryRecoveryCodeStore {
    override async replace(userId: string, hashes: readonly string[]): Promise<void> {
      await meanwhile();
      await super.replace(userId, hashes);
    }
  }
  const recoveryCodeStore = provideValue(RECOVERY_CODE_STORE, new Store());
  await using t = await start({ auth: { secondFactor: { recoveryCodeStore } } });
  const { browser } = await enrolled(t);
  const { token: other } = await t.sessions.create('ada', { methods: ['pwd'] });
  let rotated: NewSession | undefined;
  meanwhile = async () => (rotated = await t.sessions.rotate(browser.cookie));
  const made = await browser.client.post(`${SETTINGS}/recovery-codes`);
  expect([made.status, made.headers['set-cookie']]).toEqual([200, undefined]);
  expect(await t.sessions.read(other)).toBeUndefined();
  expect(await t.sessions.read(rotated!.token)).toBeDefined();
});

test('recovery codes go with the last factor, and new ones come with the next [AU-10]', async () => {
  await using t = await start();
  const { browser } = await enrolled(t);
  await browser.client.delete(`${SETTINGS}/totp`);
  expect(await t.codes.remaining('ada')).toBe(0);
  expect(codeFrom(await browser.client.post(`${SETTINGS}/recovery-codes`))).toBe('AUTH_RECOVERY_WITHOUT_FACTOR');
  t.changes.length = 0;
  expect((await browser.client.delete(`${SETTINGS}/totp`)).status).toBe(204);
  expect(t.changes).toEqual([]);
  const [stale] = await t.codes.generate('ada');
  expect((await browser.client.get(SETTINGS)).json()).toEqual({ factors: [], recoveryCodes: 0 });
  const { recoveryCodes } = await browser.enrol(t.clock);
  expect(recoveryCodes).toHaveLength(10);
  const other = t.browser();
  await other.signIn('ada');
  expect(codeFrom(await other.recoveryCode(stale!))).toBe('AUTH_SECOND_FACTOR_CODE');
});

test('recovery codes stay while another factor is there [AU-10]', async () => {
  const passkey = { kind: 'passkey', methods: ['hwk', 'swk'], enrolled: () => true };
  @Module({ global: true, providers: [provideValue(SECOND_FACTORS, passkey, { many: true })], exports: [SECOND_FACTORS] })
  class PasskeysModule {}
  await using t = await start({ imports: [PasskeysModule] });
  const session = await t.sessions.create('ada', { methods: ['pwd', 'hwk'] });
  const browser = t.browser();
  browser.cookie = session.token;
  expect((await browser.enrol(t.clock)).recoveryCodes).toHaveLength(10);
  await browser.client.delete(`${SETTINGS}/totp`);
  expect((await browser.client.get(SETTINGS)).json()).toEqual({ factors: ['passkey', 'recovery-code'], recoveryCodes: 10 });
});

test('a recovery code completes a sign-in once, in any spelling, and its owner hears of it [AU-10]', async () => {
  await using t = await start();
  const { browser, recoveryCodes } = await halfWay(t);
  t.changes.length = 0;
  const spelled = recoveryCodes[0]!.toLowerCase().replaceAll('-', ' ');
  expect((await browser.recoveryCode(spelled)).json()).toEqual({ state: 'signed-in', factors: [] });
  expect(t.changes).toMatchObject([{ userId: 'ada', change: 'recovery-code-used', detail: '9' }]);
  expect((await browser.client.get('/data')).json()).toMatchObject({ methods: ['pwd', 'otp', 'recovery-code'] });
  const other = t.browser();
  await other.signIn('ada');
  expect(codeFrom(await other.recoveryCode(recoveryCodes[0]!))).toBe('AUTH_SECOND_FACTOR_CODE');
  expect(t.changes).toHaveLength(1);
});

test('a code that has signed in proves nothing again: not at the next sign-in, and not at a step-up [AU-10]', async () => {
  await using t = await start();
  const { browser, secret } = await halfWay(t);
  const code = codeOf(secret, t.clock);
  expect((await browser.totp(code)).status).toBe(200);
  const other = t.browser();
  await other.signIn('ada');
  expect(codeFrom(await other.totp(code))).toBe('AUTH_SECOND_FACTOR_CODE');
  expect(codeFrom(await browser.verify(code))).toBe('AUTH_SECOND_FACTOR_CODE');
  await t.clock.advance(30_000);
  expect((await browser.verify(codeOf(secret, t.clock))).status).toBe(204);
  expect(codeFrom(await browser.verify(codeOf(secret, t.clock)))).toBe('AUTH_SECOND_FACTOR_CODE');
  expect(codeFrom(await browser.verify(codeOf(secret, t.clock, -1)))).toBe('AUTH_SECOND_FACTOR_CODE');
});

test('a step-up by a code rotates the token and notes the time of the code, not that of other proofs [AU-10]', async () => {
  await using t = await start();
  const { browser, secret } = await enrolled(t);
  await t.clock.advance(11 * MINUTES);
  const before = browser.copy();
  expect((await browser.client.post('/step/otp')).status).toBe(403);
  expect((await browser.verify(codeOf(secret, t.clock))).status).toBe(204);
  expect((await browser.client.post('/step/otp')).status).toBe(204);
  expect(await before.status()).toBe(401);
});

test('five codes may be tried for a sign-in, then it is over: the next needs the first factor again [AU-10]', async () => {
  await using t = await start({ auth: { secondFactor: { limit: unlimited } } });
  const { browser, secret, recoveryCodes } = await halfWay(t);
  for (let attempt = 1; attempt <= 4; attempt++) {
    const wrong = attempt % 2 === 0 ? await browser.totp('000000') : await browser.recoveryCode('AAAAA');
    expect(codeFrom(wrong)).toBe('AUTH_SECOND_FACTOR_CODE');
  }
  const last = await browser.totp('000000');
  expect([last.status, codeFrom(last)]).toEqual([401, 'AUTH_SECOND_STEP_TRIES']);
  expect(codeFrom(await browser.totp(codeOf(secret, t.clock)))).toBe('AUTH_SESSION_ENDED');
  await browser.signIn('ada');
  expect((await browser.recoveryCode(recoveryCodes[0]!)).status).toBe(200);
});

test('of a thousand codes at once five are looked at for a sign-in [AU-10]', async () => {
  let looked = 0;
  const counting = provideValue(SECOND_FACTOR_LIMIT, { take: async () => void looked++, reset: async () => {} });
  await using t = await start({ auth: { secondFactor: { limit: counting } } });
  const { browser, secret } = await halfWay(t);
  const right = codeOf(secret, t.clock);
  const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => browser.copy().totp(n < 900 ? '000000' : right)));
  expect(looked).toBe(5);
  expect(answers.filter(({ status }) => status === 200)).toEqual([]);
  expect(
    answers.every((answer) =>
      ['AUTH_SECOND_FACTOR_CODE', 'AUTH_SECOND_STEP_TRIES', 'AUTH_SESSION_ENDED'].includes(String(codeFrom(answer))),
    ),
  ).toBe(true);
  expect(await browser.status()).toBe(401);
});

test('ten codes an hour may be tried for an account, however many sign-ins are begun, a thousand codes at once [AU-10]', async () => {
  await using t = await start();
  const { secret } = await enrolled(t);
  const browsers = Array.from({ length: 10 }, () => t.browser());
  for (const browser of browsers) await browser.signIn('ada');
  const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => browsers[n % 10]!.copy().totp('000000')));
  expect(t.events.filter(({ type }) => type === 'totp.used')).toHaveLength(10);
  expect(answers.filter(({ status }) => status === 200)).toEqual([]);
  const late = t.browser();
  await late.signIn('ada');
  const refused = await late.totp(codeOf(secret, t.clock));
  expect([refused.status, codeFrom(refused)]).toEqual([429, 'AUTH_SECOND_FACTOR_LIMIT']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
  for (let attempt = 0; attempt < 8; attempt++) expect(codeFrom(await late.totp('000000'))).toBe('AUTH_SECOND_FACTOR_LIMIT');
  await t.clock.advance(60 * MINUTES);
  await late.signIn('ada');
  expect((await late.totp(codeOf(secret, t.clock))).status).toBe(200);
});

test('a signed-in session is refused at the second step, and a waiting one everywhere else [AU-10]', async () => {
  await using t = await start();
  const { browser, owner, secret } = await halfWay(t);
  const code = codeOf(secret, t.clock);
  for (const attempt of [owner.totp(code), owner.recoveryCode(code)]) expect(codeFrom(await attempt)).toBe('AUTH_NOTHING_PENDING');
  const calls: [string, string][] = [
    ['GET', SETTINGS],
    ['POST', `${SETTINGS}/totp`],
    ['POST', `${SETTINGS}/totp/confirm`],
    ['DELETE', `${SETTINGS}/totp`],
    ['POST', `${SETTINGS}/recovery-codes`],
    ['POST', `${SETTINGS}/verify`],
    ['GET', '/account/sessions'],
    ['DELETE', '/account/sessions'],
    ['DELETE', '/account/sessions/x'],
  ];
  for (const [method, path] of calls) {
    const refused = await browser.client.request(method, path, { json: { code } });
    expect([method, path, refused.status, codeFrom(refused)]).toEqual([method, path, 403, 'AUTH_SECOND_FACTOR_NEEDED']);
  }
  expect((await browser.totp(code)).status).toBe(200);
});

test('requests that other sites have sent change nothing [AU-02]', async () => {
  await using t = await start();
  const { browser, owner, secret, recoveryCodes } = await halfWay(t);
  const foreign = { headers: { 'sec-fetch-site': 'cross-site' } };
  const code = codeOf(secret, t.clock);
  const calls: [Browser, string, string, string][] = [
    [owner, 'POST', `${SETTINGS}/totp`, ''],
    [owner, 'POST', `${SETTINGS}/totp/confirm`, code],
    [owner, 'DELETE', `${SETTINGS}/totp`, ''],
    [owner, 'POST', `${SETTINGS}/recovery-codes`, ''],
    [owner, 'POST', `${SETTINGS}/verify`, code],
    [browser, 'POST', '/account/sign-in/totp', code],
    [browser, 'POST', '/account/sign-in/recovery-code', recoveryCodes[0]!],
  ];
  for (const [from, method, path, json] of calls) {
    const refused = await from.client.with(foreign).request(method, path, json === '' ? {} : { json: { code: json } });
    expect([path, refused.status, codeFrom(refused)]).toEqual([path, 403, 'HTTP_CROSS_SITE']);
  }
  expect((await owner.client.get(SETTINGS)).json()).toEqual({ factors: ['totp', 'recovery-code'], recoveryCodes: 10 });
  expect((await browser.totp(code)).status).toBe(200);
});

test('what is no code is refused: as a request, or where it might have been one, as a wrong code [AU-10]', async () => {
  await using t = await start({ auth: { secondFactor: { limit: unlimited } } });
  const { browser } = await halfWay(t);
  const tries: [unknown, number][] = [
    [{}, 422],
    [{ code: '' }, 422],
    [{ code: 123_456 }, 422],
    [{ code: ['123456'] }, 422],
    [{ code: '1'.repeat(101) }, 422],
    [{ code: '123456', userId: 'eve' }, 422],
    [{ code: '１２３４５６' }, 401],
    [{ code: '-12345' }, 401],
  ];
  for (const [json, status] of tries)
    for (const path of ['totp', 'recovery-code'])
      expect([json, (await browser.client.post(`/account/sign-in/${path}`, { json })).status]).toEqual([json, status]);
});

test('a client that hangs up in the second step has signed in, and its user is told [AU-02]', async () => {
  const memory = new MemorySessionStore();
  let arrived = (): void => {};
  let release = (): void => {};
  const reached = new Promise<void>((resolve) => (arrived = resolve));
  const gate = new Promise<void>((resolve) => (release = resolve));
  // As a database does: whoever has gone gets no answers, but where the work must be done all the same.
  const store: SessionStore = new Proxy(memory, {
    get:
      (target, name) =>
      async (...values: unknown[]) => {
        if (name === 'update' && (values[1] as SessionChange).pending === false) {
          arrived();
          await gate;
        }
        if (currentContext()?.signal?.aborted === true) throw new Error(`${String(name)} for nobody`);
        return (Reflect.get(target, name) as (...given: unknown[]) => unknown).apply(target, values);
      },
  });
  await using t = await start({ auth: { sessions: { store: provideValue(SESSION_STORE, store) } } });
  const { browser, secret } = await halfWay(t);
  t.events.length = 0;
  const leaving = new AbortController();
  const step = browser.client.post('/account/sign-in/totp', { json: { code: codeOf(secret, t.clock) }, signal: leaving.signal });
  await reached;
  leaving.abort();
  await expect(step).rejects.toThrow();
  release();
  await expect.poll(() => t.events.map(({ type }) => type)).toEqual(['totp.used', 'sign-in.completed']);
});

test('twenty tries a minute are taken of a client, whoever it tries to be [AU-10]', async () => {
  await using t = await start({ env: { HTTP_RATE_LIMITS: undefined } });
  const { browser } = await enrolled(t);
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 25; attempt++)
    statuses.push((await browser.client.post('/account/sign-in/totp', { json: { code: '000000' } })).status);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  const changes: number[] = [];
  for (let attempt = 0; attempt < 21; attempt++) changes.push((await browser.client.post(`${SETTINGS}/totp`)).status);
  expect(changes.at(-1)).toBe(429);
});
