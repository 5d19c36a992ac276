import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AttemptPolicy, AttemptStore } from '../protect/attempt-store.js';
import type { TestRunner } from './store-checks.js';

/** A store of attempts, and how to let go of it. */
export interface MadeAttemptStore {
  readonly store: AttemptStore;
  /** Another one that counts the same keys, as a second process would have it. */
  readonly another?: AttemptStore;
  close?(): unknown;
}

const NOW = Date.now();
const SECOND = 1_000;
const DAY = 86_400_000;
const slow: AttemptPolicy = { delays: [0, 0, 0, SECOND, 2 * SECOND, 4 * SECOND], limit: 0, forget: DAY, since: 'last' };
const window: AttemptPolicy = { delays: [0, 0, 0, 60 * SECOND], limit: 0, forget: 60 * SECOND, since: 'first' };
const free: AttemptPolicy = { delays: [0], limit: 0, forget: DAY, since: 'last' };

/**
 * The contract of `AttemptStore` as a test suite: whoever passes it can stand behind `Throttle`.
 *
 * @example
 * describeAttemptStore('redis', async () => ({ store: await createRedisStore() }), { describe, test });
 */
export function describeAttemptStore(name: string, make: () => Promise<MadeAttemptStore>, runner: TestRunner): void {
  const { describe, test } = runner;
  const check = (sentence: string, body: (store: AttemptStore, another: AttemptStore) => Promise<void>): unknown =>
    test(sentence, async () => {
      const made = await make();
      try {
        await body(made.store, made.another ?? made.store);
      } finally {
        await made.close?.();
      }
    });

  describe(`AttemptStore: ${name}`, () => {
    check('counts attempts, and makes those wait that come too soon after too many', async (store) => {
      const key = newKey();
      for (let count = 1; count <= 3; count++)
        assert.deepEqual(await store.take(key, slow, NOW + count), { allowed: true, count, wait: 0 });
      assert.deepEqual(await store.take(key, slow, NOW + 4), { allowed: false, count: 3, wait: 999 });
      assert.deepEqual(await store.take(key, slow, NOW + 3 + 999), { allowed: false, count: 3, wait: 1 });
      assert.deepEqual(await store.take(key, slow, NOW + 3 + SECOND), { allowed: true, count: 4, wait: 0 });
      assert.deepEqual(await store.take(key, slow, NOW + 3 + SECOND), { allowed: false, count: 4, wait: 2 * SECOND });
      assert.deepEqual(await store.take(key, slow, NOW + 3 + 3 * SECOND), { allowed: true, count: 5, wait: 0 });
      assert.deepEqual(await store.take(key, slow, NOW + 3 + 7 * SECOND), { allowed: true, count: 6, wait: 0 });
      assert.deepEqual(await store.take(key, slow, NOW + 3 + 7 * SECOND), { allowed: false, count: 6, wait: 4 * SECOND });
    });

    check('a count at its limit is told and stays, however often it is asked for, and another policy counts on from it', async (store) => {
      const key = newKey();
      const reading: AttemptPolicy = { delays: [0], limit: 1, forget: 180 * DAY, since: 'last' };
      const asked = async (now: number) => (await store.take(key, reading, now)).count;
      assert.deepEqual([await asked(NOW), await asked(NOW + 1), await asked(NOW + 2)], [1, 1, 1]);
      assert.deepEqual(await store.take(key, { ...reading, limit: 0 }, NOW + 3), { allowed: true, count: 2, wait: 0 });
      assert.deepEqual([await asked(NOW + 4), await asked(NOW + 3 + 180 * DAY - 1)], [2, 2]);
      assert.equal(await asked(NOW + 3 + 180 * DAY), 1);
    });

    check('fifty attempts at once count fifty', async (store, another) => {
      const key = newKey();
      const taken = await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 ? store : another).take(key, free, NOW)));
      assert.deepEqual(
        taken.map(({ count }) => count).toSorted((a, b) => a - b),
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
      assert.ok(taken.every(({ allowed }) => allowed));
    });

    check('of fifty attempts at once as many are allowed as one after the other', async (store, another) => {
      const key = newKey();
      const taken = await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 ? store : another).take(key, slow, NOW)));
      assert.equal(taken.filter(({ allowed }) => allowed).length, 3);
      assert.deepEqual(new Set(taken.filter(({ allowed }) => !allowed).map(({ wait }) => wait)), new Set([SECOND]));
    });

    check('from its limit on it refuses without a time, until the count is cleared or forgotten', async (store) => {
      const key = newKey();
      const limited = { ...free, limit: 4 };
      for (let count = 1; count <= 4; count++) assert.equal((await store.take(key, limited, NOW)).allowed, true);
      for (const later of [0, SECOND, DAY - 1])
        assert.deepEqual(await store.take(key, limited, NOW + later), { allowed: false, count: 4, wait: 0 });
      assert.deepEqual(await store.take(key, free, NOW), { allowed: true, count: 5, wait: 0 });
      await store.clear(key);
      assert.deepEqual(await store.take(key, limited, NOW), { allowed: true, count: 1, wait: 0 });
    });

    check('forgets a count after its time since the last attempt', async (store) => {
      const key = newKey();
      for (const at of [0, DAY - 1, 2 * DAY - 3]) assert.equal((await store.take(key, slow, NOW + at)).allowed, true);
      assert.equal((await store.take(key, slow, NOW + 2 * DAY - 3)).allowed, false);
      assert.equal((await store.take(key, slow, NOW + 3 * DAY - 3)).count, 1);
    });

    check('forgets a count after its time since the first attempt, however many came since', async (store) => {
      const key = newKey();
      for (const at of [0, 20, 40]) assert.equal((await store.take(key, window, NOW + at * SECOND)).allowed, true);
      assert.deepEqual(await store.take(key, window, NOW + 45 * SECOND), { allowed: false, count: 3, wait: 15 * SECOND });
      assert.deepEqual(await store.take(key, window, NOW + 60 * SECOND), { allowed: true, count: 1, wait: 0 });
    });

    check('takes an attempt back, and never more than were counted', async (store) => {
      const key = newKey();
      await store.release(key);
      for (let count = 1; count <= 3; count++) await store.take(key, slow, NOW);
      await store.release(key);
      assert.deepEqual(await store.take(key, slow, NOW), { allowed: true, count: 3, wait: 0 });
      for (let count = 1; count <= 5; count++) await store.release(key);
      assert.deepEqual(await store.take(key, slow, NOW), { allowed: true, count: 1, wait: 0 });
    });

    check('a clock that is set back makes nobody wait longer than the delay', async (store) => {
      const key = newKey();
      for (let count = 1; count <= 3; count++) await store.take(key, slow, NOW);
      const back = NOW - 5 * 3_600 * SECOND;
      assert.deepEqual(await store.take(key, slow, back), { allowed: false, count: 3, wait: SECOND });
      assert.deepEqual(await store.take(key, slow, back + SECOND), { allowed: true, count: 4, wait: 0 });
      for (let count = 1; count <= 3; count++) await store.take(`${key}w`, window, NOW);
      assert.deepEqual(await store.take(`${key}w`, window, back), { allowed: false, count: 3, wait: 60 * SECOND });
      assert.equal((await store.take(`${key}w`, window, back + 60 * SECOND)).allowed, true);
    });

    check('a clock that jumps ahead and back forgets no count that is not over', async (store) => {
      const key = newKey();
      for (let count = 1; count <= 3; count++) await store.take(key, slow, NOW);
      assert.deepEqual(await store.take(key, slow, NOW + DAY / 2), { allowed: true, count: 4, wait: 0 });
      assert.deepEqual(await store.take(key, slow, NOW), { allowed: false, count: 4, wait: 2 * SECOND });
    });

    check('keeps keys apart', async (store) => {
      const [a, b] = [newKey(), newKey()];
      for (let count = 1; count <= 3; count++) await store.take(a, slow, NOW);
      assert.equal((await store.take(b, slow, NOW)).count, 1);
      await store.clear(b);
      assert.equal((await store.take(a, slow, NOW)).allowed, false);
      assert.equal((await store.take(a.toLowerCase(), slow, NOW)).count, 1);
    });

    check('prunes what is forgotten, and nothing else', async (store) => {
      const [over, kept] = [newKey(), newKey()];
      await store.take(over, window, NOW);
      for (let count = 1; count <= 3; count++) await store.take(kept, slow, NOW);
      const pruned = await store.prune(NOW + 60 * SECOND);
      // A store that lets entries expire by itself (Redis) has nothing left to prune.
      assert.ok(pruned === 1 || pruned === 0, `pruned ${pruned}`);
      assert.equal((await store.take(kept, slow, NOW)).allowed, false);
    });
  });
}

function newKey(): string {
  return `A:${randomUUID()}`;
}
