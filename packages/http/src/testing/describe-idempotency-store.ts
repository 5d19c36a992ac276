import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import type { IdempotencyClaim, IdempotencyStore } from '../idempotency/idempotency-store.js';
import { withOwnStore, type TestRunner } from './test-runner.js';

/** A store, and how to let go of it. Keys of the suite are random, so it need not be empty. */
export interface MadeIdempotencyStore {
  readonly store: IdempotencyStore;
  /** Another process's eyes on the same keys, where the store has such a thing. */
  readonly another?: IdempotencyStore;
  close?(): unknown;
}

/**
 * The contract of `IdempotencyStore` as a test suite: whoever passes it can stand behind `idempotent()`.
 *
 * @example
 * describeIdempotencyStore('memory', async () => ({ store: new MemoryIdempotencyStore() }), { describe, test });
 */
export function describeIdempotencyStore(name: string, make: () => Promise<MadeIdempotencyStore>, runner: TestRunner): void {
  const check = withOwnStore(runner, make);

  runner.describe(`IdempotencyStore: ${name}`, () => {
    check('a new key is claimed, is running for others, and done once its reply is stored', async ({ store, another = store }) => {
      const [key, own] = [randomKey(), claimOf()];
      assert.deepEqual(await store.claim(key, own), { state: 'claimed' });
      assert.deepEqual(await another.claim(key, claimOf()), { state: 'running', fingerprint: own.fingerprint });
      assert.equal(await store.complete(key, own.owner, '{"status":201}', 60_000), true);
      assert.deepEqual(await another.claim(key, claimOf()), { state: 'done', fingerprint: own.fingerprint, reply: '{"status":201}' });
      assert.deepEqual(await store.claim(key, own), { state: 'done', fingerprint: own.fingerprint, reply: '{"status":201}' });
    });

    check('of 50 that claim a key at the same time exactly one is given it', async ({ store, another = store }) => {
      const key = randomKey();
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? store : another).claim(key, claimOf())),
      );
      assert.equal(results.filter((result) => result.state === 'claimed').length, 1);
      assert.equal(results.filter((result) => result.state === 'running').length, 49);
    });

    check('keys do not meet', async ({ store }) => {
      const [one, two] = [randomKey(), randomKey()];
      assert.equal((await store.claim(one, claimOf())).state, 'claimed');
      assert.equal((await store.claim(two, claimOf())).state, 'claimed');
      const cased = randomKey();
      assert.equal((await store.claim(cased.toLowerCase(), claimOf())).state, 'claimed');
      assert.equal((await store.claim(cased.toUpperCase(), claimOf())).state, 'claimed');
    });

    check('a released key can be claimed again', async ({ store }) => {
      const [key, own] = [randomKey(), claimOf()];
      await store.claim(key, own);
      await store.release(key, own.owner);
      assert.deepEqual(await store.claim(key, claimOf()), { state: 'claimed' });
    });

    check('only its owner completes or releases a key, and only once', async ({ store }) => {
      const [key, own] = [randomKey(), claimOf()];
      await store.claim(key, own);
      assert.equal(await store.complete(key, randomUUID(), 'stolen', 60_000), false);
      await store.release(key, randomUUID());
      assert.equal((await store.claim(key, claimOf())).state, 'running');
      assert.equal(await store.complete(key, own.owner, 'mine', 60_000), true);
      assert.equal(await store.complete(key, own.owner, 'again', 60_000), false);
      await store.release(key, own.owner);
      const found = await store.claim(key, claimOf());
      assert.equal(found.state === 'done' && found.reply, 'mine');
    });

    check('nothing is stored for a key that nobody claimed', async ({ store }) => {
      const key = randomKey();
      assert.equal(await store.complete(key, randomUUID(), 'reply', 60_000), false);
      await store.release(key, randomUUID());
      assert.equal((await store.claim(key, claimOf())).state, 'claimed');
    });

    check('the lock of a process that died ends, and what comes late from it is refused', async ({ store }) => {
      const [key, dead, next] = [randomKey(), claimOf(100), claimOf()];
      await store.claim(key, dead);
      await sleep(160);
      assert.deepEqual(await store.claim(key, next), { state: 'claimed' });
      assert.equal(await store.complete(key, dead.owner, 'late', 60_000), false);
      await store.release(key, dead.owner);
      assert.deepEqual(await store.claim(key, claimOf()), { state: 'running', fingerprint: next.fingerprint });
    });

    check('of 20 that claim a key whose lock has ended exactly one is given it', async ({ store, another = store }) => {
      const key = randomKey();
      await store.claim(key, claimOf(50));
      await sleep(120);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : another).claim(key, claimOf())),
      );
      assert.equal(results.filter((result) => result.state === 'claimed').length, 1);
    });

    check('a reply ends with its time', async ({ store }) => {
      const [key, own] = [randomKey(), claimOf(50)];
      await store.claim(key, own);
      assert.equal(await store.complete(key, own.owner, 'reply', 300), true);
      await sleep(120);
      assert.equal((await store.claim(key, claimOf())).state, 'done');
      await sleep(300);
      assert.equal((await store.claim(key, claimOf())).state, 'claimed');
    });

    check('a reply comes back exactly as it was stored, also a large one', async ({ store }) => {
      for (const reply of ['', `{"text":"Grüße 👋 \\u0000 ' \\" \\\\ % \\n"}`, 'x'.repeat(1_000_000)]) {
        const [key, own] = [randomKey(), claimOf()];
        await store.claim(key, own);
        assert.equal(await store.complete(key, own.owner, reply, 60_000), true);
        const found = await store.claim(key, claimOf());
        assert.ok(found.state === 'done' && found.reply === reply);
      }
    });

    check('what is stored together with work that fails is not stored', async ({ store }) => {
      if (store.together === undefined) return;
      const [key, own] = [randomKey(), claimOf()];
      await store.claim(key, own);
      const failed = store.together(async () => {
        assert.equal(await store.complete(key, own.owner, 'never', 60_000), true);
        throw new Error('the work fails');
      });
      await assert.rejects(failed, /the work fails/);
      assert.equal((await store.claim(key, claimOf())).state, 'running');
      await store.release(key, own.owner);
      assert.equal((await store.claim(key, claimOf())).state, 'claimed');
    });
  });
}

function randomKey(): string {
  return createHash('sha256').update(randomUUID()).digest('base64url');
}

function claimOf(lock = 60_000): IdempotencyClaim {
  return { fingerprint: randomKey(), owner: randomUUID(), lock };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
