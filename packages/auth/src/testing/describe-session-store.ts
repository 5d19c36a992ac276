import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { SessionRecord, SessionStore } from '../session/session-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadeSessionStore = MadeStore<SessionStore>;

// Of now: a store that lets records expire by itself would drop those of another year.
const NOW = Date.now();
const HOUR = 3_600_000;

/**
 * The contract of `SessionStore` as a test suite: whoever passes it can stand behind `Sessions`.
 *
 * @example
 * describeSessionStore('redis', async () => ({ store: await createRedisStore() }), { describe, test });
 */
export function describeSessionStore(name: string, make: () => Promise<MadeSessionStore>, runner: TestRunner): void {
  const { describe } = runner;
  const check = storeChecks(make, runner);

  describe(`SessionStore: ${name}`, () => {
    check('gives back exactly what was stored', async (store) => {
      const record = sessionRecord({ data: { text: 'Grüße 👋', list: [1, null, { deep: true }], empty: {} } });
      await store.insert(record);
      assert.deepEqual(plain(await store.find(record.tokenHash)), plain(record));
      const bare = sessionRecord({ familyHash: null, device: null, remember: true, pending: true, auth: { at: 0, methods: {} } });
      await store.insert(bare);
      assert.deepEqual(plain(await store.find(bare.tokenHash)), plain(bare));
    });

    check('knows nothing of a token that was never stored', async (store) => {
      await store.insert(sessionRecord());
      assert.equal(await store.find(tokenHash()), undefined);
    });

    check('tells token hashes apart that differ in letter case only', async (store) => {
      const record = sessionRecord({ tokenHash: 'aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_aBcDe' });
      await store.insert(record);
      assert.equal(await store.find(record.tokenHash.toLowerCase()), undefined);
      assert.equal((await store.find(record.tokenHash))?.id, record.id);
    });

    check('is not changed through what it was given or what it gave', async (store) => {
      const data: Record<string, unknown> = { step: 1 };
      const record = sessionRecord({ data });
      await store.insert(record);
      data['step'] = 2;
      const found = await store.find(record.tokenHash);
      // It may also refuse to be changed.
      Reflect.set(found!.data, 'step', 3);
      assert.deepEqual(plain((await store.find(record.tokenHash))?.data), { step: 1 });
    });

    check('changes what an update names and nothing else', async (store) => {
      const record = sessionRecord({ data: { a: 1 } });
      await store.insert(record);
      assert.equal(await store.update(record.tokenHash, { seenAt: NOW + 1, idleUntil: NOW + 2 * HOUR }), true);
      assert.deepEqual(plain(await store.find(record.tokenHash)), plain({ ...record, seenAt: NOW + 1, idleUntil: NOW + 2 * HOUR }));
    });

    check('an update that changes nothing still says that the session is there', async (store) => {
      const record = sessionRecord();
      await store.insert(record);
      assert.equal(await store.update(record.tokenHash, { seenAt: record.seenAt }), true);
    });

    check('an update of a session that is not there says so and makes none', async (store) => {
      const hash = tokenHash();
      assert.equal(await store.update(hash, { seenAt: NOW }), false);
      assert.equal(await store.find(hash), undefined);
    });

    check('rotates a token: the old one opens nothing, the new one the same session', async (store) => {
      const record = sessionRecord();
      const next = tokenHash();
      await store.insert(record);
      assert.equal(await store.update(record.tokenHash, { tokenHash: next }), true);
      assert.equal(await store.find(record.tokenHash), undefined);
      assert.deepEqual(plain(await store.find(next)), plain({ ...record, tokenHash: next }));
    });

    check('of fifty rotations at the same time exactly one wins', async (store) => {
      const record = sessionRecord();
      await store.insert(record);
      const hashes = Array.from({ length: 50 }, tokenHash);
      const won = await Promise.all(hashes.map((hash) => store.update(record.tokenHash, { tokenHash: hash })));
      assert.equal(won.filter(Boolean).length, 1);
      const found = await Promise.all(hashes.map(async (hash) => store.find(hash)));
      assert.deepEqual(
        found.map((session) => session !== undefined),
        won,
      );
    });

    check('of fifty removals at the same time exactly one removes', async (store) => {
      const record = sessionRecord();
      await store.insert(record);
      const removed = await Promise.all(Array.from({ length: 50 }, () => store.remove(record.userId, record.id)));
      assert.equal(removed.filter(Boolean).length, 1);
    });

    check('a removal and a rotation at the same time leave nothing behind', async (store) => {
      const record = sessionRecord();
      await store.insert(record);
      const next = tokenHash();
      await Promise.all([store.update(record.tokenHash, { tokenHash: next }), store.remove(record.userId, record.id)]);
      for (const hash of [record.tokenHash, next]) assert.equal(await store.find(hash), undefined);
      assert.equal(await store.findByFamily(record.familyHash!), undefined);
      assert.deepEqual(await store.list(record.userId), []);
    });

    check('finds a session by its family, whatever its token is by now', async (store) => {
      const record = sessionRecord();
      const [next, family] = [tokenHash(), tokenHash()];
      await store.insert(record);
      await store.insert(sessionRecord({ familyHash: null }));
      await store.insert(sessionRecord({ familyHash: null }));
      await store.update(record.tokenHash, { tokenHash: next });
      assert.deepEqual(plain(await store.findByFamily(record.familyHash!)), plain({ ...record, tokenHash: next }));
      assert.equal(await store.findByFamily(family), undefined);
      assert.equal(await store.findByFamily('null'), undefined);
      assert.equal(await store.update(next, { familyHash: family }), true);
      assert.equal((await store.findByFamily(family))?.id, record.id);
      assert.equal(await store.findByFamily(record.familyHash!), undefined);
    });

    check('keeps what a confirmation changes: proof, state, lifetime and rotation together', async (store) => {
      const record = sessionRecord({ pending: true, idleUntil: NOW + HOUR / 6, endsAt: NOW + HOUR / 6 });
      const change = {
        tokenHash: tokenHash(),
        pending: false,
        auth: { at: NOW, methods: { pwd: NOW - 1, otp: NOW } },
        rotation: { at: NOW, previous: record.tokenHash, confirmed: false, origin: record.tokenHash },
        idleUntil: NOW + HOUR,
        endsAt: NOW + 12 * HOUR,
      };
      await store.insert(record);
      assert.equal(await store.update(record.tokenHash, change), true);
      assert.deepEqual(plain(await store.find(change.tokenHash)), plain({ ...record, ...change }));
      assert.equal(await store.update(change.tokenHash, { rotation: null }), true);
      assert.equal((await store.find(change.tokenHash))?.rotation, null);
    });

    check('lists the sessions of one user, the one used last first', async (store) => {
      const [old, recent, other] = [sessionRecord({ seenAt: NOW - HOUR }), sessionRecord(), sessionRecord({ userId: 'somebody else' })];
      for (const record of [old, recent, other]) await store.insert(record);
      assert.deepEqual(
        (await store.list(old.userId)).map((record) => record.id),
        [recent.id, old.id],
      );
      assert.deepEqual(await store.list('nobody'), []);
    });

    check('removes a session by its id, but not one of another user', async (store) => {
      const record = sessionRecord();
      await store.insert(record);
      assert.equal(await store.remove('somebody else', record.id), false);
      assert.equal(await store.remove(record.userId, record.id), true);
      assert.equal(await store.remove(record.userId, record.id), false);
      assert.equal(await store.find(record.tokenHash), undefined);
    });

    check('removes a session by its token', async (store) => {
      const [gone, kept] = [sessionRecord(), sessionRecord()];
      for (const record of [gone, kept]) await store.insert(record);
      assert.equal(await store.removeByToken(gone.tokenHash), true);
      assert.equal(await store.removeByToken(gone.tokenHash), false);
      assert.deepEqual(
        (await store.list(kept.userId)).map((record) => record.id),
        [kept.id],
      );
    });

    check('removes all sessions of a user, or all but one', async (store) => {
      const records = [sessionRecord(), sessionRecord(), sessionRecord(), sessionRecord({ userId: 'somebody else' })];
      for (const record of records) await store.insert(record);
      assert.equal(await store.removeAll(records[0]!.userId, records[1]!.id), 2);
      for (const gone of [records[0]!, records[2]!]) assert.equal(await store.find(gone.tokenHash), undefined);
      assert.equal(await store.findByFamily(records[0]!.familyHash!), undefined);
      assert.deepEqual(
        (await store.list(records[0]!.userId)).map((record) => record.id),
        [records[1]!.id],
      );
      assert.equal(await store.removeAll(records[0]!.userId), 1);
      assert.equal((await store.list('somebody else')).length, 1);
    });

    check('prunes what was over before a time, idle or absolute, and nothing else', async (store) => {
      const idle = sessionRecord({ idleUntil: NOW - 1 });
      const ended = sessionRecord({ endsAt: NOW - 1 });
      const open = sessionRecord();
      for (const record of [idle, ended, open]) await store.insert(record);
      const pruned = await store.prune(NOW);
      // A store that lets entries expire by itself (Redis) has nothing left to prune.
      assert.ok(pruned === 2 || pruned === 0, `pruned ${pruned}`);
      assert.equal((await store.find(open.tokenHash))?.id, open.id);
      assert.equal(await store.find(idle.tokenHash), undefined);
      assert.equal(await store.find(ended.tokenHash), undefined);
    });

    check('takes text from anywhere as text', async (store) => {
      const hostile = `' OR 1=1; -- "\\ %_ \u{1F600}`;
      const record = sessionRecord({ userId: hostile, data: { [hostile]: hostile } });
      await store.insert(record);
      assert.deepEqual((await store.list(hostile)).map(plain), [plain(record)]);
      assert.equal(await store.find(hostile), undefined);
      assert.equal(await store.removeAll(`' OR 1=1; --`), 0);
    });
  });
}

function sessionRecord(change: Partial<SessionRecord> = {}): SessionRecord {
  const times = { createdAt: NOW - HOUR, seenAt: NOW, idleUntil: NOW + HOUR, endsAt: NOW + 12 * HOUR };
  const auth = { at: NOW - HOUR, methods: { pwd: NOW - HOUR } };
  const device = { agent: 'Firefox on Linux', network: '192.0.2.0/24' };
  const keys = { id: randomUUID(), tokenHash: tokenHash(), familyHash: tokenHash() };
  return { ...keys, userId: 'user 1', ...times, auth, pending: false, remember: false, device, rotation: null, data: {}, ...change };
}

function tokenHash(): string {
  return randomBytes(32).toString('base64url');
}

// Only JSON is promised to come back, so only JSON is compared.
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
