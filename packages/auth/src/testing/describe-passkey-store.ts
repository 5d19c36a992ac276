import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { PasskeyRecord, PasskeyStore, PasskeyUse } from '../passkeys/passkey-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadePasskeyStore = MadeStore<PasskeyStore>;

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const MINUTE = 60_000;
const USERS = 50;
const GREATEST_COUNTER = 4_294_967_295;

/**
 * The contract of `PasskeyStore` as a test suite: whoever passes it can stand behind `Passkeys`.
 *
 * @example
 * describePasskeyStore('mine', async () => ({ store: await createMyStore() }), { describe, test });
 */
export function describePasskeyStore(name: string, make: () => Promise<MadePasskeyStore>, runner: TestRunner): void {
  const check = storeChecks(make, runner);

  runner.describe(`PasskeyStore: ${name}`, () => {
    check('gives back exactly what was stored, up to the longest', async (store) => {
      const longest = { credentialId: 'x'.repeat(1_364), publicKey: 'k'.repeat(2_048), userHandle: 'h'.repeat(86), name: 'n'.repeat(64) };
      const used = { counter: GREATEST_COUNTER, usedAt: NOW + 1, backedUp: true, deviceBound: false, transports: [] };
      for (const record of [passkey(), passkey({ ...longest, ...used })]) {
        assert.equal(await store.insert(record), true);
        assert.deepEqual(plain(await store.find(record.credentialId)), plain(record));
      }
    });

    check('knows nothing of a passkey that was never stored, and tells letter cases apart', async (store) => {
      const record = passkey({ credentialId: 'aBcDeFgHiJkLmNoPqRsTuV', userId: 'Ada' });
      await store.insert(record);
      for (const id of [credentialId(), 'abcdefghijklmnopqrstuv', `' OR 1=1; --`, '', 'x'.repeat(5_000)]) {
        assert.equal(await store.find(id), undefined);
        assert.equal(await store.use(id, use(1)), false);
      }
      assert.deepEqual(await store.list('ada'), []);
      assert.equal(await store.count('ada'), 0);
    });

    check('is not changed through what it was given or what it gave', async (store) => {
      const transports = ['usb'];
      const record = passkey({ transports });
      await store.insert(record);
      transports.push('nfc');
      ((await store.find(record.credentialId))!.transports as string[]).push('ble');
      assert.deepEqual((await store.list('user 1'))[0]?.transports, ['usb']);
    });

    check('takes a credential id once, whoever comes with it, and the first one keeps it', async (store) => {
      const first = passkey();
      assert.equal(await store.insert(first), true);
      for (const userId of ['user 1', 'user 2'])
        assert.equal(await store.insert(passkey({ credentialId: first.credentialId, userId })), false);
      assert.deepEqual(plain(await store.find(first.credentialId)), plain(first));
      assert.equal(await store.count('user 2'), 0);
    });

    check(`of ${USERS} who store the same credential id at the same time exactly one does`, async (store) => {
      const id = credentialId();
      const stored = await Promise.all(
        Array.from({ length: USERS }, (_each, index) => store.insert(passkey({ credentialId: id, userId: `user ${index}` }))),
      );
      assert.equal(stored.filter(Boolean).length, 1);
    });

    check('lists and counts the passkeys of one user, the oldest first', async (store) => {
      const [recent, old, other] = [passkey(), passkey({ createdAt: NOW - MINUTE }), passkey({ userId: 'user 2' })];
      for (const record of [recent, old, other]) await store.insert(record);
      assert.deepEqual((await store.list('user 1')).map(plain), [old, recent].map(plain));
      assert.equal(await store.count('user 1'), 2);
      assert.deepEqual(await store.list('nobody'), []);
    });

    check('notes a use whose counter has grown, and no other', async (store) => {
      const record = passkey({ counter: 5 });
      await store.insert(record);
      for (const counter of [5, 4, 0]) assert.equal(await store.use(record.credentialId, use(counter)), false);
      assert.deepEqual(plain(await store.find(record.credentialId)), plain(record));
      assert.equal(await store.use(record.credentialId, use(GREATEST_COUNTER, { backedUp: true })), true);
      assert.equal(await store.use(record.credentialId, use(GREATEST_COUNTER)), false);
      const noted = { counter: GREATEST_COUNTER, backedUp: true, usedAt: NOW + MINUTE };
      assert.deepEqual(plain(await store.find(record.credentialId)), plain({ ...record, ...noted }));
    });

    check('lets a counter that stands at 0 stay there, at the same millisecond too, until it counts', async (store) => {
      const record = passkey({ counter: 0 });
      await store.insert(record);
      for (let times = 0; times < 3; times++) assert.equal(await store.use(record.credentialId, use(0)), true);
      assert.equal(await store.use(record.credentialId, use(1)), true);
      assert.equal(await store.use(record.credentialId, use(0)), false);
    });

    check(`of ${USERS} uses with the same counter at the same time exactly one is noted`, async (store) => {
      const { credentialId: id } = await inserted(store, { counter: 7 });
      const noted = await Promise.all(Array.from({ length: USERS }, () => store.use(id, use(8))));
      assert.equal(noted.filter(Boolean).length, 1);
    });

    check('renames a passkey, but not one of another user', async (store) => {
      const record = await inserted(store);
      for (const [userId, id] of [
        ['user 2', record.id],
        ['user 1', randomUUID()],
        ['user 1', `' OR 1=1; --`],
      ] as const)
        assert.equal(await store.rename(userId, id, 'mine'), false);
      const hostile = `' OR 1=1; -- "\\ %_ \u{1F600}`;
      assert.equal(await store.rename('user 1', record.id, hostile), true);
      assert.equal(await store.rename('user 1', record.id, hostile), true);
      assert.deepEqual(plain(await store.find(record.credentialId)), plain({ ...record, name: hostile }));
    });

    check('removes a passkey, but not one of another user', async (store) => {
      const record = await inserted(store);
      for (const [userId, id] of [
        ['user 2', record.id],
        ['user 1', randomUUID()],
        ['user 1', `' OR 1=1; --`],
      ] as const)
        assert.equal(await store.remove(userId, id), false);
      assert.equal(await store.remove('user 1', record.id), true);
      assert.equal(await store.remove('user 1', record.id), false);
      assert.equal(await store.find(record.credentialId), undefined);
      assert.equal(await store.insert(record), true);
    });

    check('removes every passkey of a user and none of another', async (store) => {
      for (const userId of ['user 1', 'user 1', 'user 2']) await inserted(store, { userId });
      assert.equal(await store.removeAll('user 1'), 2);
      assert.equal(await store.removeAll('user 1'), 0);
      assert.equal(await store.count('user 2'), 1);
    });
  });
}

async function inserted(store: PasskeyStore, change: Partial<PasskeyRecord> = {}): Promise<PasskeyRecord> {
  const record = passkey(change);
  assert.equal(await store.insert(record), true);
  return record;
}

function passkey(change: Partial<PasskeyRecord> = {}): PasskeyRecord {
  return {
    id: randomUUID(),
    credentialId: credentialId(),
    userId: 'user 1',
    userHandle: randomBytes(32).toString('base64url'),
    publicKey: randomBytes(77).toString('base64url'),
    counter: 1,
    transports: ['internal', 'hybrid'],
    aaguid: '00000000-0000-0000-0000-000000000000',
    deviceBound: true,
    backedUp: false,
    name: 'Firefox on Windows',
    createdAt: NOW,
    usedAt: null,
    ...change,
  };
}

function use(counter: number, change: Partial<PasskeyUse> = {}): PasskeyUse {
  return { counter, backedUp: false, usedAt: NOW + MINUTE, ...change };
}

function credentialId(): string {
  return randomBytes(32).toString('base64url');
}

// Stores may give records of another prototype, or with their members in another order.
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
