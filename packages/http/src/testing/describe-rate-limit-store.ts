import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RateLimitPolicy, RateLimitStore } from '../rate-limit/rate-limit-store.js';
import { withOwnStore, type TestRunner } from './test-runner.js';

/** A store, and how to let go of it. Keys of the suite are random, so it need not be empty. */
export interface MadeRateLimitStore {
  readonly store: RateLimitStore;
  /** Other processes' eyes on the same counts, where the store has such a thing. */
  readonly another?: RateLimitStore;
  /** Sets the clock of the store back by so many milliseconds, or moves what it has stored as far ahead. Without it that test is left out. */
  setBack?(milliseconds: number): unknown;
  close?(): unknown;
}

const SECOND = 1_000_000;

/**
 * The contract of `RateLimitStore` as a test suite: whoever passes it can stand behind the rate limits.
 *
 * @example
 * describeRateLimitStore('memory', async () => ({ store: new MemoryRateLimitStore() }), { describe, test });
 */
export function describeRateLimitStore(name: string, make: () => Promise<MadeRateLimitStore>, runner: TestRunner): void {
  const check = withOwnStore(runner, make);

  runner.describe(`RateLimitStore: ${name}`, () => {
    check('a burst passes and what follows is told how long to wait', async ({ store }) => {
      const [key, policy] = [randomUUID(), hourly(5)];
      for (let taken = 1; taken <= 5; taken++) {
        const left = await store.take(key, 1, policy);
        near(left, taken * policy.interval, 'the backlog after a take');
      }
      const refused = await store.take(key, 1, policy);
      near(refused, -policy.interval, 'the wait of a refused take');
    });

    check('of 50 that take at the same time exactly as many pass as there are units', async ({ store, another }) => {
      const [key, policy] = [randomUUID(), hourly(20)];
      const results = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => (index % 2 === 0 ? store : (another ?? store)).take(key, 1, policy)),
      );
      assert.equal(results.filter((left) => left >= 0).length, 20);
    });

    check('of 50 that take several units each exactly as many pass as fit', async ({ store }) => {
      const [key, policy] = [randomUUID(), hourly(20)];
      const results = await Promise.all(Array.from({ length: 50 }, async () => store.take(key, 3, policy)));
      assert.equal(results.filter((left) => left >= 0).length, 6);
    });

    check('a refused take takes nothing', async ({ store }) => {
      const [key, policy] = [randomUUID(), hourly(10)];
      assert.ok((await store.take(key, 7, policy)) >= 0);
      for (let attempt = 0; attempt < 20; attempt++) assert.ok((await store.take(key, 4, policy)) < 0);
      assert.ok((await store.take(key, 3, policy)) >= 0);
      assert.ok((await store.take(key, 1, policy)) < 0);
    });

    check('the whole burst can be taken at once, and one more never', async ({ store }) => {
      const policy = hourly(10);
      const [first, second] = [randomUUID(), randomUUID()];
      assert.ok((await store.take(first, 11, policy)) < 0);
      assert.ok((await store.take(first, 10, policy)) >= 0);
      assert.ok((await store.take(second, 1_000_000, policy)) < 0);
      assert.ok((await store.take(second, 10, policy)) >= 0);
    });

    check('units come back one after the other at the rate', async ({ store }) => {
      // Ten a second, two at once.
      const [key, policy] = [randomUUID(), { name: 'suite quick', interval: SECOND / 10, capacity: SECOND / 5 }];
      assert.ok((await store.take(key, 2, policy)) >= 0);
      const wait = await store.take(key, 1, policy);
      assert.ok(wait < 0);
      await sleep(-wait / 1000 + 5);
      assert.ok((await store.take(key, 1, policy)) >= 0, 'after the wait that it was told, a take passes');
      assert.ok((await store.take(key, 2, policy)) < 0);
      await sleep(250);
      assert.ok((await store.take(key, 2, policy)) >= 0, 'after a pause the whole burst is there again, and no more');
      assert.ok((await store.take(key, 1, policy)) < 0);
    });

    check('over a while the rate holds', async ({ store }) => {
      const [key, policy] = [randomUUID(), { name: 'suite steady', interval: SECOND / 50, capacity: (SECOND / 50) * 5 }];
      const begun = performance.now();
      let passed = 0;
      while (performance.now() - begun < 600) {
        if ((await store.take(key, 1, policy)) >= 0) passed++;
        await sleep(2);
      }
      const most = 5 + ((performance.now() - begun) / 1000) * 50 + 1;
      assert.ok(passed <= most, `${passed} passed, of at most ${most}`);
      assert.ok(passed >= 10, `only ${passed} passed`);
    });

    check('keys do not meet, however they are written', async ({ store }) => {
      const policy = hourly(1);
      const base = randomUUID();
      const endings = [
        '',
        ' ',
        ':',
        '::',
        ':a',
        '%',
        '#',
        '\0',
        '\n',
        '\r\n',
        '\u0001',
        "'",
        '"',
        '\\',
        '*',
        '?',
        '{a}',
        'A',
        'a',
        'ä',
        'a\u0308',
        '😀',
        '\ud83d',
        '\ud83e',
      ];
      const keys = [...endings.map((ending) => base + ending), `${base}${'x'.repeat(100_000)}`, `${base}${'x'.repeat(100_000)}y`];
      for (const key of keys) assert.ok((await store.take(key, 1, policy)) >= 0, `the first of ${JSON.stringify(key.slice(0, 60))}`);
      for (const key of keys) assert.ok((await store.take(key, 1, policy)) < 0, `the second of ${JSON.stringify(key.slice(0, 60))}`);
    });

    check('the empty key is a key', async ({ store }) => {
      const policy = { ...hourly(1), name: randomUUID() };
      assert.ok((await store.take('', 1, policy)) >= 0);
      assert.ok((await store.take('', 1, policy)) < 0);
    });

    check('policies of different names do not meet on one key', async ({ store }) => {
      const key = randomUUID();
      const policies = ['a', 'a:b', 'b', 'a b', '', `${'n'.repeat(5_000)}`, '"\\\0'].map((label) => ({
        ...hourly(1),
        name: `suite ${label}`,
      }));
      for (const policy of policies) assert.ok((await store.take(key, 1, policy)) >= 0);
      for (const policy of policies) assert.ok((await store.take(key, 1, policy)) < 0);
      const pair = randomUUID();
      assert.ok((await store.take(`b:${pair}`, 1, { ...hourly(1), name: 'suite a' })) >= 0);
      assert.ok((await store.take(pair, 1, { ...hourly(1), name: 'suite a:b' })) >= 0);
    });

    check('a slow rate is counted exactly: one in a year', async ({ store }) => {
      const interval = 365 * 86_400 * SECOND;
      const [key, policy] = [randomUUID(), { name: 'suite yearly', interval, capacity: interval }];
      near(await store.take(key, 1, policy), interval, 'the backlog');
      near(await store.take(key, 1, policy), -interval, 'the wait');
    });

    check('a policy that has become smaller counts what was taken as its whole burst, not more', async ({ store }) => {
      const key = randomUUID();
      assert.ok((await store.take(key, 100, { name: 'suite changed', interval: 36 * SECOND, capacity: 3600 * SECOND })) >= 0);
      const smaller = { name: 'suite changed', interval: SECOND, capacity: 5 * SECOND };
      const wait = await store.take(key, 1, smaller);
      near(wait, -SECOND, 'the wait');
    });

    check('a clock that is set back locks nobody out', async ({ store, setBack }) => {
      if (setBack === undefined) return;
      const [key, policy] = [randomUUID(), { name: 'suite set back', interval: SECOND / 20, capacity: SECOND / 5 }];
      assert.ok((await store.take(key, 4, policy)) >= 0);
      await setBack(3_600_000);
      const wait = await store.take(key, 1, policy);
      assert.ok(wait >= -SECOND / 5, `told to wait ${-wait} µs`);
      await sleep(300);
      assert.ok((await store.take(key, 1, policy)) >= 0);
    });
  });
}

/** So slow that nothing comes back while a test runs. */
function hourly(burst: number): RateLimitPolicy {
  return { name: 'suite hourly', interval: 3600 * SECOND, capacity: burst * 3600 * SECOND };
}

function near(given: number, expected: number, what: string): void {
  assert.ok(Math.abs(given - expected) <= 2 * SECOND && Number.isInteger(given), `${what} is ${given}, not ${expected}`);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
