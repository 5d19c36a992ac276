import { EVENTS, provide, provideValue, type EventBus } from '@plinth/core';
import { HttpModule, inject, post, type InjectResponse } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  ATTEMPT_STORE,
  AuthModule,
  DEVICE_COOKIE,
  MemoryAttemptStore,
  NEW_DEVICE,
  PasswordSignIn,
  Passwords,
  SECURITY_EVENT,
  SignInNotices,
  Throttle,
  type AttemptPolicy,
  type AuthUser,
  type NewDeviceSignIn,
  type SecurityEvent,
  type SignInSource,
  type TakenAttempt,
  type ThrottleOptions,
} from '@plinth/auth';
import { appKey, startAuth, StillClock } from './support.js';

const DAYS = 86_400;
const right = 'correct horse battery';

class Bus {
  constructor(readonly events: EventBus) {}
}

/** Counts what the store is asked, so that known and unknown names can be compared. */
class WatchedStore extends MemoryAttemptStore {
  readonly asked: string[] = [];

  override take(key: string, policy: AttemptPolicy, now: number): Promise<TakenAttempt> {
    this.asked.push(`take ${key[0]}`);
    return super.take(key, policy, now);
  }

  override clear(key: string): Promise<void> {
    this.asked.push(`clear ${key[0]}`);
    return super.clear(key);
  }

  override release(key: string): Promise<void> {
    this.asked.push(`release ${key[0]}`);
    return super.release(key);
  }
}

class Ada implements SignInSource {
  hash = '';
  hashed = 0;

  async findForSignIn(name: string): Promise<{ user: AuthUser; passwordHash: string } | undefined> {
    this.hashed += 1;
    return name.toLowerCase() === 'ada' ? { user: { id: '7' }, passwordHash: this.hash } : undefined;
  }

  async updatePasswordHash(): Promise<void> {}
}

const Credentials = {
  type: 'object',
  required: ['name', 'password', 'ip'],
  properties: { name: { type: 'string' }, password: { type: 'string' }, ip: { type: 'string' }, proven: { type: 'boolean' } },
} as const;

// The client's address is a field here: behind a proxy of a test it could be any.
const signIn = post(
  '/sign-in',
  { open: true, body: Credentials, returns: { 204: null } },
  async (context, check, users, throttle) => {
    const { name, password, ip, proven = false } = context.body;
    const asked = {
      ip,
      cookie: (key: string) => context.cookie(key),
      setCookie: (...args: Parameters<typeof context.setCookie>) => context.setCookie(...args),
    };
    await check.check(users, name, password, { throttle, context: asked, proven });
  },
  { deps: [PasswordSignIn, Ada, Throttle] },
);

