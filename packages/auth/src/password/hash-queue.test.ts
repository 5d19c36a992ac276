import { expect, test } from 'vitest';
import { AUTH_ERRORS } from '../errors.js';
import { HashQueue } from './hash-queue.js';

test('no more tasks run at once than the queue allows, and all of them run in order', async () => {
  const queue = new HashQueue({ concurrency: 2, waiting: 10 });
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const task = (number: number) => async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    order.push(number);
    running -= 1;
  };
  await Promise.all([0, 1, 2, 3, 4, 5].map((number) => queue.run(task(number))));
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  expect(queue.waiting).toBe(0);
});

test('a full queue refuses at once, with a number of seconds to wait', async () => {
  const queue = new HashQueue({ concurrency: 1, waiting: 1 });
  let release!: () => void;
  const first = queue.run(() => new Promise<void>((resolve) => (release = resolve)));
  const second = queue.run(async () => 'second');
  const refused = await queue.run(async () => 'third').catch((error: unknown) => error);
  expect(AUTH_ERRORS.BUSY.is(refused)).toBe(true);
  expect(refused).toMatchObject({ kind: 'unavailable', retryAfter: expect.any(Number) });
  release();
  await first;
  expect(await second).toBe('second');
});

test('a task that fails gives its place to the next', async () => {
  const queue = new HashQueue({ concurrency: 1, waiting: 4 });
  const failed = queue.run(() => Promise.reject(new Error('no memory')));
  const next = queue.run(async () => 'ran');
  await expect(failed).rejects.toThrow('no memory');
  expect(await next).toBe('ran');
  expect(await queue.run(async () => 'again')).toBe('again');
});
