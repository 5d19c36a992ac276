import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryAccountStore } from '@plinth/auth/accounts';
import { accountMigrations, accounts, SqlAccountStore } from '@plinth/auth/data';
import { describeAccountStore } from '@plinth/auth/testing';

describeAccountStore('memory', async () => ({ store: new MemoryAccountStore() }), { describe, test });

await describeDialect('accounts in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  const open = async () => {
    const database = suite.database.open({ migrations: accountMigrations });
    await database.migrate.up();
    await database.repository(accounts).deleteMany({ all: true });
    return database;
  };

  describeAccountStore(
    'SQL',
    async () => {
      const database = await open();
      return { store: new SqlAccountStore(database), close: () => database.close() };
    },
    { describe, test },
  );

  test('what the steps of a transaction did is taken back when one throws', async () => {
    const database = await open();
    const store = new SqlAccountStore(database);
    const record = {
      id: '0193f6a0-0000-7000-8000-000000000001',
      email: 'ada@example.org',
      emailKey: 'ada@example.org',
      name: null,
      roles: [],
      passwordHash: null,
      emailVerifiedAt: null,
      createdAt: new Date(),
      disabledAt: null,
    };
    const steps = async (): Promise<void> => {
      await store.insert(record);
      throw new Error('refused');
    };
    await expect(store.transaction(steps)).rejects.toThrow('refused');
    expect(await store.find(record.id)).toBeUndefined();
    await database.transaction(() => expect(store.transaction(steps)).rejects.toThrow('refused'));
    expect(await store.find(record.id)).toBeUndefined();
    await database.close();
  });

  test('the migrations can be taken back and done again', async () => {
    const database = await open();
    await database.migrate.down({ all: true });
    await expect(database.repository(accounts).count()).rejects.toThrow();
    await database.migrate.up();
    expect(await database.repository(accounts).count()).toBe(0);
    await database.close();
  });
});
