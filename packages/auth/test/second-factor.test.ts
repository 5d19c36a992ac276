import { createHmac } from 'node:crypto';
import { createApp, EVENTS, Module, provide, provideValue, type App, type EventBus } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { guarded, HttpModule, inject } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  AuthModule,
  MemoryRecoveryCodeStore,
  MemoryTotpStore,
  RECOVERY_CODE_STORE,
  RecoveryCodes,
  SECOND_FACTOR_LIMIT,
  readSessionCookie,
  SECURITY_EVENT,
  SESSION_COOKIE,
  sessionOf,
  sessionPendingOf,
  Sessions,
  setSessionCookie,
  Totp,
  TOTP_STORE,
  type SecondFactorLimit,
  type SecondFactorOptions,
  type SecurityEvent,
} from '@plinth/auth';
import { createAuthRecoveryCodes, createAuthTotp, sqlRecoveryCodeStore, sqlTotpStore } from '@plinth/auth/data';
import { appKey, startAuth, StillClock } from './support.js';

class Needs {
  constructor(
    readonly totp: Totp,
    readonly codes: RecoveryCodes,
    readonly events: EventBus,
  ) {}
}

const unlimited: SecondFactorLimit = { take: async () => {}, reset: async () => {} };
const noLimit = { limit: provideValue(SECOND_FACTOR_LIMIT, unlimited) };

const start = async (secondFactor: SecondFactorOptions = {}, env: Record<string, string> = {}) => {
  const clock = new StillClock();
  const providers = [provide(Needs, { deps: [Totp, RecoveryCodes, EVENTS] })];
  const app = await startAuth({ secondFactor }, { module: { providers }, env, clock });
  return { app, clock, ...app.get(Needs), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
};

/** An authenticator app of its own, as the RFC says and not as the framework does it. */
function codeOf(base32: string, clock: StillClock, offset = 0): string {
  const bits = [...base32].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = (Math.floor(clock.now() / 30_000) + offset).toString(16).padStart(16, '0');
  const mac = createHmac('sha1', key).update(Buffer.from(counter, 'hex')).digest();
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const refused = (tried: Promise<unknown>): Promise<unknown> =>
  tried.then(
    () => 'accepted',
    (error: { code?: unknown }) => error.code ?? error,
  );

async function enrolled(each: Awaited<ReturnType<typeof start>>, userId = 'user 1'): Promise<string> {
  const { secret } = await each.totp.enrol(userId, 'ada@example.com');
  await each.totp.confirm(userId, codeOf(secret, each.clock));
  each.clock.forward(30);
  return secret;
}

test('an authenticator is set up with a URI, and counts for nothing before its first code [AU-10]', async () => {
  await using all = await start({ issuer: 'Acme' });
  const { secret, uri } = await all.totp.enrol('user 1', 'ada@example.com');
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(uri).toBe(`otpauth://totp/Acme:ada%40example.com?secret=${secret}&issuer=Acme&algorithm=SHA1&digits=6&period=30`);
  expect(await all.totp.enabledSince('user 1')).toBeUndefined();
  expect(await refused(all.totp.verify('user 1', codeOf(secret, all.clock)))).toBe('AUTH_SECOND_FACTOR_CODE');
  expect(await refused(all.totp.confirm('user 1', '000000'))).toBe('AUTH_SECOND_FACTOR_CODE');
  await all.totp.confirm('user 1', codeOf(secret, all.clock));
  expect(await all.totp.enabledSince('user 1')).toEqual(all.clock.date());
  expect(await refused(all.totp.verify('user 1', codeOf(secret, all.clock)))).toBe('AUTH_SECOND_FACTOR_CODE');
  all.clock.forward(30);
  await all.totp.verify('user 1', ` ${codeOf(secret, all.clock).replace(/(?<=^...)/, ' ')}`);
});

test('a code is good once, and an earlier one never after a later [AU-10]', async () => {
  await using all = await start(noLimit);
  const secret = await enrolled(all);
  all.clock.forward(300);
  const [before, now, next] = [-1, 0, 1].map((offset) => codeOf(secret, all.clock, offset)) as [string, string, string];
  await all.totp.verify('user 1', now);
  for (const code of [now, before, codeOf(secret, all.clock, -2), codeOf(secret, all.clock, 2), '', 'abcdef'])
    expect(await refused(all.totp.verify('user 1', code))).toBe('AUTH_SECOND_FACTOR_CODE');
  await all.totp.verify('user 1', next);
  expect(await refused(all.totp.verify('user 1', now))).toBe('AUTH_SECOND_FACTOR_CODE');
});

const sql = (url: string) => {
  const data = DataModule.with({ url, migrations: [createAuthTotp, createAuthRecoveryCodes], migrate: 'start' });
  return { data, secondFactor: { totpStore: sqlTotpStore, recoveryCodeStore: sqlRecoveryCodeStore, ...noLimit } };
};

test('of fifty who send the same code at the same time one gets in, in memory and in SQL [AU-10]', async () => {
  const { data, secondFactor } = sql('sqlite::memory:');
  @Module({ imports: [data] })
  class Store {}
  const clock = new StillClock();
  const providers = [provide(Needs, { deps: [Totp, RecoveryCodes, EVENTS] })];
  await using app = await startAuth({ imports: [data], secondFactor }, { module: { imports: [Store], providers }, clock });
  await using memory = await start(noLimit);
  for (const all of [memory, { ...app.get(Needs), clock, app, [Symbol.asyncDispose]: async () => {} }]) {
    const secret = await enrolled(all);
    const code = codeOf(secret, all.clock);
    const answers = await Promise.all(Array.from({ length: 50 }, () => refused(all.totp.verify('user 1', code))));
    expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['accepted', 'AUTH_SECOND_FACTOR_CODE']));
    const [recovery] = await all.codes.generate('user 1');
    const used = await Promise.all(Array.from({ length: 50 }, () => refused(all.codes.use('user 1', recovery!))));
    expect(used.filter((answer) => answer === 'accepted')).toHaveLength(1);
    expect(await all.codes.remaining('user 1')).toBe(9);
  }
});

