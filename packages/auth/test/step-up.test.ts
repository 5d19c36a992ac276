import { provide } from '@plinth/core';
import { guarded, HttpModule, inject, type InjectResponse } from '@plinth/http';
import { expect, test } from 'vitest';
import { deviceOf, SESSION_COOKIE, sessionOf, sessionPendingOf, Sessions, stepUp } from '@plinth/auth';
import { startAuth, StillClock } from './support.js';

const MINUTES = 60;
const HOURS = 3_600;

class People {
  findById(id: string): { id: string } {
    return { id };
  }
}

const users = { users: People };
const signedIn = guarded(sessionOf(users));
const routes = [
  signedIn.get('/', { returns: { type: 'string' } }, ({ user }) => user.id),
  guarded(sessionOf(users), stepUp()).get('/keys', { returns: { type: 'string' } }, ({ user }) => user.id),
  guarded(sessionOf(users), stepUp({ maxAge: 300, methods: ['otp', 'hwk'] })).get(
    '/money',
    { returns: { type: 'string' } },
    ({ user }) => user.id,
  ),
  guarded(sessionPendingOf(users)).get('/second', { returns: { type: 'string' } }, ({ user }) => user.id),
];

async function start() {
  const clock = new StillClock();
  const module = { imports: [HttpModule.with({ rateLimit: false })], providers: [provide(People, { deps: [] })], routes };
  const app = await startAuth({}, { module, clock });
  const get = (url: string, token: string): Promise<InjectResponse> =>
    inject(app, { url, headers: { cookie: `${SESSION_COOKIE}=${token}` } });
  return { clock, get, sessions: app.get(Sessions), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

test('a sensitive route asks again for a proof that is older than ten minutes [AU-10]', async () => {
  await using t = await start();
  const { token, session } = await t.sessions.create('7', { methods: ['pwd'] });
  expect(session.auth).toEqual({ at: t.clock.date(), methods: ['pwd'], times: { pwd: t.clock.date() } });
  expect((await t.get('/keys', token)).status).toBe(200);
  t.clock.forward(10 * MINUTES);
  expect((await t.get('/keys', token)).status).toBe(200);
  t.clock.forward(1);
  const refused = await t.get('/keys', token);
  expect(refused.status).toBe(403);
  expect(refused.json()).toMatchObject({ code: 'AUTH_STEP_UP_NEEDED', maxAge: 600 });
  expect((await t.get('/', token)).status).toBe(200);
  const confirmed = (await t.sessions.confirm(token, { methods: ['pwd'] }))!;
  expect((await t.get('/keys', confirmed.token)).status).toBe(200);
  expect((await t.get('/keys', token)).status).toBe(401);
});

test('a session that was started without a proof passes no step up [AU-10]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7');
  expect((await t.get('/keys', token)).status).toBe(403);
});

test('a kind of proof counts by its own age: a password just given makes no old code fresh [AU-10]', async () => {
  await using t = await start();
  const first = await t.sessions.create('7', { methods: ['pwd', 'otp'] });
  expect((await t.get('/money', first.token)).status).toBe(200);
  t.clock.forward(6 * MINUTES);
  const second = (await t.sessions.confirm(first.token, { methods: ['pwd'] }))!;
  const refused = await t.get('/money', second.token);
  expect(refused.json()).toMatchObject({ code: 'AUTH_STEP_UP_NEEDED', maxAge: 300, methods: ['otp', 'hwk'] });
  const third = (await t.sessions.confirm(second.token, { methods: ['hwk'] }))!;
  expect((await t.get('/money', third.token)).status).toBe(200);
  expect(third.session.auth.methods).toEqual(['pwd', 'otp', 'hwk']);
});

test('a clock that was set back makes no proof eternal [AU-10]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7', { methods: ['pwd'] });
  t.clock.forward(-30);
  expect((await t.get('/keys', token)).status).toBe(200);
  t.clock.forward(-5 * HOURS);
  expect((await t.get('/keys', token)).status).toBe(403);
});

test('a session that waits for its second factor opens the second step and nothing else [AU-10]', async () => {
  await using t = await start();
  const { token, maxAge } = await t.sessions.create('7', { methods: ['pwd'], pending: true, remember: true });
  expect(maxAge).toBeUndefined();
  for (const path of ['/', '/keys', '/money']) {
    const refused = await t.get(path, token);
    expect(refused.status, path).toBe(403);
    expect(refused.json(), path).toMatchObject({ code: 'AUTH_SECOND_FACTOR_NEEDED', methods: ['pwd'] });
  }
  expect((await t.get('/second', token)).status).toBe(200);
  expect(await t.sessions.list('7')).toEqual([]);
  const open = (await t.sessions.confirm(token, { methods: ['otp'] }))!;
  expect(open).toMatchObject({ maxAge: 30 * 24 * HOURS, session: { pending: false, auth: { methods: ['pwd', 'otp'] } } });
  expect((await t.get('/money', open.token)).status).toBe(200);
  const over = await t.get('/second', open.token);
  expect(over.status).toBe(403);
  expect(over.json()).toMatchObject({ code: 'AUTH_NOTHING_PENDING' });
  expect((await t.get('/second', token)).status).toBe(401);
});

