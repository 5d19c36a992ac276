import { expect, test } from 'vitest';
import { EVENTS, type App } from '@plinth/core';
import {
  ATTEMPT_STORE,
  MemoryAttemptStore,
  MemoryOneTimeStore,
  ONE_TIME_STORE,
  OneTimeTokens,
  SECURITY_EVENT,
  type SecurityEvent,
} from '@plinth/auth';
import { provideValue } from '@plinth/core';
import { appKey, startTokens, StillClock } from './token-support.js';

const RESET = { purpose: 'reset', subject: '7', lifetime: 900 };
const refusedToken = { code: 'AUTH_ONE_TIME_TOKEN', kind: 'invalid' };
const refusedCode = { code: 'AUTH_ONE_TIME_CODE', kind: 'invalid' };
const start = (clock = new StillClock(), store = new MemoryOneTimeStore(), env = {}): Promise<App> =>
  startTokens({ oneTime: { store: provideValue(ONE_TIME_STORE, store) } }, { clock, env });

test('a link works once, and says whose it is [AU-09]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const tokens = app.get(OneTimeTokens);
  const { token, expiresAt } = await tokens.issue({ ...RESET, data: { mail: 'a@example.org' } });
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(expiresAt.getTime()).toBe(clock.now() + 900_000);
  const taken = { subject: '7', data: { mail: 'a@example.org' }, issuedAt: clock.date(), expiresAt };
  expect(await tokens.find('reset', token)).toEqual(taken);
  expect(await tokens.take('reset', token)).toEqual(taken);
  await expect(tokens.take('reset', token)).rejects.toMatchObject(refusedToken);
  await expect(tokens.find('reset', token)).rejects.toMatchObject(refusedToken);
});

test('of 50 requests with one link at the same time one gets through [AU-09]', async () => {
  await using app = await start();
  const tokens = app.get(OneTimeTokens);
  const { token } = await tokens.issue(RESET);
  const taken = await Promise.allSettled(Array.from({ length: 50 }, () => tokens.take('reset', token)));
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a link ends with its time, with a newer one, and with a revocation [AU-09]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const tokens = app.get(OneTimeTokens);
  const first = await tokens.issue(RESET);
  const second = await tokens.issue(RESET);
  await expect(tokens.take('reset', first.token)).rejects.toMatchObject(refusedToken);
  clock.forward(899);
  expect(await tokens.find('reset', second.token)).toMatchObject({ subject: '7' });
  clock.forward(1);
  await expect(tokens.take('reset', second.token)).rejects.toMatchObject(refusedToken);
  const third = await tokens.issue(RESET);
  expect(await tokens.revokeAll('7', 'reset')).toBe(1);
  await expect(tokens.take('reset', third.token)).rejects.toMatchObject(refusedToken);
});

test('a link fits its purpose only, and is not lost at another [AU-12]', async () => {
  await using app = await start();
  const tokens = app.get(OneTimeTokens);
  const { token } = await tokens.issue(RESET);
  await expect(tokens.take('verify', token)).rejects.toMatchObject(refusedToken);
  await expect(tokens.takeCode('reset', token, '12345678')).rejects.toMatchObject(refusedCode);
  for (const other of ['', 'x', `${token}x`, token.slice(1), `' OR 1=1; --`]) {
    await expect(tokens.take('reset', other)).rejects.toMatchObject(refusedToken);
  }
  expect(await tokens.take('reset', token)).toMatchObject({ subject: '7' });
});

test('the store holds no token and no code, nor anything from which a code can be found', async () => {
  const store = new MemoryOneTimeStore();
  const put: unknown[] = [];
  store.put = async (record) => void put.push(record);
  await using app = await start(undefined, store);
  const { token } = await app.get(OneTimeTokens).issue(RESET);
  const { code, requestId } = await app.get(OneTimeTokens).issueCode(RESET);
  const text = JSON.stringify(put);
  expect(text).not.toContain(token);
  expect(text).not.toContain(requestId);
  expect(text).not.toContain(code);
  const { createHash, createHmac } = await import('node:crypto');
  const [, record] = put as { tokenHash: string; codeHash: string }[];
  const plain = createHash('sha256')
    .update(JSON.stringify(['reset', record!.tokenHash, code]))
    .digest('base64url');
  const keyless = createHmac('sha256', '')
    .update(JSON.stringify(['reset', record!.tokenHash, code]))
    .digest('base64url');
  expect([plain, keyless]).not.toContain(record!.codeHash);
});

