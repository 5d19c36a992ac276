import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { SecurityLogRecord, SecurityLogStore } from '../protect/security-log-store.js';
import type { TestRunner } from './store-checks.js';

/** A fresh, empty store, and how to let go of it. */
export interface MadeSecurityLogStore {
  readonly store: SecurityLogStore;
  /** Another one that writes the same log, as a second process would have it. */
  readonly another?: SecurityLogStore;
  close?(): unknown;
}

/**
 * The contract of `SecurityLogStore` as a test suite: whoever passes it can stand behind `SecurityLog`.
 *
 * @example
 * describeSecurityLogStore('mine', async () => ({ store: await createStore() }), { describe, test });
 */
export function describeSecurityLogStore(name: string, make: () => Promise<MadeSecurityLogStore>, runner: TestRunner): void {
  const { describe, test } = runner;
  const check = (sentence: string, body: (store: SecurityLogStore, another: SecurityLogStore) => Promise<void>): unknown =>
    test(sentence, async () => {
      const made = await make();
      try {
        await body(made.store, made.another ?? made.store);
      } finally {
        await made.close?.();
      }
    });

  describe(`SecurityLogStore: ${name}`, () => {
    check('an empty log has no last record', async (store) => {
      assert.equal(await store.last(), undefined);
      assert.deepEqual(await store.read(0, 10), []);
      assert.deepEqual(await store.recent('7', 10), []);
    });

    check('gives back exactly what was stored', async (store) => {
      const text = `' OR 1=1; -- "\\ %_ \u{1F600} Grüße  `;
      const data = { text, [text]: 1.5, yes: true, small: 5e-324, large: 1.7976931348623157e308, none: '' };
      const first = logRecord(1, { actor: text, subject: text, client: '2001:db8::1', requestId: text, data });
      const second = logRecord(2, { actor: null, subject: null, client: null, requestId: null, data: {} });
      for (const record of [first, second]) assert.equal(await store.append(record), true);
      assert.deepEqual(await store.read(0, 10), [first, second]);
      assert.deepEqual(await store.last(), { sequence: 2, hash: second.hash });
    });

    check('of fifty records for the same place exactly one is stored', async (store, another) => {
      await store.append(logRecord(1));
      const records = Array.from({ length: 50 }, () => logRecord(2));
      const stored = await Promise.all(records.map((record, index) => (index % 2 ? store : another).append(record)));
      assert.equal(stored.filter(Boolean).length, 1);
      assert.deepEqual(await store.read(1, 10), [records[stored.indexOf(true)]]);
      assert.equal(await store.append(logRecord(1)), false);
      assert.equal(await store.append(logRecord(3)), true);
    });

    check('reads in order, from any place, as many as asked for', async (store) => {
      for (let sequence = 1; sequence <= 12; sequence++) await store.append(logRecord(sequence));
      const read = async (after: number, limit: number) => (await store.read(after, limit)).map((record) => record.sequence);
      assert.deepEqual(await read(0, 3), [1, 2, 3]);
      assert.deepEqual(await read(8, 3), [9, 10, 11]);
      assert.deepEqual(await read(11, 3), [12]);
      assert.deepEqual(await read(12, 3), []);
    });

    check('lists what is about a user, newest first, page by page', async (store) => {
      for (let sequence = 1; sequence <= 12; sequence++)
        await store.append(logRecord(sequence, { subject: sequence % 2 ? 'odd' : 'even', actor: 'odd' }));
      const recent = async (limit: number, before?: number) => (await store.recent('odd', limit, before)).map((record) => record.sequence);
      assert.deepEqual(await recent(3), [11, 9, 7]);
      assert.deepEqual(await recent(10, 7), [5, 3, 1]);
      assert.deepEqual(await recent(10, 1), []);
    });

    check('removes records at its beginning, and goes on at its end', async (store, another) => {
      for (let sequence = 1; sequence <= 5; sequence++) await store.append(logRecord(sequence));
      assert.equal(await store.prune(0), 0);
      assert.equal(await store.prune(3), 3);
      assert.equal(await another.prune(3), 0);
      assert.deepEqual(
        (await store.read(0, 10)).map(({ sequence }) => sequence),
        [4, 5],
      );
      assert.equal((await store.last())?.sequence, 5);
      assert.equal(await store.append(logRecord(5)), false);
      assert.equal(await another.append(logRecord(6)), true);
      assert.deepEqual(
        (await store.recent('7', 2, 6)).map(({ sequence }) => sequence),
        [5, 4],
      );
    });

    check('is not changed through what it was given or what it gave', async (store) => {
      const data: Record<string, string> = { a: '1' };
      await store.append(logRecord(1, { data }));
      data['a'] = '2';
      const [found] = await store.read(0, 1);
      (found!.data as Record<string, string>)['a'] = '3';
      assert.deepEqual((await store.read(0, 1))[0]!.data, { a: '1' });
    });
  });
}

function logRecord(sequence: number, change: Partial<SecurityLogRecord> = {}): SecurityLogRecord {
  return {
    sequence,
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 678) + sequence,
    type: 'sign-in.password',
    outcome: 'failure',
    actor: '1',
    subject: '7',
    client: '192.0.2.1',
    requestId: 'r-1',
    data: { known: false },
    keyId: 'abcdefgh',
    hash: randomBytes(32).toString('base64url'),
    ...change,
  };
}
