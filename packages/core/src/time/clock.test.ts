import { expect, test, vi } from 'vitest';
import { systemClock } from './clock.js';

test('the system clock tells the time and never goes back', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(50);
  expect(Math.abs(systemClock.date().getTime() - Date.now())).toBeLessThan(50);
  const before = systemClock.monotonic();
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before);
});

test('a timer fires once, and not when it was cancelled', async () => {
  const fired = vi.fn();
  const cancelled = vi.fn();
  systemClock.setTimeout(fired, 5);
  systemClock.setTimeout(cancelled, 5).cancel();
  await systemClock.sleep(30);
  expect(fired).toHaveBeenCalledTimes(1);
  expect(cancelled).not.toHaveBeenCalled();
});

test('a delay of more than 32 bits does not fire at once', () => {
  vi.useFakeTimers();
  try {
    const fired = vi.fn();
    systemClock.setTimeout(fired, 40 * 86_400_000);
    vi.advanceTimersByTime(39 * 86_400_000);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(86_400_000);
    expect(fired).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

test('sleeping ends with the reason of the signal', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  await expect(systemClock.sleep(1, { signal: controller.signal })).rejects.toThrow('enough');
});
