import { newId } from '@plinth/core';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryRecoveryCodeStore, MemoryTotpStore } from '@plinth/auth';
import {
  authRecoveryCodes,
  authTotp,
  createAuthRecoveryCodes,
  createAuthTotp,
  SqlRecoveryCodeStore,
  SqlTotpStore,
} from '@plinth/auth/data';
import { describeRecoveryCodeStore, describeTotpStore } from '@plinth/auth/testing';

describeTotpStore('memory', async () => ({ store: new MemoryTotpStore() }), { describe, test });
describeRecoveryCodeStore('memory', async () => ({ store: new MemoryRecoveryCodeStore() }), { describe, test });

await describeDialect('second factors in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  const open = async () => {
    const database = suite.database.open({ migrations: [createAuthTotp, createAuthRecoveryCodes] });
    await database.migrate.up();
    await database.repository(authTotp).deleteMany({ all: true });
    await database.repository(authRecoveryCodes).deleteMany({ all: true });
    return database;
  };

  describeTotpStore(
    'SQL',
    async () => {
      const database = await open();
      return { store: new SqlTotpStore(database), close: () => database.close() };
    },
    { describe, test },
  );

  describeRecoveryCodeStore(
    'SQL',
    async () => {
      const database = await open();
      return { store: new SqlRecoveryCodeStore(database), close: () => database.close() };
    },
    { describe, test },
  );

  test('codes are not taken inside of a transaction, whose rollback would make them good again', async () => {
    const database = await open();
    const [totp, codes] = [new SqlTotpStore(database), new SqlRecoveryCodeStore(database)];
    const hash = 'h'.repeat(43);
    await codes.replace('user 1', [hash]);
    for (const take of [() => totp.use('user 1', newId(), 1), () => codes.take('user 1', hash)])
      await expect(database.transaction(take)).rejects.toMatchObject({ code: 'AUTH_IN_TRANSACTION' });
    expect(await codes.take('user 1', hash)).toBe(true);
    await database.close();
  });

  test('the migrations can be taken back and done again', async () => {
    const database = await open();
    await database.migrate.down({ all: true });
    await expect(database.repository(authTotp).count()).rejects.toThrow();
    await expect(database.repository(authRecoveryCodes).count()).rejects.toThrow();
    await database.migrate.up();
    expect(await database.repository(authTotp).count()).toBe(0);
    await database.close();
  });
});
