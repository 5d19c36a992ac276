import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { ApiKeyRecord, ApiKeyStore } from '../api-key/api-key-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadeApiKeyStore = MadeStore<ApiKeyStore>;

const NOW = Date.UTC(2026, 0, 2, 3, 4);
const MINUTE = 60_000;

/**
 * The contract of `ApiKeyStore` as a test suite: whoever passes it can stand behind `ApiKeys`.
 *
 * @example
 * describeApiKeyStore('mine', async () => ({ store: await createMyStore() }), { describe, test });
 */
export function describeApiKeyStore(name: string, make: () => Promise<MadeApiKeyStore>, runner: TestRunner): void {
  const check = storeChecks(make, runner);

  runner.describe(`ApiKeyStore: ${name}`, () => {
    check('gives back exactly what was stored', async (store) => {
      for (const record of [apiKeyRecord(), apiKeyRecord({ scopes: [], expiresAt: null, usedAt: NOW - MINUTE })]) {
        await store.insert(record);
        assert.deepEqual(plain(await store.find(record.keyHash)), plain(record));
      }
    });

    check('knows nothing of a key that was never stored, and tells letter cases apart', async (store) => {
      const record = apiKeyRecord({ keyHash: 'aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_aBcDe' });
      await store.insert(record);
      assert.equal(await store.find(hash()), undefined);
      assert.equal(await store.find(record.keyHash.toLowerCase()), undefined);
      assert.equal(await store.find(`' OR 1=1; --`), undefined);
    });

    check('is not changed through what it was given or what it gave', async (store) => {
      const scopes = ['a'];
      const record = apiKeyRecord({ scopes });
      await store.insert(record);
      scopes.push('b');
      ((await store.find(record.keyHash))!.scopes as string[]).push('c');
      assert.deepEqual((await store.find(record.keyHash))?.scopes, ['a']);
    });

    check('notes a use that is later than the one noted, once', async (store) => {
      const record = apiKeyRecord();
      await store.insert(record);
      assert.equal(await store.touch(record.keyHash, NOW), true);
      assert.equal(await store.touch(record.keyHash, NOW), false);
      assert.equal(await store.touch(record.keyHash, NOW - MINUTE), false);
      assert.equal((await store.find(record.keyHash))?.usedAt, NOW);
      assert.equal(await store.touch(record.keyHash, NOW + MINUTE), true);
      assert.deepEqual(plain(await store.find(record.keyHash)), plain({ ...record, usedAt: NOW + MINUTE }));
      assert.equal(await store.touch(hash(), NOW), false);
    });

    check('of 50 notes of the same minute at the same time one changes something', async (store) => {
      const record = apiKeyRecord();
      await store.insert(record);
      const noted = await Promise.all(Array.from({ length: 50 }, () => store.touch(record.keyHash, NOW)));
      assert.equal(noted.filter(Boolean).length, 1);
    });

    check('lists the keys of one owner, the newest first', async (store) => {
      const [old, recent, other] = [apiKeyRecord({ createdAt: NOW - MINUTE }), apiKeyRecord(), apiKeyRecord({ owner: 'owner 2' })];
      for (const record of [old, recent, other]) await store.insert(record);
      assert.deepEqual((await store.list('owner 1')).map(plain), [recent, old].map(plain));
      assert.deepEqual(await store.list('nobody'), []);
    });

    check('removes a key by its id, but not one of another owner', async (store) => {
      const record = apiKeyRecord();
      await store.insert(record);
      assert.equal(await store.remove('owner 2', record.id), false);
      assert.equal(await store.remove(record.owner, randomUUID()), false);
      assert.equal(await store.remove(record.owner, `' OR 1=1; --`), false);
      assert.equal(await store.remove(record.owner, record.id), true);
      assert.equal(await store.remove(record.owner, record.id), false);
      assert.equal(await store.find(record.keyHash), undefined);
    });

    check('removes every key of an owner', async (store) => {
      for (const record of [apiKeyRecord(), apiKeyRecord(), apiKeyRecord({ owner: 'owner 2' })]) await store.insert(record);
      assert.equal(await store.removeAll('owner 1'), 2);
      assert.equal(await store.removeAll('owner 1'), 0);
      assert.equal((await store.list('owner 2')).length, 1);
    });

    check('takes text from anywhere as text', async (store) => {
      const hostile = `' OR 1=1; -- "\\ %_ \u{1F600}`;
      const record = apiKeyRecord({ owner: hostile, name: hostile });
      await store.insert(record);
      assert.deepEqual((await store.list(hostile)).map(plain), [plain(record)]);
      assert.equal(await store.removeAll(`' OR 1=1; --`), 0);
      assert.equal(await store.removeAll(hostile), 1);
    });
  });
}

function apiKeyRecord(change: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  const times = { createdAt: NOW, expiresAt: NOW + 60 * MINUTE, usedAt: null };
  const label = { hint: 'pk_test_Ab3d', owner: 'owner 1', name: 'deploy' };
  return { id: randomUUID(), keyHash: hash(), ...label, scopes: ['orders:read', 'orders:write'], ...times, ...change };
}

function hash(): string {
  return randomBytes(32).toString('base64url');
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
