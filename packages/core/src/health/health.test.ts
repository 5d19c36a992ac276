import { expect, test } from 'vitest';
import { sleepOn, type Clock, type Timer } from '../time/clock.js';
import { ApplicationHealth } from './health.js';

/** A clock that moves only when told. */
function manualClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  let timers: { at: number; callback: () => void }[] = [];
  const setTimer = (callback: () => void, ms: number): Timer => {
    const timer = { at: now + ms, callback };
    timers.push(timer);
    return { cancel: () => void (timers = timers.filter((other) => other !== timer)) };
  };
  return {
    now: () => now,
    date: () => new Date(now),
    monotonic: () => now,
    setTimeout: setTimer,
    sleep: (ms, options) => sleepOn(setTimer, ms, options),
    advance: (ms) => {
      now += ms;
      const due = timers.filter((timer) => timer.at <= now);
      timers = timers.filter((timer) => timer.at > now);
      for (const timer of due) timer.callback();
    },
  };
}

function start() {
  const clock = manualClock();
  const health = new ApplicationHealth(clock);
  return { clock, health };
}

test('readiness is down while starting and stopping, liveness is not, and start-up turns up once [OB-01]', async () => {
  const { health } = start();
  expect(await health.ready()).toMatchObject({ status: 'down', reasons: ['starting'] });
  expect(await health.startup()).toMatchObject({ status: 'down' });
  expect(await health.live()).toMatchObject({ status: 'up' });
  health.started();
  expect(await health.ready()).toMatchObject({ status: 'up', reasons: [] });
  expect(await health.startup()).toMatchObject({ status: 'up' });
  health.stopping();
  expect(await health.ready()).toMatchObject({ status: 'down', reasons: ['stopping'] });
  expect(await health.startup()).toMatchObject({ status: 'up' });
  expect(await health.live()).toMatchObject({ status: 'up' });
});

test('a failing check takes readiness down, with its reason and no password [OB-01]', async () => {
  const { health } = start();
  health.started();
  health.add({ name: 'disk', check: () => ({ free: 12 }) });
  health.add({
    name: 'database',
    check: () => {
      throw new Error('no answer from postgres://me:hunter2@db');
    },
  });
  expect(await health.ready()).toEqual({
    probe: 'ready',
    status: 'down',
    reasons: [],
    checks: [
      { name: 'disk', status: 'up', duration: 0, details: { free: 12 } },
      { name: 'database', status: 'down', duration: 0, reason: 'no answer from postgres://me:[redacted]@db' },
    ],
  });
  expect(await health.live()).toMatchObject({ status: 'up', checks: [] });
});

test('a check that does not answer is down after its time, and its signal aborts [OB-01]', async () => {
  const { health, clock } = start();
  health.started();
  let signal: AbortSignal | undefined;
  health.add({
    name: 'slow',
    timeout: 500,
    check: (given) => {
      signal = given;
      return new Promise(() => undefined);
    },
  });
  health.add({ name: 'standard', check: () => new Promise(() => undefined) });
  const report = health.ready();
  await Promise.resolve();
  clock.advance(500);
  expect(signal?.aborted).toBe(true);
  clock.advance(1_500);
  expect((await report).checks).toEqual([
    { name: 'slow', status: 'down', duration: 500, reason: 'no answer within 500 ms' },
    { name: 'standard', status: 'down', duration: 2_000, reason: 'no answer within 2000 ms' },
  ]);
});

test('checks run side by side, and their results are shared for a second [OB-01]', async () => {
  const { health, clock } = start();
  health.started();
  let calls = 0;
  const release: (() => void)[] = [];
  for (const name of ['a', 'b'])
    health.add({
      name,
      check: () => {
        calls++;
        return new Promise<void>((resolve) => release.push(resolve));
      },
    });
  const reports = Promise.all(Array.from({ length: 100 }, () => health.ready()));
  await Promise.resolve();
  expect(release).toHaveLength(2);
  release.forEach((resolve) => resolve());
  expect((await reports).every(({ status }) => status === 'up')).toBe(true);
  clock.advance(999);
  await health.ready();
  expect(calls).toBe(2);
  clock.advance(1);
  void health.ready();
  await Promise.resolve();
  expect(calls).toBe(4);
});

test('readiness can be taken down and up again, by several at once [OB-01]', async () => {
  const { health } = start();
  health.started();
  const up = health.down('maintenance');
  const other = health.down('maintenance');
  expect(await health.ready()).toMatchObject({ status: 'down', reasons: ['maintenance', 'maintenance'], checks: [] });
  up();
  up();
  expect(await health.ready()).toMatchObject({ status: 'down' });
  other();
  expect(await health.ready()).toMatchObject({ status: 'up' });
});

test('a check speaks for the probes it names', async () => {
  const { health } = start();
  health.started();
  health.add({ name: 'loop', probes: ['live', 'startup'], check: () => Promise.reject(new Error('stuck')) });
  expect(await health.live()).toMatchObject({ status: 'down' });
  expect(await health.startup()).toMatchObject({ status: 'down' });
  expect(await health.ready()).toMatchObject({ status: 'up', checks: [] });
});

test('two checks cannot share a name', () => {
  const { health } = start();
  health.add({ name: 'a', check: () => undefined });
  expect(() => health.add({ name: 'a', check: () => undefined })).toThrow(expect.objectContaining({ code: 'CORE_HEALTH_CHECK_NAME' }));
});
