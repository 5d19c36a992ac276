import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { IdentityRecord, IdentityStore } from '../oidc/identity-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadeIdentityStore = MadeStore<IdentityStore>;

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const ISSUER = 'https://id.example.com';
const TAKERS = 20;

/**
 * The contract of `IdentityStore` as a test suite: whoever passes it can stand behind `Oidc`.
 *
 * @example
 * describeIdentityStore('redis', async () => ({ store: await createRedisStore() }), { describe, test });
 */
export function describeIdentityStore(name: string, make: () => Promise<MadeIdentityStore>, runner: TestRunner): void {
  const { describe } = runner;
  const check = storeChecks(make, runner);

  describe(`IdentityStore: ${name}`, () => {
    check('knows nothing of what was never linked', async (store) => {
      assert.equal(await store.find(ISSUER, 'nobody'), undefined);
      assert.equal(await store.findById(randomUUID()), undefined);
      assert.equal(await store.findById('no id of ours'), undefined);
      assert.deepEqual(await store.list('nobody'), []);
      assert.equal(await store.touch(randomUUID(), { usedAt: NOW, email: null }), false);
      assert.equal(await store.replaceTokens(randomUUID(), null, 'new'), false);
      assert.equal(await store.remove('nobody', randomUUID()), false);
      assert.equal(await store.removeAll('nobody'), 0);
    });

    check('gives back what was stored, by issuer and subject and by id', async (store) => {
      const record = identity({ email: 'ada@example.com', tokens: `v1.${'x'.repeat(6_000)}` });
      assert.equal(await store.insert(record), true);
      assert.deepEqual(await store.find(ISSUER, record.subject), record);
      assert.deepEqual(await store.findById(record.id), record);
      assert.deepEqual(await store.list(record.userId), [record]);
    });

    check('has an issuer and subject once, whoever wants it second', async (store) => {
      const first = identity({ subject: 'ada' });
      assert.equal(await store.insert(first), true);
      assert.equal(await store.insert(identity({ subject: 'ada', userId: 'user 2' })), false);
      assert.equal(await store.insert(identity({ subject: 'ada', provider: 'another' })), false);
      assert.deepEqual(await store.find(ISSUER, 'ada'), first);
      assert.deepEqual(await store.list('user 2'), []);
    });

    check(`of ${TAKERS} who link the same one at the same time exactly one does`, async (store) => {
      const records = Array.from({ length: TAKERS }, (_, index) => identity({ subject: 'ada', userId: `user ${index}` }));
      const done = await Promise.all(records.map((record) => store.insert(record)));
      assert.equal(done.filter(Boolean).length, 1);
      assert.deepEqual(await store.find(ISSUER, 'ada'), records[done.indexOf(true)]);
    });

    check('tells subjects and issuers apart to the letter', async (store) => {
      const names = ['Ada', 'ada', 'ada ', ' ada', 'ad\u00e1', 'ada\u0301', 'a'.repeat(255)];
      for (const subject of names) assert.equal(await store.insert(identity({ subject })), true, JSON.stringify(subject));
      assert.equal(await store.insert(identity({ subject: 'ada', issuer: `${ISSUER}/` })), true);
      assert.equal(await store.insert(identity({ subject: 'ada', issuer: `${ISSUER}/${'p'.repeat(230)}` })), true);
      assert.equal((await store.find(ISSUER, 'ada '))?.subject, 'ada ');
      assert.equal(await store.find(ISSUER, 'ADA'), undefined);
      assert.equal((await store.list('user 1')).length, names.length + 2);
    });

    check('lists those of one user, the oldest first', async (store) => {
      const [newer, older] = [identity({ linkedAt: NOW + 2 }), identity({ linkedAt: NOW + 1 })];
      for (const record of [newer, older, identity({ userId: 'User 1' })]) await store.insert(record);
      assert.deepEqual(await store.list('user 1'), [older, newer]);
    });

    check('notes a sign-in', async (store) => {
      const record = identity({ tokens: 'kept' });
      await store.insert(record);
      assert.equal(await store.touch(record.id, { usedAt: NOW + 5, email: 'new@example.com' }), true);
      assert.deepEqual(await store.findById(record.id), { ...record, usedAt: NOW + 5, email: 'new@example.com' });
      assert.equal(await store.touch(record.id, { usedAt: NOW + 6, email: null }), true);
      assert.equal((await store.findById(record.id))?.email, null);
    });

    check('replaces tokens only where they still are those that were read', async (store) => {
      const record = identity();
      await store.insert(record);
      assert.equal(await store.replaceTokens(record.id, 'others', 'first'), false);
      assert.equal(await store.replaceTokens(record.id, null, 'first'), true);
      assert.equal(await store.replaceTokens(record.id, null, 'second'), false);
      const done = await Promise.all(
        Array.from({ length: TAKERS }, (_, index) => store.replaceTokens(record.id, 'first', `next ${index}`)),
      );
      assert.equal(done.filter(Boolean).length, 1);
      const kept = (await store.findById(record.id))?.tokens ?? '';
      assert.equal(kept, `next ${done.indexOf(true)}`);
      assert.equal(await store.replaceTokens(record.id, kept, null), true);
      assert.equal((await store.findById(record.id))?.tokens, null);
    });

    check('removes only what is the user’s own, and what was removed can be linked again', async (store) => {
      const record = identity({ subject: 'ada' });
      await store.insert(record);
      assert.equal(await store.remove('user 2', record.id), false);
      assert.equal(await store.remove('USER 1', record.id), false);
      assert.equal(await store.remove('user 1', 'no id of ours'), false);
      assert.equal(await store.remove('user 1', record.id), true);
      assert.equal(await store.remove('user 1', record.id), false);
      assert.equal(await store.find(ISSUER, 'ada'), undefined);
      assert.equal(await store.insert(identity({ subject: 'ada', userId: 'user 2' })), true);
    });

    check('removes everything of one user and nothing of another', async (store) => {
      const kept = identity({ userId: 'user 2' });
      for (const record of [identity(), identity(), kept]) await store.insert(record);
      assert.equal(await store.removeAll('user 1'), 2);
      assert.deepEqual(await store.list('user 1'), []);
      assert.deepEqual(await store.list('user 2'), [kept]);
    });
  });
}

function identity(more: Partial<IdentityRecord> = {}): IdentityRecord {
  const id = randomUUID();
  const known = { provider: 'own', issuer: ISSUER, subject: id, email: null, linkedAt: NOW, usedAt: NOW, tokens: null };
  return { id, userId: 'user 1', ...known, ...more };
}
