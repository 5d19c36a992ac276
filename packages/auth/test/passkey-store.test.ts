import { randomUUID } from 'node:crypto';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authPasskeys, createAuthPasskeys, SqlPasskeyStore } from '@plinth/auth/data';
import { MemoryPasskeyStore, type PasskeyRecord } from '@plinth/auth/passkeys';
import { describePasskeyStore } from '@plinth/auth/testing';

describePasskeyStore('memory', async () => ({ store: new MemoryPasskeyStore() }), { describe, test });

await describeDialect('passkeys in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  const open = async () => {
    const database = suite.database.open({ migrations: [createAuthPasskeys] });
    await database.migrate.up();
    await database.repository(authPasskeys).deleteMany({ all: true });
    return database;
  };

  describePasskeyStore(
    'SQL',
    async () => {
      const database = await open();
      return { store: new SqlPasskeyStore(database), close: () => database.close() };
    },
    { describe, test },
  );

  test('a passkey is not used inside of a transaction, whose rollback would set its counter back [AU-11]', async () => {
    const database = await open();
    const store = new SqlPasskeyStore(database);
    const tried = database.transaction(() => store.use('x', { counter: 1, backedUp: false, usedAt: 0 }));
    await expect(tried).rejects.toMatchObject({ code: 'AUTH_IN_TRANSACTION' });
    await database.close();
  });

  test('a credential id that is taken leaves the transaction of the caller whole', async () => {
    const database = await open();
    const store = new SqlPasskeyStore(database);
    const [first, second] = [recordOf('one'), recordOf('two')];
    await database.transaction(async () => {
      expect(await store.insert(first)).toBe(true);
      expect(await store.insert({ ...second, credentialId: 'one' })).toBe(false);
      expect(await store.insert(second)).toBe(true);
    });
    expect(await store.count('7')).toBe(2);
    await database.close();
  });

  test('the migration can be taken back and done again', async () => {
    const database = await open();
    await database.migrate.down({ all: true });
    await expect(database.repository(authPasskeys).count()).rejects.toThrow();
    await database.migrate.up();
    expect(await database.repository(authPasskeys).count()).toBe(0);
    await database.close();
  });
});

function recordOf(credentialId: string): PasskeyRecord {
  const device = { aaguid: randomUUID(), deviceBound: true, backedUp: false, transports: [] };
  const times = { createdAt: Date.UTC(2026, 0, 1), usedAt: null };
  return { id: randomUUID(), credentialId, userId: '7', userHandle: 'h', publicKey: 'k', counter: 0, name: 'mine', ...device, ...times };
}
