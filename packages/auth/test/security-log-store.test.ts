import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemorySecurityLogStore } from '@plinth/auth';
import { authSecurityLog, createAuthSecurityLog, SqlSecurityLogStore } from '@plinth/auth/data';
import { describeSecurityLogStore } from '@plinth/auth/testing';

describeSecurityLogStore('memory', async () => ({ store: new MemorySecurityLogStore() }), { describe, test });

await describeDialect('the security log in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  describeSecurityLogStore(
    'SQL',
    async () => {
      const database = suite.database.open({ migrations: [createAuthSecurityLog] });
      await database.migrate.up();
      await database.repository(authSecurityLog).deleteMany({ all: true });
      const other = suite.database.open();
      return {
        store: new SqlSecurityLogStore(database),
        another: new SqlSecurityLogStore(other),
        close: () => Promise.all([database.close(), other.close()]),
      };
    },
    { describe, test },
  );

  test('the migration can be taken back and done again', async () => {
    const database = suite.database.open({ migrations: [createAuthSecurityLog] });
    await database.migrate.up();
    await database.migrate.down();
    await expect(database.repository(authSecurityLog).count()).rejects.toThrow();
    await database.migrate.up();
    expect(await database.repository(authSecurityLog).count()).toBe(0);
    await database.close();
  });
});