test('a session that waits ends after ten minutes, however much it is used', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7', { methods: ['pwd'], pending: true });
  for (let minute = 0; minute < 9; minute++) {
    t.clock.forward(MINUTES);
    expect((await t.get('/second', token)).status).toBe(200);
  }
  t.clock.forward(MINUTES);
  expect((await t.get('/second', token)).status).toBe(401);
  expect(await t.sessions.confirm(token, { methods: ['otp'] })).toBeUndefined();
});

test('of fifty second steps at once one opens the session', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7', { methods: ['pwd'], pending: true });
  const opened = await Promise.all(Array.from({ length: 50 }, () => t.sessions.confirm(token, { methods: ['otp'] })));
  expect(opened.filter((made) => made !== undefined)).toHaveLength(1);
});

test('whoever knows the password alone cannot push out sessions that are open [AU-02]', async () => {
  await using t = await start();
  const owner = await t.sessions.create('7', { methods: ['pwd', 'otp'] });
  const waiting = await t.sessions.create('7', { methods: ['pwd'], pending: true });
  for (let count = 0; count < 30; count++) {
    t.clock.forward(1);
    await t.sessions.create('7', { methods: ['pwd'], pending: true });
  }
  expect((await t.get('/', owner.token)).status).toBe(200);
  expect((await t.get('/second', waiting.token)).status).toBe(401);
});

test('a change of password or factor ends every other session and rotates this one [AU-02]', async () => {
  await using t = await start();
  const [here, phone, waiting] = [
    await t.sessions.create('7'),
    await t.sessions.create('7'),
    await t.sessions.create('7', { pending: true }),
  ];
  const stranger = await t.sessions.create('8');
  const kept = (await t.sessions.endOthers(here.token))!;
  expect(kept.ended).toBe(2);
  expect((await t.get('/', kept.token)).status).toBe(200);
  for (const { token } of [here, phone, waiting]) expect((await t.get('/', token)).status).toBe(401);
  expect((await t.get('/', stranger.token)).status).toBe(200);
  expect(await t.sessions.endOthers(phone.token)).toBeUndefined();
});

test('a kind of proof that is no name is refused, and so is a maxAge that is none', async () => {
  await using t = await start();
  await expect(t.sessions.create('7', { methods: ['one time password'] })).rejects.toMatchObject({ code: 'AUTH_SESSION_METHOD' });
  const { token } = await t.sessions.create('7');
  await expect(t.sessions.confirm(token, { methods: [''] })).rejects.toMatchObject({ code: 'AUTH_SESSION_METHOD' });
  for (const maxAge of [0, -1, 1.5, Number.NaN])
    expect(() => stepUp({ maxAge })).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
});

const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
test.each([
  [chrome, '203.0.113.77', 'Chrome on Windows', '203.0.113.0/24'],
  [`${chrome} Edg/141.0.0.0`, '::ffff:203.0.113.77', 'Edge on Windows', '203.0.113.0/24'],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    '2001:db8:12:34:56::1',
    'Firefox on Linux',
    '2001:db8:12::/48',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    '2001:db8::1',
    'Safari on iOS',
    '2001:db8:0::/48',
  ],
  [
    'Mozilla/5.0 (Linux; Android 16; SM-S931) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    '::1',
    'Samsung Internet on Android',
    '0:0:0::/48',
  ],
  ['curl/8.9.1', '10.1.2.3', 'curl', '10.1.2.0/24'],
  [undefined, 'nonsense', 'unknown', 'unknown'],
  ['x'.repeat(100_000), '10.1.2.3', 'unknown', '10.1.2.0/24'],
])('a device is said by its family and network, not by its address: %s', (agent, ip, family, network) => {
  expect(deviceOf({ ip, header: () => agent })).toEqual({ agent: family, network });
});

test('the list of devices says where each session was started', async () => {
  await using t = await start();
  const device = { agent: 'Firefox on Linux', network: '192.0.2.0/24' };
  await t.sessions.create('7', { device });
  expect(await t.sessions.list('7')).toMatchObject([{ device, createdAt: t.clock.date() }]);
});
