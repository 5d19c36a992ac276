import { provide, provideValue, type App } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  countedSecondFactorLimit,
  MemorySecondFactorLimit,
  RecoveryCodes,
  SECOND_FACTOR_LIMIT,
  Totp,
  type AuthOptions,
} from '@plinth/auth';
import {
  createAuthAttempts,
  createAuthRecoveryCodes,
  createAuthTotp,
  sqlAttemptStore,
  sqlRecoveryCodeStore,
  sqlTotpStore,
} from '@plinth/auth/data';
import { startAuth, StillClock } from '../support.js';
import { codeAt } from './authenticator.js';

class Needs {
  constructor(
    readonly totp: Totp,
    readonly codes: RecoveryCodes,
  ) {}
}
const needs = provide(Needs, { deps: [Totp, RecoveryCodes] });
const unlimited = provideValue(SECOND_FACTOR_LIMIT, { take: async () => {}, reset: async () => {} });

async function outcomes(tries: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(tries)) {
    const key = result.status === 'fulfilled' ? 'taken' : String((result.reason as { code?: string }).code ?? result.reason);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_each, index) => make(index));

async function enrolled({ totp }: Needs, clock: StillClock, userId = 'ada'): Promise<string> {
  const { secret } = await totp.enrol(userId, 'ada@example.com');
  await totp.confirm(userId, codeAt(secret, clock.now()));
  clock.forward(60);
  return secret;
}

await describeDialect('second factors of two processes', { describe, test, beforeAll, afterAll }, (suite) => {
  const clock = new StillClock();
  const data = DataModule.with({ migrations: [createAuthTotp, createAuthRecoveryCodes, createAuthAttempts], migrate: 'start' });
  const stores = { totpStore: sqlTotpStore, recoveryCodeStore: sqlRecoveryCodeStore };
  const start = (secondFactor: AuthOptions['secondFactor']): Promise<App> =>
    startAuth(
      { imports: [data], secondFactor: { ...stores, ...secondFactor }, throttle: { store: sqlAttemptStore } },
      { env: { DATABASE_URL: suite.database.url }, clock, module: { imports: [data], providers: [needs] } },
    );

  test('of 40 uses of one recovery code at once one is taken, and it counts down by one [AU-10]', async () => {
    await using one = await start({ limit: unlimited });
    await using two = await start({ limit: unlimited });
    const [code, other] = await one.get(Needs).codes.generate('ada');
    const tries = times(40, (index) => (index % 2 ? one : two).get(Needs).codes.use('ada', code!));
    expect(await outcomes(tries)).toEqual({ taken: 1, AUTH_SECOND_FACTOR_CODE: 39 });
    expect(await two.get(Needs).codes.remaining('ada')).toBe(9);
    expect(await outcomes([two.get(Needs).codes.use('bob', other!), one.get(Needs).codes.use('ADA', other!)])).toEqual({
      AUTH_SECOND_FACTOR_CODE: 2,
    });
    expect(await one.get(Needs).codes.use('ada', other!)).toBe(8);
  });

  test('of 40 uses of one code of an authenticator at once one is taken, and none of the steps before it afterwards [AU-10]', async () => {
    await using one = await start({ limit: unlimited });
    await using two = await start({ limit: unlimited });
    const secret = await enrolled(one.get(Needs), clock);
    const now = clock.now();
    const all = times(40, (index) => (index % 2 ? one : two).get(Needs).totp.verify('ada', codeAt(secret, now)));
    expect(await outcomes(all)).toEqual({ taken: 1, AUTH_SECOND_FACTOR_CODE: 39 });
    // The three codes that would fit now, from the newest down: only the newest is a later step than the one taken.
    const steps = [30_000, 0, -30_000].map((ahead) => codeAt(secret, now + ahead));
    const results: string[] = [];
    for (const code of steps) results.push(...Object.keys(await outcomes([two.get(Needs).totp.verify('ada', code)])));
    expect(results).toEqual(['taken', 'AUTH_SECOND_FACTOR_CODE', 'AUTH_SECOND_FACTOR_CODE']);
  });

  test('of 100 codes guessed at once by two processes ten are looked at, and then not even the right one [AU-10]', async () => {
    await using one = await start({ limit: countedSecondFactorLimit });
    await using two = await start({ limit: countedSecondFactorLimit });
    const secret = await enrolled(one.get(Needs), clock, 'bob');
    const [recovery] = await one.get(Needs).codes.generate('bob');
    const wrong = (index: number): string => String((Number(codeAt(secret, clock.now())) + 500_000 + index) % 1_000_000).padStart(6, '0');
    const tries = times(100, (index) => {
      const { totp, codes } = (index % 2 ? one : two).get(Needs);
      return index % 3 ? totp.verify('bob', wrong(index)) : codes.use('bob', `guess ${index}`);
    });
    expect(await outcomes(tries)).toEqual({ AUTH_SECOND_FACTOR_CODE: 10, AUTH_SECOND_FACTOR_LIMIT: 90 });
    const { totp, codes } = two.get(Needs);
    expect(await outcomes([totp.verify('bob', codeAt(secret, clock.now())), codes.use('bob', recovery!)])).toEqual({
      AUTH_SECOND_FACTOR_LIMIT: 2,
    });
    // Others are not held, and this one not for ever.
    expect(await outcomes([totp.verify('carol', '123456')])).toEqual({ AUTH_SECOND_FACTOR_CODE: 1 });
    clock.forward(3_600);
    expect(await outcomes([codes.use('bob', recovery!)])).toEqual({ taken: 1 });
  });

  test('ids that differ in case, accents or blanks at the end are different users [AU-10]', async () => {
    await using app = await start({ limit: unlimited });
    const { totp, codes } = app.get(Needs);
    const ids = ['zoe', 'ZOE', 'zoe ', 'zoé', 'zoe\u0301', 'zoe\u00a0', 'ｚoe'];
    const [code] = await codes.generate('zoe');
    const secret = await enrolled(app.get(Needs), clock, 'zoe');
    for (const id of ids.slice(1)) {
      expect(await codes.remaining(id), JSON.stringify(id)).toBe(0);
      expect(await outcomes([codes.use(id, code!), totp.verify(id, codeAt(secret, clock.now()))])).toEqual({ AUTH_SECOND_FACTOR_CODE: 2 });
      expect(await codes.remove(id)).toBe(0);
      expect(await totp.disable(id)).toBe(false);
    }
    expect(await outcomes([codes.use('zoe', code!), totp.verify('zoe', codeAt(secret, clock.now()))])).toEqual({ taken: 2 });
  });
});

