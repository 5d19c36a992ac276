import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { RecoveryCodeStore } from '../mfa/recovery-code-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadeRecoveryCodeStore = MadeStore<RecoveryCodeStore>;

const TAKERS = 50;

/**
 * The contract of `RecoveryCodeStore` as a test suite: whoever passes it can stand behind `RecoveryCodes`.
 *
 * @example
 * describeRecoveryCodeStore('redis', async () => ({ store: await createRedisStore() }), { describe, test });
 */
export function describeRecoveryCodeStore(name: string, make: () => Promise<MadeRecoveryCodeStore>, runner: TestRunner): void {
  const { describe } = runner;
  const check = storeChecks(make, runner);

  describe(`RecoveryCodeStore: ${name}`, () => {
    check('a user who has no codes has none', async (store) => {
      assert.equal(await store.count('nobody'), 0);
      assert.equal(await store.take('nobody', hash()), false);
      assert.equal(await store.remove('nobody'), 0);
    });

    check('takes each code once, and no code of another user', async (store) => {
      const [mine, other] = [hashes(), hashes()];
      await store.replace('user 1', mine);
      await store.replace('user 2', other);
      assert.equal(await store.take('user 1', other[0]!), false);
      assert.equal(await store.take('user 1', mine[3]!), true);
      assert.equal(await store.take('user 1', mine[3]!), false);
      assert.equal(await store.count('user 1'), 9);
      assert.equal(await store.count('user 2'), 10);
    });

    check(`of ${TAKERS} who take the same code at the same time exactly one gets it`, async (store) => {
      const mine = hashes();
      await store.replace('user 1', mine);
      const got = await Promise.all(Array.from({ length: TAKERS }, () => store.take('user 1', mine[5]!)));
      assert.equal(got.filter(Boolean).length, 1);
      assert.equal(await store.count('user 1'), 9);
    });

    check('new codes end the old ones, however many there were', async (store) => {
      const [old, fresh] = [hashes(), hashes(4)];
      await store.replace('user 1', old);
      await store.replace('user 1', fresh);
      assert.equal(await store.count('user 1'), 4);
      for (const each of old) assert.equal(await store.take('user 1', each), false);
      assert.equal(await store.take('user 1', fresh[3]!), true);
    });

    check('of sets that are made at the same time one stands, whole', async (store) => {
      await store.replace('user 1', hashes());
      for (const userId of ['user 1', 'user 2']) await oneStands(store, userId);
    });

    check('takes text from anywhere as text', async (store) => {
      const hostile = `' OR 1=1; -- "\\ %_ \u{1F600}`;
      await store.replace(hostile, hashes());
      assert.equal(await store.take(hostile, hostile), false);
      assert.equal(await store.take(hostile, ''), false);
      assert.equal(await store.remove(`' OR 1=1; --`), 0);
      assert.equal(await store.remove(hostile), 10);
    });
  });
}

async function oneStands(store: RecoveryCodeStore, userId: string): Promise<void> {
  const sets = Array.from({ length: 8 }, () => hashes());
  await Promise.all(sets.map((set) => store.replace(userId, set)));
  assert.equal(await store.count(userId), 10);
  const taken: number[] = [];
  for (const set of sets) taken.push((await Promise.all(set.map((each) => store.take(userId, each)))).filter(Boolean).length);
  assert.deepEqual(
    taken.sort((a, b) => b - a),
    [10, 0, 0, 0, 0, 0, 0, 0],
  );
}

function hashes(count = 10): string[] {
  return Array.from({ length: count }, hash);
}

function hash(): string {
  return randomBytes(32).toString('base64url');
}
