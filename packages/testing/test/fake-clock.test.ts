import { fakeClock } from '@plinth/testing';
import { expect, test } from 'vitest';

test('the clock stands still until it is advanced', async () => {
  const clock = fakeClock('2026-01-01T00:00:00Z');
  expect(clock.date().toISOString()).toBe('2026-01-01T00:00:00.000Z');
  await clock.advance(250);
  expect([clock.now() - Date.parse('2026-01-01T00:00:00Z'), clock.monotonic()]).toEqual([250, 250]);
});

test('timers fire in the order of their times, at their times', async () => {
  const clock = fakeClock(0);
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
  clock.setTimeout(note('c'), 30);
  clock.setTimeout(note('a'), 10);
  clock.setTimeout(note('b'), 10);
  clock.setTimeout(note('never'), 31);
  clock.setTimeout(note('cancelled'), 5).cancel();
  await clock.advance(30);
  expect(fired).toEqual(['a@10', 'b@10', 'c@30']);
  expect(clock.pending).toBe(1);
});

test('a timer that a timer sets fires in the same advance', async () => {
  const clock = fakeClock(0);
  const at: number[] = [];
  clock.setTimeout(() => clock.setTimeout(() => at.push(clock.now()), 10), 10);
  await clock.advance(100);
  expect(at).toEqual([20]);
});

test('a loop of sleeps goes round as often as it would', async () => {
  const clock = fakeClock(0);
  let rounds = 0;
  const loop = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(100);
      rounds++;
    }
  };
  void loop();
  await clock.advance(1000);
  expect(rounds).toBe(10);
});

test('an aborted sleep rejects with the reason and leaves no timer', async () => {
  const clock = fakeClock(0);
  const controller = new AbortController();
  const slept = clock.sleep(100, { signal: controller.signal });
  controller.abort(new Error('gone'));
  await expect(slept).rejects.toThrow('gone');
  expect(clock.pending).toBe(0);
});

test('setting the clock moves the date, not the time that passes', async () => {
  const clock = fakeClock(1_000_000);
  const fired: number[] = [];
  clock.setTimeout(() => fired.push(clock.now()), 100);
  await clock.advance(50);
  clock.set(0);
  expect([clock.now(), clock.monotonic(), fired]).toEqual([0, 50, []]);
  await clock.advance(50);
  expect(fired).toEqual([50]);
});

test('the clock does not go backwards by advancing', async () => {
  await expect(fakeClock().advance(-1)).rejects.toMatchObject({ code: 'TESTING_CLOCK_BACKWARDS' });
  await expect(fakeClock().advance(Number.NaN)).rejects.toMatchObject({ code: 'TESTING_CLOCK_BACKWARDS' });
});
