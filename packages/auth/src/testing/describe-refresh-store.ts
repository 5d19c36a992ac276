import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { RefreshRecord, RefreshStore } from '../refresh/refresh-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadeRefreshStore = MadeStore<RefreshStore>;

// Of today: a store may drop what is over by its own clock.
const NOW = Date.now();
const HOUR = 3_600_000;

/**
 * The contract of `RefreshStore` as a test suite: whoever passes it can stand behind `RefreshTokens`.
 *
 * @example
 * describeRefreshStore('mine', async () => ({ store: await createMyStore() }), { describe, test });
 */
export function describeRefreshStore(name: string, make: () => Promise<MadeRefreshStore>, runner: TestRunner): void {
  const check = storeChecks(make, runner);

  runner.describe(`RefreshStore: ${name}`, () => {
    check('gives back exactly what was stored', async (store) => {
      const free = refreshRecord({ data: { scope: 'a b', list: [1, null] } });
      const bound = refreshRecord({ clientId: 'app', sessionId: randomUUID() });
      for (const record of [free, bound]) {
        await store.insert(record);
        assert.deepEqual(plain(await store.find(record.familyHash)), plain(record));
      }
    });

    check('knows nothing of a family that was never stored, and tells letter cases apart', async (store) => {
      const record = refreshRecord({ familyHash: 'aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_aBcDe' });
      await store.insert(record);
      assert.equal(await store.find(hash()), undefined);
      assert.equal(await store.find(record.familyHash.toLowerCase()), undefined);
      assert.equal(await store.remove(record.familyHash.toLowerCase()), false);
      assert.equal(await store.find(`' OR 1=1; --`), undefined);
    });

    check('rotates what is valid, and nothing else', async (store) => {
      const record = refreshRecord();
      const rotation = { tokenHash: hash(), rotatedAt: NOW + 1, idleUntil: NOW + 2 * HOUR };
      await store.insert(record);
      assert.equal(await store.rotate(record.familyHash, hash(), rotation), false);
      assert.equal(await store.rotate(hash(), record.tokenHash, rotation), false);
      assert.deepEqual(plain(await store.find(record.familyHash)), plain(record));
      assert.equal(await store.rotate(record.familyHash, record.tokenHash, rotation), true);
      assert.deepEqual(plain(await store.find(record.familyHash)), plain({ ...record, ...rotation }));
      assert.equal(await store.rotate(record.familyHash, record.tokenHash, rotation), false);
    });

    check('of 50 rotations of one token at the same time one succeeds', async (store) => {
      const record = refreshRecord();
      await store.insert(record);
      const next = Array.from({ length: 50 }, () => ({ tokenHash: hash(), rotatedAt: NOW + 1, idleUntil: NOW + HOUR }));
      const done = await Promise.all(next.map((rotation) => store.rotate(record.familyHash, record.tokenHash, rotation)));
      assert.equal(done.filter(Boolean).length, 1);
      assert.equal((await store.find(record.familyHash))?.tokenHash, next[done.indexOf(true)]?.tokenHash);
    });

    check('of 50 removals at the same time one says that it did', async (store) => {
      const record = refreshRecord();
      await store.insert(record);
      const done = await Promise.all(Array.from({ length: 50 }, () => store.remove(record.familyHash)));
      assert.equal(done.filter(Boolean).length, 1);
      assert.equal(await store.find(record.familyHash), undefined);
      assert.equal(await store.rotate(record.familyHash, record.tokenHash, { tokenHash: hash(), rotatedAt: NOW, idleUntil: NOW }), false);
    });

    check('removes what everything that is named holds for', async (store) => {
      const session = randomUUID();
      const records = [
        refreshRecord({ clientId: 'app' }),
        refreshRecord({ clientId: 'app', sessionId: session }),
        refreshRecord({ sessionId: session }),
        refreshRecord({ sessionId: session, userId: 'user 2' }),
      ];
      for (const record of records) await store.insert(record);
      assert.equal(await store.removeAll({ userId: 'user 2', id: records[0]!.id }), 0);
      assert.equal(await store.removeAll({ userId: 'user 1', clientId: 'app', sessionId: session }), 1);
      assert.equal(await store.removeAll({ userId: 'user 1', id: records[0]!.id }), 1);
      assert.equal(await store.removeAll({ userId: 'user 1', clientId: 'app' }), 0);
      assert.equal(await store.removeAll({ userId: 'user 1', id: `' OR 1=1; --` }), 0);
      assert.equal(await store.removeAll({ userId: 'user 1' }), 1);
      assert.equal((await store.list('user 2')).length, 1);
    });

    check('lists the families of one user, the one rotated last first', async (store) => {
      const [old, recent, other] = [refreshRecord({ rotatedAt: NOW - HOUR }), refreshRecord(), refreshRecord({ userId: 'user 2' })];
      for (const record of [old, recent, other]) await store.insert(record);
      assert.deepEqual((await store.list('user 1')).map(plain), [recent, old].map(plain));
      assert.deepEqual(await store.list('nobody'), []);
    });

    check('prunes what was over at a time, idle or absolute, and nothing else', async (store) => {
      const [idle, ended, open] = [refreshRecord({ idleUntil: NOW }), refreshRecord({ endsAt: NOW }), refreshRecord()];
      for (const record of [idle, ended, open]) await store.insert(record);
      const pruned = await store.prune(NOW);
      // A store that lets entries expire by itself (Redis) has nothing left to prune.
      assert.ok(pruned === 2 || pruned === 0, `pruned ${pruned}`);
      assert.notEqual(await store.find(open.familyHash), undefined);
    });

    check('takes text from anywhere as text', async (store) => {
      const hostile = `' OR 1=1; -- "\\ %_ \u{1F600}:`;
      const record = refreshRecord({ userId: hostile, clientId: hostile, sessionId: hostile, data: { [hostile]: hostile } });
      await store.insert(record);
      assert.deepEqual((await store.list(hostile)).map(plain), [plain(record)]);
      assert.equal(await store.removeAll({ userId: `' OR 1=1; --` }), 0);
      assert.equal(await store.removeAll({ userId: hostile, clientId: hostile, sessionId: hostile }), 1);
    });
  });
}

function refreshRecord(change: Partial<RefreshRecord> = {}): RefreshRecord {
  const times = { createdAt: NOW - HOUR, rotatedAt: NOW, idleUntil: NOW + HOUR, endsAt: NOW + 24 * HOUR };
  const bound = { clientId: null, sessionId: null };
  return { id: randomUUID(), familyHash: hash(), tokenHash: hash(), userId: 'user 1', ...bound, ...times, data: {}, ...change };
}

function hash(): string {
  return randomBytes(32).toString('base64url');
}

// Only JSON is promised to come back, so only JSON is compared.
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