test('accounts that are tried by the thousand free none of the tries that were made within the hour [AU-10]', async () => {
  const clock = new StillClock();
  const limit = new MemorySecondFactorLimit(clock);
  const take = (count: number, userId: (index: number) => string): Promise<Record<string, number>> =>
    outcomes(times(count, (index) => limit.take(userId(index))));
  // An hour-old crowd goes first when there are too many.
  await take(5_500, (index) => `old ${index}`);
  clock.forward(3_600);
  expect(await take(12, () => 'ada')).toEqual({ taken: 10, AUTH_SECOND_FACTOR_LIMIT: 2 });
  await take(9_000, (index) => `new ${index}`);
  expect(await take(1, () => 'ada')).toEqual({ AUTH_SECOND_FACTOR_LIMIT: 1 });
  // What is kept has an end: those with the least left of their hour are given up.
  clock.forward(60);
  await take(11_000, (index) => `more ${index}`);
  expect(await take(1, () => 'ada')).toEqual({ taken: 1 });
  expect(await take(10, () => 'more 10999')).toEqual({ taken: 9, AUTH_SECOND_FACTOR_LIMIT: 1 });
});

test('what is typed as a code is a code or nothing: no long, foreign or clever text costs more or fits [AU-10]', async () => {
  const clock = new StillClock();
  await using app = await startAuth({ secondFactor: { limit: unlimited } }, { clock, module: { providers: [needs] } });
  const all = app.get(Needs);
  const secret = await enrolled(all, clock);
  const right = codeAt(secret, clock.now());
  const before = performance.now();
  const odd = [
    right.slice(0, 5),
    `${right}0`,
    `0${right}`,
    ` ${right.slice(1)}`,
    right.replace(/./g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    right.replace(/./g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
    `${right}\u0000`,
    `${right}\n`,
    `+${right}`,
    `${right}.0`,
    '0x1e240',
    '',
    ' '.repeat(1_000_000),
    '1'.repeat(1_000_000),
  ];
  for (const code of odd)
    expect(await outcomes([all.totp.verify('ada', code)]), JSON.stringify(code.slice(0, 12))).toEqual({ AUTH_SECOND_FACTOR_CODE: 1 });
  const [recovery] = await all.codes.generate('ada');
  for (const code of ['', '-', recovery!.slice(0, -1), `${recovery!}A`, '%', '_', '*', "' or '1'='1", 'x'.repeat(1_000_000)])
    expect(await outcomes([all.codes.use('ada', code)]), code.slice(0, 40)).toEqual({ AUTH_SECOND_FACTOR_CODE: 1 });
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(await outcomes([all.totp.verify('ada', right), all.codes.use('ada', recovery!.toLowerCase().replaceAll('-', ' '))])).toEqual({
    taken: 2,
  });
});