test('an authenticator that waits is replaced by the next, and forgotten after ten minutes; the one in use stays until then [AU-10]', async () => {
  await using all = await start();
  const old = await enrolled(all);
  const first = await all.totp.enrol('user 1', 'ada@example.com');
  const second = await all.totp.enrol('user 1', 'ada@example.com');
  expect(await refused(all.totp.confirm('user 1', codeOf(first.secret, all.clock)))).toBe('AUTH_SECOND_FACTOR_CODE');
  await all.totp.verify('user 1', codeOf(old, all.clock));
  all.clock.forward(600);
  expect(await refused(all.totp.confirm('user 1', codeOf(second.secret, all.clock)))).toBe('AUTH_TOTP_ENROLMENT');
  const third = await all.totp.enrol('user 1', 'ada@example.com');
  const code = codeOf(third.secret, all.clock);
  const confirmed = await Promise.all(Array.from({ length: 5 }, () => refused(all.totp.confirm('user 1', code))));
  expect(confirmed.filter((answer) => answer === 'accepted')).toHaveLength(1);
  expect(await refused(all.totp.confirm('user 1', code))).toBe('AUTH_TOTP_ENROLMENT');
  all.clock.forward(30);
  expect(await refused(all.totp.verify('user 1', codeOf(old, all.clock)))).toBe('AUTH_SECOND_FACTOR_CODE');
  await all.totp.verify('user 1', codeOf(third.secret, all.clock));
});

test('a code is taken for its own user only, and a secret that is copied to another row opens nothing [AU-10]', async () => {
  const store = new MemoryTotpStore();
  await using all = await start({ totpStore: provideValue(TOTP_STORE, store), ...noLimit });
  const [mine, hers] = [await enrolled(all, 'user 1'), await enrolled(all, 'user 2')];
  expect(await refused(all.totp.verify('user 1', codeOf(hers, all.clock)))).toBe('AUTH_SECOND_FACTOR_CODE');
  const { active } = (await store.find('user 1'))!;
  expect(JSON.stringify(active)).not.toContain(mine);
  await store.begin('user 2', { id: active!.id, secret: active!.secret, startedAt: 0 });
  await store.confirm('user 2', active!);
  all.clock.forward(30);
  expect(await refused(all.totp.verify('user 2', codeOf(mine, all.clock)))).toBe('AUTH_CIPHERTEXT');
});

test('a secret under a former APP_KEY works, and is encrypted anew when it is used [AU-10]', async () => {
  const store = new MemoryTotpStore();
  const options = { totpStore: provideValue(TOTP_STORE, store) };
  await using before = await start(options);
  const secret = await enrolled(before);
  const old = (await store.find('user 1'))!.active!.secret;
  await using rotated = await start(options, { APP_KEY: `${appKey(2)},${appKey(1)}` });
  rotated.clock.forward(60);
  await rotated.totp.verify('user 1', codeOf(secret, rotated.clock));
  expect((await store.find('user 1'))!.active!.secret).not.toBe(old);
  await using after = await start(options, { APP_KEY: appKey(2) });
  after.clock.forward(90);
  await after.totp.verify('user 1', codeOf(secret, after.clock));
});

