import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ActiveTotp, PendingTotp, TotpStore } from '../mfa/totp-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadeTotpStore = MadeStore<TotpStore>;

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const STEP = 58_000_000;
const TAKERS = 50;

/**
 * The contract of `TotpStore` as a test suite: whoever passes it can stand behind `Totp`.
 *
 * @example
 * describeTotpStore('redis', async () => ({ store: await createRedisStore() }), { describe, test });
 */
export function describeTotpStore(name: string, make: () => Promise<MadeTotpStore>, runner: TestRunner): void {
  const { describe } = runner;
  const check = storeChecks(make, runner);

  describe(`TotpStore: ${name}`, () => {
    check('knows nothing of a user who never began', async (store) => {
      assert.equal(await store.find('nobody'), undefined);
      assert.equal(await store.remove('nobody'), false);
      assert.equal(await store.use('nobody', randomUUID(), STEP), false);
      assert.equal(await store.confirm('nobody', active()), false);
    });

    check('gives back what began, and what waits counts for nothing', async (store) => {
      const waiting = pending();
      await store.begin('user 1', waiting);
      assert.deepEqual(await store.find('user 1'), { active: undefined, pending: waiting });
      assert.equal(await store.use('user 1', waiting.id, STEP), false);
    });

    check('confirms the one that waits, once, and only that', async (store) => {
      const [first, second] = [pending(), pending()];
      await store.begin('user 1', first);
      await store.begin('user 1', second);
      assert.equal(await store.confirm('user 1', active(first)), false);
      assert.equal(await store.confirm('user 2', active(second)), false);
      assert.equal(await store.confirm('user 1', active(second)), true);
      assert.equal(await store.confirm('user 1', active(second)), false);
      assert.deepEqual(await store.find('user 1'), { active: active(second), pending: undefined });
    });

    check('keeps the one in use until the next is confirmed', async (store) => {
      const [first, second] = [pending(), pending()];
      await begun(store, 'user 1', first);
      await store.begin('user 1', second);
      assert.deepEqual(await store.find('user 1'), { active: active(first), pending: second });
      assert.equal(await store.use('user 1', first.id, STEP + 1), true);
      assert.equal(await store.confirm('user 1', active(second)), true);
      assert.equal(await store.use('user 1', first.id, STEP + 2), false);
      assert.equal(await store.use('user 1', second.id, STEP + 2), true);
    });

    check('takes a step once, and never an earlier one', async (store) => {
      const { id } = await begun(store, 'user 1');
      assert.equal(await store.use('user 1', id, STEP), false);
      assert.equal(await store.use('user 1', id, STEP + 2), true);
      assert.equal(await store.use('user 1', id, STEP + 2), false);
      assert.equal(await store.use('user 1', id, STEP + 1), false);
      assert.equal((await store.find('user 1'))?.active?.lastStep, STEP + 2);
    });

    check(`of ${TAKERS} who use the same step at the same time exactly one gets it`, async (store) => {
      const { id } = await begun(store, 'user 1');
      const got = await Promise.all(Array.from({ length: TAKERS }, () => store.use('user 1', id, STEP + 1)));
      assert.equal(got.filter(Boolean).length, 1);
    });

    check(`of ${TAKERS} who confirm at the same time exactly one does`, async (store) => {
      const waiting = pending();
      await store.begin('user 1', waiting);
      const done = await Promise.all(Array.from({ length: TAKERS }, () => store.confirm('user 1', active(waiting))));
      assert.equal(done.filter(Boolean).length, 1);
    });

    check('replaces a ciphertext only where it is still the one that was read', async (store) => {
      const { id, secret } = await begun(store, 'user 1');
      assert.equal(await store.replaceSecret('user 1', id, 'another', 'new'), false);
      assert.equal(await store.replaceSecret('user 1', randomUUID(), secret, 'new'), false);
      assert.equal(await store.replaceSecret('user 1', id, secret, 'new'), true);
      assert.equal((await store.find('user 1'))?.active?.secret, 'new');
    });

    check('tells users apart that differ in letter case only', async (store) => {
      const { id } = await begun(store, 'Ada');
      assert.equal(await store.find('ada'), undefined);
      assert.equal(await store.use('ADA', id, STEP + 1), false);
    });

    check('removes everything of one user and nothing of another', async (store) => {
      const kept = await begun(store, 'user 2');
      await begun(store, 'user 1');
      await store.begin('user 1', pending());
      assert.equal(await store.remove('user 1'), true);
      assert.equal(await store.find('user 1'), undefined);
      assert.equal((await store.find('user 2'))?.active?.id, kept.id);
    });
  });
}

async function begun(store: TotpStore, userId: string, waiting = pending()): Promise<PendingTotp> {
  await store.begin(userId, waiting);
  assert.equal(await store.confirm(userId, active(waiting)), true);
  return waiting;
}

function pending(): PendingTotp {
  const id = randomUUID();
  return { id, secret: `v1.aBcDeFgH.${id}`, startedAt: NOW };
}

function active({ id, secret } = pending()): ActiveTotp {
  return { id, secret, lastStep: STEP, confirmedAt: NOW + 1 };
}