test('a code has eight digits, works once, and only with its request [AU-12]', async () => {
  await using app = await start();
  const tokens = app.get(OneTimeTokens);
  const mine = await tokens.issueCode(RESET);
  const theirs = await tokens.issueCode({ ...RESET, subject: '8' });
  expect(mine.code).toMatch(/^\d{8}$/);
  await expect(tokens.takeCode('reset', theirs.requestId, mine.code)).rejects.toMatchObject(refusedCode);
  await expect(tokens.takeCode('verify', mine.requestId, mine.code)).rejects.toMatchObject(refusedCode);
  // As people type it.
  const typed = ` ${mine.code.slice(0, 4)}-${mine.code.slice(4)} `;
  expect(await tokens.takeCode('reset', mine.requestId, typed)).toMatchObject({ subject: '7' });
  await expect(tokens.takeCode('reset', mine.requestId, mine.code)).rejects.toMatchObject(refusedCode);
});

test('a code can be tried five times: then the right one is refused too', async () => {
  await using app = await start();
  const tokens = app.get(OneTimeTokens);
  const { requestId, code } = await tokens.issueCode(RESET);
  const wrong = code === '00000000' ? '00000001' : '00000000';
  for (let attempt = 0; attempt < 5; attempt++) await expect(tokens.takeCode('reset', requestId, wrong)).rejects.toMatchObject(refusedCode);
  await expect(tokens.takeCode('reset', requestId, code)).rejects.toMatchObject(refusedCode);
});

test('new codes are no new tries: of one subject and purpose ten an hour count, and a right one in time forgives them [AU-12]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const tokens = app.get(OneTimeTokens);
  const guess = async (times: number, subject = '7') => {
    const { requestId, code } = await tokens.issueCode({ ...RESET, subject });
    const wrong = code === '00000000' ? '00000001' : '00000000';
    for (let count = 0; count < times; count++) await expect(tokens.takeCode('reset', requestId, wrong)).rejects.toMatchObject(refusedCode);
  };
  const right = async (options = RESET) => {
    const { requestId, code } = await tokens.issueCode(options);
    return tokens.takeCode(options.purpose, requestId, code);
  };
  await guess(5);
  await guess(4);
  expect(await right()).toMatchObject({ subject: '7' });
  await guess(5);
  await guess(5);
  await expect(right()).rejects.toMatchObject(refusedCode);
  // Neither another user nor another purpose pays for it, and it is over after an hour.
  expect(await right({ ...RESET, subject: '8' })).toMatchObject({ subject: '8' });
  expect(await right({ ...RESET, purpose: 'verify' })).toMatchObject({ subject: '7' });
  clock.forward(3_599);
  await expect(right()).rejects.toMatchObject(refusedCode);
  clock.forward(1);
  expect(await right()).toMatchObject({ subject: '7' });
});

test('of fifty guesses at the same time, over ten codes, ten are compared [AU-12]', async () => {
  const attempts = new MemoryAttemptStore();
  let allowed = 0;
  const take = attempts.take.bind(attempts);
  attempts.take = async (...args) => {
    const taken = await take(...args);
    if (taken.allowed) allowed += 1;
    return taken;
  };
  await using app = await startTokens({ throttle: { store: provideValue(ATTEMPT_STORE, attempts) } }, { clock: new StillClock() });
  const tokens = app.get(OneTimeTokens);
  for (let round = 0; round < 10; round++) {
    const { requestId } = await tokens.issueCode(RESET);
    await Promise.allSettled(Array.from({ length: 5 }, () => tokens.takeCode('reset', requestId, 'no code')));
  }
  expect(allowed).toBe(10);
});

test('a text that is far too long for a code is none', async () => {
  await using app = await start();
  const { requestId, code } = await app.get(OneTimeTokens).issueCode(RESET);
  for (const text of [`${code}${' '.repeat(100_000)}`, `${code}0`, code.slice(1), ''])
    await expect(app.get(OneTimeTokens).takeCode('reset', requestId, text)).rejects.toMatchObject(refusedCode);
  for (const id of ['', 'x', '__proto__'])
    await expect(app.get(OneTimeTokens).takeCode('reset', id, code)).rejects.toMatchObject(refusedCode);
});