test('ten recovery codes of 26 base32 characters, stored as hashes, each good once, written as people write them [AU-10]', async () => {
  const store = new MemoryRecoveryCodeStore();
  const stored: string[] = [];
  const spy = Object.assign(Object.create(store) as MemoryRecoveryCodeStore, {
    replace: (userId: string, hashes: readonly string[]) => {
      stored.push(...hashes);
      return store.replace(userId, hashes);
    },
    take: (userId: string, hash: string) => store.take(userId, hash),
    count: (userId: string) => store.count(userId),
  });
  await using all = await start({ recoveryCodeStore: provideValue(RECOVERY_CODE_STORE, spy), ...noLimit });
  const codes = await all.codes.generate('user 1');
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^([A-Z2-7]{5}-){4}[A-Z2-7]{6}$/);
  expect(stored.every((hash) => /^[\w-]{43}$/.test(hash))).toBe(true);
  expect(await all.codes.use('user 1', codes[0]!)).toBe(9);
  expect(await all.codes.use('user 1', ` ${codes[1]!.toLowerCase().replaceAll('-', ' ')}\n`)).toBe(8);
  for (const code of [codes[0]!, codes[2]!.slice(0, -1), '', 'x'.repeat(1_000_000), stored[3]!])
    expect(await refused(all.codes.use('user 1', code))).toBe('AUTH_SECOND_FACTOR_CODE');
  expect(await refused(all.codes.use('user 2', codes[3]!))).toBe('AUTH_SECOND_FACTOR_CODE');
  const fresh = await all.codes.generate('user 1');
  expect(await refused(all.codes.use('user 1', codes[3]!))).toBe('AUTH_SECOND_FACTOR_CODE');
  expect(await all.codes.use('user 1', fresh[0]!)).toBe(9);
});

test('after ten codes within an hour even the right one is refused; a right one forgives the tries before it [AU-10]', async () => {
  await using all = await start();
  const secret = await enrolled(all);
  for (let round = 0; round < 9; round += 1) expect(await refused(all.totp.verify('user 1', '000000'))).toBe('AUTH_SECOND_FACTOR_CODE');
  await all.totp.verify('user 1', codeOf(secret, all.clock));
  all.clock.forward(30);
  const tries = await Promise.all(Array.from({ length: 40 }, () => refused(all.totp.verify('user 1', '000000'))));
  expect(tries.filter((answer) => answer === 'AUTH_SECOND_FACTOR_CODE')).toHaveLength(10);
  const error: unknown = await all.totp.verify('user 1', codeOf(secret, all.clock)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'AUTH_SECOND_FACTOR_LIMIT', kind: 'too-many', retryAfter: 3_600 });
  expect(await refused(all.codes.use('user 1', 'x'))).toBe('AUTH_SECOND_FACTOR_LIMIT');
  await enrolled(all, 'user 2');
  all.clock.forward(3_600);
  await all.totp.verify('user 1', codeOf(secret, all.clock));
});

test('the limit is a port of its own: told of each try before the code is looked at, and of each success', async () => {
  const calls: string[] = [];
  const limit: SecondFactorLimit = {
    take: async (userId) => void calls.push(`take ${userId}`),
    reset: async (userId) => void calls.push(`reset ${userId}`),
  };
  await using all = await start({ limit: provideValue(SECOND_FACTOR_LIMIT, limit) });
  const secret = await enrolled(all);
  await refused(all.totp.verify('nobody', '000000'));
  await refused(all.totp.verify('user 1', '000000'));
  await all.totp.verify('user 1', codeOf(secret, all.clock));
  expect(calls).toEqual(['take nobody', 'take user 1', 'take user 1', 'reset user 1']);
});

test('a user without an authenticator gets the answer of a wrong code, after the same work', async () => {
  const reads: string[] = [];
  const store = new MemoryTotpStore();
  const find = store.find.bind(store);
  store.find = (userId) => {
    reads.push(userId);
    return find(userId);
  };
  await using all = await start({ totpStore: provideValue(TOTP_STORE, store), ...noLimit });
  await enrolled(all);
  reads.length = 0;
  const answers = [];
  for (const userId of ['user 1', 'nobody'])
    answers.push(JSON.stringify(await all.totp.verify(userId, '000000').catch((thrown: unknown) => thrown)));
  expect(answers[0]).toBe(answers[1]);
  expect(reads).toEqual(['user 1', 'nobody']);
  // The work itself: the medians of interleaved tries, as far as processor time can be told apart at all.
  const ratios: number[] = [];
  do ratios.push(await ratioOf(all.totp));
  while (Math.abs(ratios.at(-1)! - 1) > 0.1 && ratios.length < 6);
  expect(Math.abs(ratios.at(-1)! - 1), String(ratios)).toBeLessThanOrEqual(0.1);
}, 60_000);