async function start(options: { throttle?: ThrottleOptions; key?: string; store?: WatchedStore; clock?: StillClock } = {}) {
  const clock = options.clock ?? new StillClock();
  const store = options.store ?? new WatchedStore();
  const module = {
    imports: [HttpModule.with({ rateLimit: false })],
    providers: [provide(Ada, { deps: [] }), provide(Bus, { deps: [EVENTS] }), provide(Needs, { deps: [SignInNotices] })],
    routes: [signIn],
  };
  const auth = { throttle: { ...options.throttle, store: provideValue(ATTEMPT_STORE, store) } };
  const env: Record<string, string> = options.key === undefined ? {} : { APP_KEY: options.key };
  const app = await startAuth(auth, { module, clock, env });
  app.get(Ada).hash = await app.get(Passwords).hash(right);
  const seen: SecurityEvent[] = [];
  app.get(Bus).events.on(SECURITY_EVENT, (event) => void seen.push(event));
  const attempt = (
    name: string,
    password: string,
    more: { ip?: string; device?: string | undefined; proven?: boolean } = {},
  ): Promise<InjectResponse> => {
    const { ip = '192.0.2.1', device, proven = false } = more;
    const headers = { 'sec-fetch-site': 'same-origin', ...(device !== undefined && { cookie: `${DEVICE_COOKIE}=${device}` }) };
    return inject(app, { method: 'POST', url: '/sign-in', headers, body: { name, password, ip, proven } });
  };
  return {
    app,
    clock,
    store,
    seen,
    attempt,
    throttle: app.get(Throttle),
    ada: app.get(Ada),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

class Needs {
  constructor(readonly notices: SignInNotices) {}
}

function deviceIn(answer: InjectResponse): string | undefined {
  return /__Host-device=([^;]+); /.exec([answer.headers['set-cookie'] ?? ''].flat().join('\n'))?.[1];
}

const address = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

test('five failures are free, then the wait doubles from a second to a minute, whatever the addresses [AU-13]', async () => {
  await using t = await start();
  let index = 0;
  const guess = () => t.attempt('ada', 'wrong', { ip: address(index++) });
  for (let count = 0; count < 5; count++) expect((await guess()).status).toBe(401);
  for (const wait of [1, 2, 4, 8, 16, 32, 60, 60, 60]) {
    const hashed = t.ada.hashed;
    const refused = await guess();
    expect(refused.status).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'AUTH_THROTTLED' });
    expect(refused.headers['retry-after']).toBe(String(wait));
    expect(t.ada.hashed, 'nothing is looked up or hashed for a refused attempt').toBe(hashed);
    t.clock.forward(wait - 1);
    expect((await guess()).status).toBe(429);
    t.clock.forward(1);
    expect((await guess()).status).toBe(401);
  }
});

test('a day of guessing from ten thousand addresses tests no more than a hundred passwords [AU-13]', async () => {
  await using t = await start();
  let tested = 0;
  for (let second = 0; second < DAYS; second += 60) {
    t.clock.forward(60);
    for (let burst = 0; burst < 3; burst++) {
      const begun = await t.throttle.begin('ada', { ip: address(second + burst), cookie: () => undefined }).catch(() => undefined);
      if (begun) tested += 1;
    }
  }
  expect(tested).toBe(100);
});

test('after 100 failures in a row a reset is needed, or a second factor, or a device that is known [AU-13]', async () => {
  await using t = await start();
  const device = deviceIn(await t.attempt('ada', right))!;
  const guess = (index: number) => t.throttle.begin('ada', { ip: address(index), cookie: () => undefined });
  for (let count = 0; count < 100; count++) {
    await guess(count);
    t.clock.forward(60);
  }
  const held = await t.attempt('ada', right, { ip: '198.51.100.1' });
  expect(held.status).toBe(429);
  expect(held.json()).toMatchObject({ code: 'AUTH_THROTTLE_HELD' });
  expect(held.headers['retry-after']).toBeUndefined();
  t.clock.forward(7 * DAYS);
  expect((await t.attempt('ada', right, { ip: '198.51.100.2' })).json()).toMatchObject({ code: 'AUTH_THROTTLE_HELD' });
  expect((await t.attempt('ada', right, { device })).status).toBe(204);
  expect((await t.attempt('ada', right, { ip: '198.51.100.3', proven: true })).status).toBe(204);
  for (let count = 0; count < 100; count++) {
    await guess(count);
    t.clock.forward(60);
  }
  expect((await t.attempt('ada', right, { ip: '198.51.100.4' })).status).toBe(429);
  await t.throttle.reset('Ada');
  expect((await t.attempt('ada', right, { ip: '198.51.100.5' })).status).toBe(204);
});

test('strangers who fail all the time cannot lock out the owner, whose device is known [AU-13]', async () => {
  await using t = await start();
  const device = deviceIn(await t.attempt('ada', right))!;
  for (let index = 0; index < 200; index++) await t.attempt('ada', 'wrong', { ip: address(index) });
  expect((await t.attempt('ada', right, { ip: '198.51.100.7' })).status).toBe(429);
  // Not even from the address of those who fail.
  for (let index = 0; index < 40; index++) await t.attempt(`name ${index}`, 'wrong');
  expect((await t.attempt('bob', 'wrong')).status).toBe(429);
  const answer = await t.attempt('ada', right, { device });
  expect(answer.status).toBe(204);
  // Her success is no gift to them.
  expect((await t.attempt('ada', 'wrong', { ip: '198.51.100.8' })).status).toBe(429);
});

