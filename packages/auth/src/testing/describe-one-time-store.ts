import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { OneTimeRecord, OneTimeStore } from '../one-time/one-time-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadeOneTimeStore = MadeStore<OneTimeStore>;

// Of today: a store may drop what is over by its own clock.
const NOW = Date.now();
const HOUR = 3_600_000;

/**
 * The contract of `OneTimeStore` as a test suite: whoever passes it can stand behind `OneTimeTokens`.
 *
 * @example
 * describeOneTimeStore('mine', async () => ({ store: await createMyStore() }), { describe, test });
 */
export function describeOneTimeStore(name: string, make: () => Promise<MadeOneTimeStore>, runner: TestRunner): void {
  const check = storeChecks(make, runner);

  runner.describe(`OneTimeStore: ${name}`, () => {
    check('gives back exactly what was stored', async (store) => {
      const record = oneTimeRecord({ codeHash: tokenHash(), data: { text: 'Grüße 👋', list: [1, null, { deep: true }] } });
      await store.put(record);
      assert.deepEqual(plain(await store.find(record.tokenHash)), plain(record));
      const token = oneTimeRecord({ subject: 'user 2' });
      await store.put(token);
      assert.deepEqual(plain(await store.find(token.tokenHash)), plain(token));
    });

    check('knows nothing of a token that was never stored, and tells letter cases apart', async (store) => {
      const record = oneTimeRecord({ tokenHash: 'aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_aBcDe' });
      await store.put(record);
      assert.equal(await store.find(tokenHash()), undefined);
      assert.equal(await store.find(record.tokenHash.toLowerCase()), undefined);
      assert.equal(await store.take(record.tokenHash.toLowerCase()), undefined);
      assert.equal(await store.find(`' OR 1=1; --`), undefined);
    });

    check('is not changed through what it was given or what it gave', async (store) => {
      const data: Record<string, unknown> = { step: 1 };
      const record = oneTimeRecord({ data });
      await store.put(record);
      data['step'] = 2;
      ((await store.find(record.tokenHash))!.data as Record<string, unknown>)['step'] = 3;
      assert.deepEqual(plain((await store.take(record.tokenHash))?.data), { step: 1 });
    });

    check('keeps one record for each purpose and subject: the newest', async (store) => {
      const [first, second] = [
        oneTimeRecord({ tries: 3, codeHash: tokenHash() }),
        oneTimeRecord({ data: { n: 2 }, expiresAt: NOW + 2 * HOUR }),
      ];
      const [otherPurpose, otherSubject] = [oneTimeRecord({ purpose: 'verify' }), oneTimeRecord({ subject: 'user 2' })];
      for (const record of [first, otherPurpose, otherSubject, second]) await store.put(record);
      assert.equal(await store.find(first.tokenHash), undefined);
      for (const record of [second, otherPurpose, otherSubject]) assert.deepEqual(plain(await store.find(record.tokenHash)), plain(record));
    });

    check('of 20 records for one purpose and subject at the same time one is there', async (store) => {
      const records = Array.from({ length: 20 }, () => oneTimeRecord());
      await Promise.all(records.map((record) => store.put(record)));
      const found = await Promise.all(records.map((record) => store.find(record.tokenHash)));
      assert.equal(found.filter((record) => record !== undefined).length, 1);
    });

    check('of 50 takers at the same time one gets the record', async (store) => {
      const record = oneTimeRecord({ data: { n: 1 } });
      await store.put(record);
      const taken = await Promise.all(Array.from({ length: 50 }, () => store.take(record.tokenHash)));
      assert.deepEqual(taken.filter((each) => each !== undefined).map(plain), [plain(record)]);
      assert.equal(await store.find(record.tokenHash), undefined);
      assert.equal(await store.take(record.tokenHash), undefined);
    });

    check('of 50 tries at the same time as many count as are allowed', async (store) => {
      const record = oneTimeRecord({ codeHash: tokenHash() });
      await store.put(record);
      const tried = await Promise.all(Array.from({ length: 50 }, () => store.countTry(record.tokenHash, 5)));
      assert.equal(tried.filter((each) => each !== undefined).length, 5);
      assert.equal((await store.find(record.tokenHash))?.tries, 5);
      assert.equal(await store.countTry(tokenHash(), 5), undefined);
    });

    check('a try gives the record with that try counted', async (store) => {
      const record = oneTimeRecord({ codeHash: tokenHash() });
      await store.put(record);
      assert.deepEqual(plain(await store.countTry(record.tokenHash, 2)), plain({ ...record, tries: 1 }));
      assert.equal((await store.countTry(record.tokenHash, 2))?.tries, 2);
      assert.equal(await store.countTry(record.tokenHash, 2), undefined);
    });

    check('removes what a subject has, of one purpose or of all', async (store) => {
      const [reset, verify, other] = [oneTimeRecord(), oneTimeRecord({ purpose: 'verify' }), oneTimeRecord({ subject: 'user 2' })];
      for (const record of [reset, verify, other]) await store.put(record);
      assert.equal(await store.removeAll('user 1', 'reset'), 1);
      assert.equal(await store.find(reset.tokenHash), undefined);
      assert.equal((await store.find(verify.tokenHash))?.purpose, 'verify');
      assert.equal(await store.removeAll('user 1'), 1);
      assert.equal(await store.removeAll('user 1'), 0);
      assert.equal((await store.find(other.tokenHash))?.subject, 'user 2');
    });

    check('prunes what had expired at a time, and nothing else', async (store) => {
      const [over, live] = [oneTimeRecord({ expiresAt: NOW }), oneTimeRecord({ subject: 'user 2', expiresAt: NOW + HOUR })];
      for (const record of [over, live]) await store.put(record);
      const pruned = await store.prune(NOW);
      // A store that lets entries expire by itself (Redis) has nothing left to prune.
      assert.ok(pruned === 1 || pruned === 0, `pruned ${pruned}`);
      assert.notEqual(await store.find(live.tokenHash), undefined);
    });

    check('takes text from anywhere as text', async (store) => {
      const hostile = `' OR 1=1; -- "\\ %_ \u{1F600}:`;
      const record = oneTimeRecord({ subject: hostile, purpose: hostile, data: { [hostile]: hostile } });
      await store.put(record);
      assert.deepEqual(plain(await store.find(record.tokenHash)), plain(record));
      assert.equal(await store.removeAll(`' OR 1=1; --`), 0);
      assert.equal(await store.removeAll(hostile, hostile), 1);
    });
  });
}

function oneTimeRecord(change: Partial<OneTimeRecord> = {}): OneTimeRecord {
  const times = { issuedAt: NOW, expiresAt: NOW + HOUR };
  return { tokenHash: tokenHash(), purpose: 'reset', subject: 'user 1', codeHash: null, tries: 0, ...times, data: {}, ...change };
}

function tokenHash(): string {
  return randomBytes(32).toString('base64url');
}

// Only JSON is promised to come back, so only JSON is compared.
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
