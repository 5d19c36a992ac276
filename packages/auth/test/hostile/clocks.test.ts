import { Injectable, Module, provide, provideAlias, provideValue, type Provider } from '@plinth/core';
import { expect, test } from 'vitest';
import {
  ApiKeys,
  ATTEMPT_STORE,
  countedSecondFactorLimit,
  definePermissions,
  defineRoles,
  Impersonation,
  MemoryAttemptStore,
  MemoryOneTimeStore,
  MemoryRefreshStore,
  ONE_TIME_STORE,
  OneTimeTokens,
  RecoveryCodes,
  REFRESH_STORE,
  RefreshTokens,
  Sessions,
  Throttle,
  Tokens,
  Totp,
  USERS,
  type AuthOptions,
  type AuthUser,
} from '@plinth/auth';
import { startAuth, StillClock } from '../support.js';
import { codeAt } from './authenticator.js';

// Clocks of servers jump: after a pause of the machine, when time servers correct them, twice a year where somebody set them to local time.

const HOUR = 3_600;

class Needs {
  constructor(
    readonly totp: Totp,
    readonly codes: RecoveryCodes,
    readonly throttle: Throttle,
    readonly oneTime: OneTimeTokens,
    readonly refresh: RefreshTokens,
    readonly apiKeys: ApiKeys,
    readonly sessions: Sessions,
    readonly tokens: Tokens,
  ) {}
}