test('a known device has no more attempts than anybody else: a stolen cookie guesses as slowly [AU-13]', async () => {
  await using t = await start();
  const device = deviceIn(await t.attempt('ada', right))!;
  for (let count = 0; count < 5; count++) expect((await t.attempt('ada', 'wrong', { device })).status).toBe(401);
  const refused = await t.attempt('ada', right, { device });
  expect(refused.headers['retry-after']).toBe('1');
  t.clock.forward(1);
  expect((await t.attempt('ada', right, { device })).status).toBe(204);
  expect((await t.attempt('ada', 'wrong', { device })).status).toBe(401);
});

test('the cookie of a device counts for its own account, its own time, and unchanged [AU-13]', async () => {
  await using t = await start();
  const answer = await t.attempt('ada', right);
  const device = deviceIn(answer)!;
  expect([answer.headers['set-cookie']].flat().join()).toMatch(
    /^__Host-device=[^;]+; Path=\/; Max-Age=15552000; Secure; HttpOnly; SameSite=Lax$/,
  );
  const known = async (name: string, cookie: string) => {
    const attempt = await t.throttle.begin(name, { ip: '192.0.2.9', cookie: () => cookie });
    await attempt.undo();
    return attempt.known;
  };
  expect(await known('ada', device)).toBe(true);
  expect(await known('ADA', device)).toBe(true);
  expect(await known('bob', device)).toBe(false);
  const [version, since, generation, id, mac] = device.split('.') as [string, string, string, string, string];
  for (const forged of [
    `${version}.${since}.${generation}.${'A'.repeat(22)}.${mac}`,
    `${version}.${since}.2.${id}.${mac}`,
    `${version}.${(Number.parseInt(since, 36) + 1).toString(36)}.${generation}.${id}.${mac}`,
    `${version}.${since}.${generation}.${id}.${'A'.repeat(43)}`,
    `v1.${since}.${id}.${mac}`,
    '',
    'x'.repeat(5_000),
  ])
    expect(await known('ada', forged)).toBe(false);
  t.clock.forward(180 * DAYS - 1);
  expect(await known('ada', device)).toBe(true);
  t.clock.forward(1);
  expect(await known('ada', device)).toBe(false);
});

test('the device of one name is none for its look-alikes, which share its count [AU-13]', async () => {
  await using t = await start();
  const cookieOf = async (name: string) => {
    let cookie = '';
    await t.throttle.trust(name, { cookie: () => undefined, setCookie: (_name, value) => void (cookie = value) });
    return cookie;
  };
  const known = async (name: string, cookie: string) => {
    const attempt = await t.throttle.begin(name, { ip: '192.0.2.9', cookie: () => cookie });
    await attempt.undo();
    return attempt.known;
  };
  const names = [
    'jose@example.org',
    'josé@example.org',
    'ｊose@example.org',
    'jo\u200Bse@example.org',
    'j\u00F8se@example.org',
    'joſe@example.org',
    ' jose@example.org',
  ];
  for (const owner of names)
    for (const name of names) expect([owner, name, await known(name, await cookieOf(owner))]).toEqual([owner, name, owner === name]);
  // What is the same name, however it is typed or encoded.
  expect(await known('JOSE\u0301@Example.org', await cookieOf('jos\u00E9@example.org'))).toBe(true);
});