async function ratioOf(totp: Totp): Promise<number> {
  const times: Record<string, number[]> = { 'user 1': [], nobody: [] };
  for (let round = 0; round < 2_000; round += 1) {
    for (const userId of round % 2 === 0 ? ['user 1', 'nobody'] : ['nobody', 'user 1']) {
      const begun = performance.now();
      await totp.verify(userId, '000000').catch(() => undefined);
      times[userId]!.push(performance.now() - begun);
    }
  }
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return median(times['nobody']!) / median(times['user 1']!);
}

const User = { type: 'string' } as const;
const Code = { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 100 } } } as const;

class People {
  findById(id: string): { id: string } {
    return { id };
  }
}

test('the second step of a sign-in opens the session with the code, for one of fifty who send it [AU-10]', async () => {
  const routes = [
    guarded(sessionOf({ users: People })).get('/me', { returns: User }, ({ user }) => user.id),
    guarded(sessionPendingOf({ users: People })).post(
      '/code',
      { body: Code, returns: { 204: null } },
      async (context, totp, sessions) => {
        await totp.verify(context.user.id, context.body.code);
        const opened = await sessions.confirm(readSessionCookie(context) ?? '', { methods: ['otp'] });
        if (opened) setSessionCookie(context, opened);
      },
      { deps: [Totp, Sessions] },
    ),
  ];
  const clock = new StillClock();
  const providers = [provide(People, { deps: [] }), provide(Needs, { deps: [Totp, RecoveryCodes, EVENTS] })];
  const module = { imports: [HttpModule.with({ rateLimit: false })], providers, routes };
  await using app = await startAuth({ secondFactor: noLimit }, { module, clock, env: { PORT: '0' } });
  const secret = await enrolled({ ...app.get(Needs), app, clock, [Symbol.asyncDispose]: async () => {} });
  const { token } = await app.get(Sessions).create('user 1', { methods: ['pwd'], pending: true });
  const send = (path: string, cookie: string, body?: object) =>
    inject(app, {
      url: path,
      headers: { cookie: `${SESSION_COOKIE}=${cookie}`, 'sec-fetch-site': 'same-origin' },
      ...(body && { method: 'POST', body }),
    });
  expect((await send('/me', token)).status).toBe(403);
  expect((await send('/code', token, { code: '000000' })).status).toBe(401);
  const code = codeOf(secret, clock);
  const answers = await Promise.all(Array.from({ length: 50 }, () => send('/code', token, { code })));
  const opened = answers.filter(({ status }) => status === 204);
  expect(opened).toHaveLength(1);
  expect(answers.filter(({ status }) => status !== 204).every(({ status }) => status === 401)).toBe(true);
  const cookie = /=([^;]+)/.exec(String(opened[0]!.headers['set-cookie']))![1]!;
  expect((await send('/me', cookie)).json()).toBe('user 1');
  expect((await send('/me', token)).status).toBe(401);
});

test('what happens to a second factor is told, and no code or secret with it', async () => {
  await using all = await start();
  const heard: SecurityEvent[] = [];
  all.events.on(SECURITY_EVENT, (event) => void heard.push(event));
  const secret = await enrolled(all);
  await refused(all.totp.verify('user 1', '000000'));
  await all.totp.verify('user 1', codeOf(secret, all.clock));
  const [code] = await all.codes.generate('user 1');
  await all.codes.use('user 1', code!);
  await refused(all.codes.use('user 1', code!));
  expect(await all.codes.remove('user 1')).toBe(9);
  expect(await all.totp.disable('user 1')).toBe(true);
  expect(await all.totp.disable('user 1')).toBe(false);
  await all.app.stop();
  expect(heard.map(({ type, outcome }) => `${type} ${outcome}`)).toEqual([
    'totp.confirmed success',
    'totp.used failure',
    'totp.used success',
    'recovery-codes.generated success',
    'recovery-code.used success',
    'recovery-code.used failure',
    'recovery-codes.removed success',
    'totp.disabled success',
  ]);
  expect(JSON.stringify(heard)).not.toMatch(new RegExp(`${secret}|${code}`));
});

test('options that make no sense are refused, and stores in memory are warned of in production', async () => {
  for (const issuer of ['', ' ', 'Acme: the shop', '\ud83d'])
    expect(() => AuthModule.with({ secondFactor: { issuer } }), issuer).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
  let lines = '';
  @Module({ imports: [AuthModule], providers: [provide(Needs, { deps: [Totp, RecoveryCodes, EVENTS] })] })
  class Root {}
  const env = { NODE_ENV: 'production', APP_KEY: appKey(), APP_HOSTS: 'api.example.com', APP_URL: 'https://api.example.com' };
  const app: App = await createApp(Root, { env, envFile: false, logger: { write: (line: string) => void (lines += line) } });
  await app.stop();
  expect(lines).toContain('authenticators are kept in the memory of this process');
  expect(lines).toContain('recovery codes are kept in the memory of this process');
});
