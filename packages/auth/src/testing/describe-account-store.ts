import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AccountRecord } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import { type MadeStore, storeChecks, type TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export type MadeAccountStore = MadeStore<AccountStore>;

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const AT_ONCE = 20;

/**
 * The contract of `AccountStore` as a test suite: whoever passes it can stand behind `Accounts`.
 *
 * @example
 * describeAccountStore('my users table', async () => ({ store: await createStore() }), { describe, test });
 */
export function describeAccountStore(name: string, make: () => Promise<MadeAccountStore>, runner: TestRunner): void {
  const { describe } = runner;
  const check = storeChecks(make, runner);

  describe(`AccountStore: ${name}`, () => {
    check('knows nothing of an account that is not there, whatever text it is asked for', async (store) => {
      for (const id of [randomUUID(), 'nobody', '', `' or 1=1 --`, 'a\0b', 'x'.repeat(5_000)]) {
        assert.equal(await store.find(id), undefined);
        assert.equal(await store.findByKey(id), undefined);
        assert.equal(await store.update(id, { name: 'x' }), 'none');
        assert.equal(await store.remove(id), false);
      }
      assert.deepEqual(await store.list({ limit: 10 }), []);
    });

    check('gives back what it was given, by id and by key', async (store) => {
      const [full, bare] = [account(), account({ name: null, roles: [], passwordHash: null, emailVerifiedAt: null, disabledAt: null })];
      for (const record of [full, bare]) {
        assert.equal(await store.insert(record), true);
        assert.deepEqual(await store.find(record.id), record);
        assert.deepEqual(await store.findByKey(record.emailKey), record);
      }
    });

    check('has one account for a key: the second is refused, and the first stays', async (store) => {
      const first = account();
      const second = account({ emailKey: first.emailKey });
      assert.equal(await store.insert(first), true);
      assert.equal(await store.insert(second), false);
      assert.equal(await store.find(second.id), undefined);
      assert.deepEqual(await store.findByKey(first.emailKey), first);
    });

    check(`of ${AT_ONCE} accounts with one key at the same time exactly one is stored`, async (store) => {
      const all = Array.from({ length: AT_ONCE }, () => account({ emailKey: 'ada@example.org' }));
      const stored = await Promise.all(all.map((record) => store.insert(record)));
      assert.equal(stored.filter(Boolean).length, 1);
      assert.equal((await store.list({ limit: 100 })).length, 1);
    });

    check('takes keys as they are: letter case, accents and look-alikes count', async (store) => {
      const keys = [
        'mike@example.org',
        'mıke@example.org',
        'mike@exämple.org',
        'Mike@example.org',
        'mike@example.org.',
        'mìke@example.org',
      ];
      for (const emailKey of keys) assert.equal(await store.insert(account({ emailKey })), true, emailKey);
      for (const emailKey of keys) assert.equal((await store.findByKey(emailKey))?.emailKey, emailKey);
      assert.equal(await store.findByKey('MIKE@example.org'), undefined);
      assert.equal(await store.findByKey('%'), undefined);
    });

    check('changes what it is told to, and nothing of another account', async (store) => {
      const [mine, other] = [account(), account()];
      await store.insert(mine);
      await store.insert(other);
      const changes = { name: 'Ada L.', roles: ['admin', 'clerk'], passwordHash: null, disabledAt: new Date(NOW + 5) };
      assert.equal(await store.update(mine.id, changes), 'done');
      assert.deepEqual(await store.find(mine.id), { ...mine, ...changes });
      assert.deepEqual(await store.find(other.id), other);
    });

    check('changes the address where it is free, and is found by the new one only', async (store) => {
      const [mine, other] = [account(), account()];
      await store.insert(mine);
      await store.insert(other);
      assert.equal(await store.update(mine.id, { email: other.email, emailKey: other.emailKey }), 'taken');
      assert.deepEqual(await store.find(mine.id), mine);
      assert.equal(await store.update(mine.id, { email: 'New@example.org', emailKey: 'new@example.org' }), 'done');
      assert.equal(await store.update(mine.id, { email: 'new@example.org', emailKey: 'new@example.org' }), 'done');
      assert.equal((await store.findByKey('new@example.org'))?.id, mine.id);
      assert.equal(await store.findByKey(mine.emailKey), undefined);
      assert.equal(await store.insert(account({ emailKey: mine.emailKey })), true);
    });

    check('changes a password only where it still is the one that was read', async (store) => {
      const record = account({ passwordHash: 'first' });
      await store.insert(record);
      assert.equal(await store.update(record.id, { passwordHash: 'other' }, { passwordHash: 'wrong' }), 'none');
      assert.equal(await store.update(record.id, { passwordHash: 'other' }, { passwordHash: null }), 'none');
      const tries = Array.from({ length: AT_ONCE }, (_, index) =>
        store.update(record.id, { passwordHash: `hash ${index}` }, { passwordHash: 'first' }),
      );
      assert.equal((await Promise.all(tries)).filter((result) => result === 'done').length, 1);
      await store.update(record.id, { passwordHash: null });
      assert.equal(await store.update(record.id, { passwordHash: 'second' }, { passwordHash: null }), 'done');
    });

    check('removes one account, once', async (store) => {
      const [mine, other] = [account(), account()];
      await store.insert(mine);
      await store.insert(other);
      assert.equal(await store.remove(mine.id), true);
      assert.equal(await store.remove(mine.id), false);
      assert.equal(await store.findByKey(mine.emailKey), undefined);
      assert.deepEqual(await store.find(other.id), other);
    });

    check('lists by pages, each account once, and finds parts of addresses as they are', async (store) => {
      const all = Array.from({ length: 7 }, (_, index) => account({ emailKey: `user_${index}%@example.org` }));
      for (const record of all) await store.insert(record);
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await store.list({ limit: 3, ...(after !== undefined && { after }) });
        seen.push(...page.map(({ id }) => id));
        if (page.length < 3) break;
      }
      assert.deepEqual(seen.toSorted(), all.map(({ id }) => id).toSorted());
      assert.deepEqual(
        (await store.list({ search: 'r_5%@', limit: 10 })).map(({ id }) => id),
        [all[5]!.id],
      );
      assert.deepEqual(await store.list({ search: '%', limit: 10, after: seen.at(-1)! }), []);
      assert.deepEqual(await store.list({ search: `' or 1=1 --`, limit: 10 }), []);
    });

    check('gives what the steps of a transaction give, and throws what they throw', async (store) => {
      const record = account();
      assert.equal(await store.transaction(async () => store.insert(record)), true);
      assert.deepEqual(await store.find(record.id), record);
      const refused = new Error('refused');
      await assert.rejects(
        store.transaction(async () => {
          // A key that is taken is an answer, also in here: the steps go on.
          assert.equal(await store.insert(account({ emailKey: record.emailKey })), false);
          assert.equal(await store.update(record.id, { name: 'Ada' }), 'done');
          throw refused;
        }),
        refused,
      );
    });
  });
}

function account(of: Partial<AccountRecord> = {}): AccountRecord {
  const id = randomUUID();
  return {
    id,
    email: `Ada+${id}@Example.org`,
    emailKey: `ada+${id}@example.org`,
    name: `Ada \u{1F600} "O'Neil" <b>`,
    roles: ['admin', 'ø'],
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
    emailVerifiedAt: new Date(NOW),
    createdAt: new Date(NOW - 1),
    disabledAt: new Date(NOW + 1),
    ...of,
  };
}