test('a reset of the password ends the devices of its account, for good and for no other account [AU-13]', async () => {
  const clock = new StillClock();
  const store = new WatchedStore();
  const known = async (t: { throttle: Throttle }, device: string, name = 'ada') => {
    const attempt = await t.throttle.begin(name, { ip: '192.0.2.9', cookie: () => device });
    await attempt.undo();
    return attempt.known;
  };
  await using t = await start({ clock, store });
  const thief = deviceIn(await t.attempt('ada', right))!;
  let bob = '';
  await t.throttle.trust('bob', { cookie: () => undefined, setCookie: (_name, value) => void (bob = value) });
  await t.throttle.reset('Ada');
  expect(await known(t, thief)).toBe(false);
  expect(await known(t, bob, 'bob')).toBe(true);
  const owner = deviceIn(await t.attempt('ada', right, { device: thief }))!;
  expect([await known(t, owner), await known(t, thief)]).toEqual([true, false]);
  // Under another key it is neither known again.
  await using both = await start({ clock, store, key: `${appKey(2)},${appKey(1)}` });
  expect([await known(both, owner), await known(both, thief)]).toEqual([true, false]);
  await both.throttle.reset('ada');
  expect([await known(both, owner), await known(both, thief)]).toEqual([false, false]);
  // Nor when what the store knows of it has been forgotten.
  clock.forward(180 * DAYS - 1);
  expect([await known(both, owner), await known(both, thief)]).toEqual([false, false]);
  clock.forward(1);
  expect([await known(both, owner), await known(both, thief)]).toEqual([false, false]);
});

test('a device stays known when APP_KEY changes, as long as the old key is listed', async () => {
  const clock = new StillClock();
  await using before = await start({ clock });
  const device = deviceIn(await before.attempt('ada', right))!;
  const cookie = () => device;
  await using both = await start({ clock, key: `${appKey(2)},${appKey(1)}` });
  expect((await both.throttle.begin('ada', { ip: '192.0.2.1', cookie })).known).toBe(true);
  await using after = await start({ clock, key: appKey(2) });
  expect((await after.throttle.begin('ada', { ip: '192.0.2.1', cookie })).known).toBe(false);
});

test('one client may try twenty times a minute over all accounts, and its network counts as one [AU-13]', async () => {
  await using t = await start();
  for (let index = 0; index < 20; index++) {
    expect((await t.attempt(`name ${index}`, 'wrong', { ip: `2001:db8:1:2:${index.toString(16)}::1` })).status).toBe(401);
    t.clock.forward(1);
  }
  const refused = await t.attempt('another', 'wrong', { ip: '2001:db8:1:2:ffff::1' });
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('40');
  expect((await t.attempt('another', 'wrong', { ip: '2001:db8:1:3::1' })).status).toBe(401);
  t.clock.forward(40);
  expect((await t.attempt('another', 'wrong', { ip: '2001:db8:1:2:ffff::1' })).status).toBe(401);
});

test('sign-ins that succeed do not use up what a client may try', async () => {
  await using t = await start();
  for (let count = 0; count < 40; count++) expect((await t.attempt('ada', right)).status).toBe(204);
});

test('an unknown account is slowed down like any other: same answers, same work of the store [AU-13]', async () => {
  const tried = async (name: string) => {
    await using t = await start();
    const answers: unknown[] = [];
    for (let index = 0; index < 12; index++) {
      const answer = await t.attempt(name, 'wrong', { ip: address(index) });
      answers.push([answer.status, answer.headers['retry-after'], (answer.json() as { code: string }).code]);
      t.clock.forward(1);
    }
    return { answers, asked: t.store.asked };
  };
  const known = await tried('ada');
  expect(await tried('nobody')).toEqual(known);
  expect(known.answers.filter((answer) => (answer as number[])[0] === 429).length).toBeGreaterThan(2);
});

test('other spellings of a name are no further attempts', async () => {
  await using t = await start();
  const spellings = ['ada', 'ADA', ' ada ', 'a\u200Bda', 'ád\u0301a', 'ａｄａ', 'a\u0000da'];
  const begun = await Promise.allSettled(
    spellings.map((name, index) => t.throttle.begin(name, { ip: address(index), cookie: () => undefined })),
  );
  expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
});