test('50 guesses at the same time are five tries, and texts that are no code count too', async () => {
  const store = new MemoryOneTimeStore();
  await using app = await start(undefined, store);
  const tokens = app.get(OneTimeTokens);
  const { requestId, code } = await tokens.issueCode(RESET);
  const guesses = Array.from({ length: 50 }, (_each, index) => (index % 2 === 0 ? String(index).padStart(8, '9') : 'abc'));
  const results = await Promise.allSettled(
    guesses.filter((guess) => guess !== code).map((guess) => tokens.takeCode('reset', requestId, guess)),
  );
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  await expect(tokens.takeCode('reset', requestId, code)).rejects.toMatchObject(refusedCode);
});

test('of 50 right answers at the same time one gets through', async () => {
  await using app = await start();
  const tokens = app.get(OneTimeTokens);
  const { requestId, code } = await tokens.issueCode(RESET);
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => tokens.takeCode('reset', requestId, code)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a code for an unknown address looks like any other, and none fits it [AU-09]', async () => {
  await using app = await start();
  const tokens = app.get(OneTimeTokens);
  const known = await tokens.issueCode(RESET);
  const unknown = await tokens.issueCode({ ...RESET, subject: undefined });
  expect(Object.keys(unknown)).toEqual(Object.keys(known));
  expect(unknown.requestId).toHaveLength(known.requestId.length);
  await expect(tokens.takeCode('reset', unknown.requestId, unknown.code)).rejects.toMatchObject(refusedCode);
});

test('a code outlives a change of APP_KEY as long as the former key is listed', async () => {
  const store = new MemoryOneTimeStore();
  await using before = await start(undefined, store, { APP_KEY: appKey(1) });
  const [first, second] = [
    await before.get(OneTimeTokens).issueCode(RESET),
    await before.get(OneTimeTokens).issueCode({ ...RESET, subject: '8' }),
  ];
  await using after = await start(undefined, store, { APP_KEY: `${appKey(2)},${appKey(1)}` });
  expect(await after.get(OneTimeTokens).takeCode('reset', first.requestId, first.code)).toMatchObject({ subject: '7' });
  await using other = await start(undefined, store, { APP_KEY: appKey(2) });
  await expect(other.get(OneTimeTokens).takeCode('reset', second.requestId, second.code)).rejects.toMatchObject(refusedCode);
});

test('a wrong code is noted, without the code [AU-21]', async () => {
  await using app = await start();
  const noted: SecurityEvent[] = [];
  app.get(EVENTS).on(SECURITY_EVENT, (event) => void noted.push(event));
  const { requestId, code } = await app.get(OneTimeTokens).issueCode(RESET);
  const wrong = code === '00000000' ? '00000001' : '00000000';
  await app
    .get(OneTimeTokens)
    .takeCode('reset', requestId, wrong)
    .catch(() => undefined);
  await expect
    .poll(() => noted)
    .toEqual([{ type: 'one-time-code.refused', outcome: 'failure', userId: '7', details: { purpose: 'reset', tries: 1 } }]);
});

test('what expired is pruned', async () => {
  const clock = new StillClock();
  const store = new MemoryOneTimeStore();
  await using app = await start(clock, store);
  await app.get(OneTimeTokens).issue(RESET);
  clock.forward(900);
  await app.get(OneTimeTokens).issue({ ...RESET, subject: '8' });
  expect(await store.removeAll('7')).toBe(0);
});

test('options that make no sense are refused', async () => {
  await using app = await start();
  const tokens = app.get(OneTimeTokens);
  for (const wrong of [
    { purpose: '' },
    { purpose: 'x'.repeat(65) },
    { subject: '' },
    { subject: 'x'.repeat(256) },
    { lifetime: 0 },
    { lifetime: 1.5 },
    { lifetime: 2_592_001 },
    { data: { text: 'x'.repeat(4_096) } },
  ]) {
    await expect(tokens.issue({ ...RESET, ...wrong }), JSON.stringify(wrong).slice(0, 40)).rejects.toMatchObject({
      code: 'AUTH_ONE_TIME_OPTIONS',
    });
  }
});