const start = async (options: AuthOptions = {}, more: readonly Provider[] = []) => {
  const clock = new StillClock();
  const providers = [
    ...more,
    provide(Needs, { deps: [Totp, RecoveryCodes, Throttle, OneTimeTokens, RefreshTokens, ApiKeys, Sessions, Tokens] }),
  ];
  const app = await startAuth(options, { clock, module: { providers } });
  return { ...app.get(Needs), app, clock, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
};

const outcome = (tried: Promise<unknown>): Promise<string> =>
  tried.then(
    () => 'taken',
    (error: { code?: string }) => error.code ?? String(error),
  );

test.each([
  ['in memory', {}],
  ['in the store of attempts', { secondFactor: { limit: countedSecondFactorLimit } }],
])('the limit of codes, %s, holds nobody longer than its hour when the clock is set back by a year [AU-10]', async (_where, options) => {
  await using t = await start(options);
  const codes = await t.codes.generate('ada');
  for (let tried = 0; tried < 10; tried++) expect(await outcome(t.codes.use('ada', 'wrong'))).toBe('AUTH_SECOND_FACTOR_CODE');
  expect(await outcome(t.codes.use('ada', codes[0]!))).toBe('AUTH_SECOND_FACTOR_LIMIT');
  t.clock.forward(-365 * 24 * HOUR);
  expect(await outcome(t.codes.use('ada', codes[0]!)), 'and frees nobody either').toBe('AUTH_SECOND_FACTOR_LIMIT');
  t.clock.forward(HOUR);
  expect(await outcome(t.codes.use('ada', codes[0]!))).toBe('taken');
});

test('an authenticator works again as soon as the clock is right again, and no code of it works twice [AU-10]', async () => {
  await using t = await start();
  const { secret } = await t.totp.enrol('ada', 'ada@example.com');
  await t.totp.confirm('ada', codeAt(secret, t.clock.now()));
  const tried = (ms: number): Promise<string> => outcome(t.totp.verify('ada', codeAt(secret, ms)));
  t.clock.forward(60);
  const right = t.clock.now();
  expect(await tried(right)).toBe('taken');
  for (const jump of [HOUR, -HOUR]) {
    t.clock.forward(jump);
    expect(await tried(right), 'while the clock is wrong a right code is a wrong one').toBe('AUTH_SECOND_FACTOR_CODE');
    t.clock.forward(-jump);
    expect(await tried(right), 'used before the jump').toBe('AUTH_SECOND_FACTOR_CODE');
  }
  t.clock.forward(30);
  expect(await tried(t.clock.now())).toBe('taken');
});

test('an access token that has expired stays so when the clock is set back, but for the leeway, and a right one works again [AU-05]', async () => {
  await using t = await start();
  const { token } = await t.tokens.sign('ada');
  t.clock.forward(631);
  expect(await outcome(t.tokens.verify(token))).toBe('AUTH_TOKEN_EXPIRED');
  // Set back by an hour the token lies in the future.
  t.clock.forward(-HOUR);
  expect(await outcome(t.tokens.verify(token))).toBe('AUTH_TOKEN_INVALID');
  t.clock.forward(HOUR - 631);
  expect(await outcome(t.tokens.verify(token))).toBe('taken');
});

test('guesses wait no longer than before when the clock is set back, and jumping ahead does not forget them [AU-13]', async () => {
  await using t = await start();
  const attempt = (index: number): Promise<string> => outcome(t.throttle.begin('ada', { ip: `10.0.0.${index}`, cookie: () => undefined }));
  for (let index = 0; index < 12; index++) {
    expect(await attempt(index)).toBe('taken');
    t.clock.forward(61);
  }
  expect(await attempt(20)).toBe('taken');
  t.clock.forward(-HOUR);
  expect(await attempt(21)).toBe('AUTH_THROTTLED');
  t.clock.forward(60);
  expect(await attempt(22)).toBe('taken');
  t.clock.forward(HOUR);
  expect(await attempt(23)).toBe('taken');
  expect(await attempt(24), 'the waits are as long as before').toBe('AUTH_THROTTLED');
});

test('acting as somebody else is not prolonged by a clock that is set back [AU-17]', async () => {
  const permissions = definePermissions({ 'user.impersonate': 'Act as another user' });
  const roles = defineRoles(permissions, { support: { permits: ['user.impersonate'] }, customer: {} });
  @Injectable({ deps: [] })
  class People {
    findById(id: string): AuthUser {
      return { id, roles: [id === 'sue' ? 'support' : 'customer'] };
    }
  }
  @Module({ providers: [People, provideAlias(USERS, People)], exports: [USERS] })
  class UsersModule {}
  class NeedsImpersonation {
    constructor(readonly impersonation: Impersonation) {}
  }
  const needs = provide(NeedsImpersonation, { deps: [Impersonation] });
  await using t = await start({ impersonation: { roles, permission: 'user.impersonate' }, imports: [UsersModule] }, [needs]);
  const impersonation = t.app.get(Impersonation);
  const { token } = await t.sessions.create('sue', { remember: true });
  const begun = await impersonation.begin(token, { userId: 'cat', reason: 'case 4711' });
  expect(await impersonation.check(begun.session)).toMatchObject({ userId: 'cat' });
  t.clock.forward(-30);
  expect(await impersonation.check(begun.session), 'a little is what clocks do').toMatchObject({ userId: 'cat' });
  t.clock.forward(-HOUR);
  expect(await outcome(impersonation.check(begun.session))).toBe('AUTH_IMPERSONATION_OVER');
});

test('what is over is cleared away again after the clock has been ahead by years', async () => {
  const oneTime = new MemoryOneTimeStore();
  const refresh = new MemoryRefreshStore();
  let pruned: string[] = [];
  oneTime.prune = async () => (pruned.push('one-time'), 0);
  refresh.prune = async () => (pruned.push('refresh'), 0);
  await using t = await start({
    oneTime: { store: provideValue(ONE_TIME_STORE, oneTime) },
    refresh: { store: provideValue(REFRESH_STORE, refresh) },
  });
  const both = async (): Promise<void> => {
    await t.oneTime.issue({ purpose: 'reset', subject: 'ada', lifetime: 900 });
    await t.refresh.issue('ada');
  };
  // A machine that starts before it knows the time may believe in any year.
  t.clock.forward(20 * 365 * 24 * HOUR);
  await both();
  t.clock.forward(-20 * 365 * 24 * HOUR);
  pruned = [];
  await both();
  expect(pruned).toEqual(['one-time', 'refresh']);
});

test('links, refresh tokens, keys and sessions outlive a jump ahead of an hour that is shorter than they are, and a jump back [AU-09]', async () => {
  await using t = await start({ throttle: { store: provideValue(ATTEMPT_STORE, new MemoryAttemptStore()) } });
  const link = await t.oneTime.issue({ purpose: 'verify', subject: 'ada', lifetime: 24 * HOUR });
  const refresh = await t.refresh.issue('ada');
  const key = await t.apiKeys.create({ owner: 'ada', name: 'deploy', lifetime: 24 * HOUR });
  const session = await t.sessions.create('ada', { remember: true });
  for (const jump of [HOUR, -HOUR, -HOUR, HOUR]) {
    t.clock.forward(jump);
    expect(await outcome(t.oneTime.find('verify', link.token))).toBe('taken');
    expect(await outcome(t.apiKeys.verify(key.key))).toBe('taken');
    expect((await t.sessions.read(session.token))?.userId).toBe('ada');
    await t.sessions.create('bob');
    await t.oneTime.issue({ purpose: 'verify', subject: 'bob', lifetime: 60 });
  }
  expect(await outcome(t.refresh.rotate(refresh.token))).toBe('taken');
  t.clock.forward(25 * HOUR);
  expect(await outcome(t.oneTime.find('verify', link.token))).toBe('AUTH_ONE_TIME_TOKEN');
  expect(await outcome(t.apiKeys.verify(key.key))).toBe('AUTH_API_KEY_EXPIRED');
});