test('fifty attempts at once count as attempts one after the other do: five are tested [AU-13]', async () => {
  await using t = await start();
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => t.attempt('ada', 'wrong', { ip: address(index) })));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(45);
});

test('an attempt that the server could not make is not counted', async () => {
  await using t = await start();
  const find = t.ada.findForSignIn;
  t.ada.findForSignIn = () => Promise.reject(new Error('the database is away'));
  for (let count = 0; count < 30; count++) expect((await t.attempt('ada', right)).status).toBe(500);
  t.ada.findForSignIn = find;
  expect((await t.attempt('ada', right)).status).toBe(204);
});

test('a store that is down lets nobody guess', async () => {
  await using t = await start();
  t.store.take = () => Promise.reject(new Error('the store is away'));
  const hashed = t.ada.hashed;
  expect((await t.attempt('ada', right)).status).toBe(500);
  expect(t.ada.hashed).toBe(hashed);
});

test('a clock that is set back keeps nobody out longer than the delay, and one that jumps ahead forgets nothing [AU-13]', async () => {
  await using t = await start();
  const guess = (index: number) => t.throttle.begin('ada', { ip: address(index), cookie: () => undefined });
  for (let index = 0; index < 5; index++) await guess(index);
  t.clock.forward(-365 * DAYS);
  await expect(guess(10)).rejects.toMatchObject({ code: 'AUTH_THROTTLED', retryAfter: 1 });
  t.clock.forward(1);
  await guess(11);
  t.clock.forward(2 * 3_600);
  await guess(12);
  await expect(guess(13)).rejects.toMatchObject({ retryAfter: 4 });
});

test('attempts are noted, refusals once a minute, and no name is in the store', async () => {
  await using t = await start();
  await t.attempt('ada', right);
  for (let index = 0; index < 30; index++) await t.attempt('nobody', 'wrong', { ip: address(index) });
  const types = () => t.seen.map(({ type, outcome, userId }) => `${type} ${outcome} ${userId}`);
  await expect.poll(() => types().length).toBe(7);
  expect(types()).toEqual([
    'sign-in.password success 7',
    ...Array.from({ length: 5 }, () => 'sign-in.password failure undefined'),
    'throttle.refused refused undefined',
  ]);
  expect(JSON.stringify(t.seen)).not.toMatch(/nobody|wrong|horse/);
});

test('a sign-in from a device that is not known is told of, once', async () => {
  await using t = await start();
  const notices = t.app.get(SignInNotices);
  const told: NewDeviceSignIn[] = [];
  t.app.get(Bus).events.on(NEW_DEVICE, (sign) => void told.push(sign));
  let cookie: string | undefined;
  const context = {
    ip: '203.0.113.7',
    header: () => 'curl/8.9.1',
    cookie: () => cookie,
    setCookie: (_name: string, value: string) => void (cookie = value),
  };
  const complete = () => notices.completed({ userId: '7', name: 'ada', methods: ['pwd', 'otp'] }, context);
  await complete();
  await complete();
  await expect.poll(() => told.length).toBe(1);
  expect(told).toEqual([
    { userId: '7', at: t.clock.date(), device: { agent: 'curl', network: '203.0.113.0/24' }, methods: ['pwd', 'otp'] },
  ]);
  await expect.poll(() => t.seen.length).toBe(2);
  expect(t.seen.map(({ details }) => details!['known'])).toEqual([false, true]);
});

test('options that make no sense, or would weaken the defaults below what is safe, are refused where they are written', () => {
  const wrong: ThrottleOptions[] = [
    { free: 0 },
    { limit: 101 },
    { limit: 3 },
    { perClient: 0 },
    { firstDelay: 0.5 },
    { longestDelay: 0 },
    { deviceLifetime: 5 },
  ];
  for (const throttle of wrong)
    expect(() => AuthModule.with({ throttle }), JSON.stringify(throttle)).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
});
