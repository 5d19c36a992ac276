import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authIdentities, authMigrations, createAuthIdentities, SqlIdentityStore } from '@plinth/auth/data';
import { MemoryIdentityStore } from '@plinth/auth/oidc';
import { describeIdentityStore } from '@plinth/auth/testing';

describeIdentityStore('memory', async () => ({ store: new MemoryIdentityStore() }), { describe, test });

await describeDialect('identities in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  const open = async () => {
    const database = suite.database.open({ migrations: [createAuthIdentities] });
    await database.migrate.up();
    await database.repository(authIdentities).deleteMany({ all: true });
    return database;
  };

  describeIdentityStore(
    'SQL',
    async () => {
      const database = await open();
      return { store: new SqlIdentityStore(database), close: () => database.close() };
    },
    { describe, test },
  );

  test('the migration is one of authMigrations, and can be taken back and done again', async () => {
    expect(authMigrations).toContain(createAuthIdentities);
    const database = await open();
    await database.migrate.down({ all: true });
    await expect(database.repository(authIdentities).count()).rejects.toThrow();
    await database.migrate.up();
    expect(await database.repository(authIdentities).count()).toBe(0);
    await database.close();
  });
});
