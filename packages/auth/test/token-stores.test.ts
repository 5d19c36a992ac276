import { DataModule } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiKeys, MemoryApiKeyStore, MemoryOneTimeStore, MemoryRefreshStore, OneTimeTokens, RefreshTokens } from '@plinth/auth';
import {
  authApiKeys,
  authOneTimeTokens,
  authRefreshTokens,
  createAuthApiKeys,
  createAuthOneTimeTokens,
  createAuthRefreshTokens,
  SqlApiKeyStore,
  sqlApiKeyStore,
  SqlOneTimeStore,
  sqlOneTimeStore,
  SqlRefreshStore,
  sqlRefreshStore,
} from '@plinth/auth/data';
import { describeApiKeyStore, describeOneTimeStore, describeRefreshStore } from '@plinth/auth/testing';
import { startTokens } from './token-support.js';

const runner = { describe, test };
const migrations = [createAuthOneTimeTokens, createAuthRefreshTokens, createAuthApiKeys];

describeOneTimeStore('memory', async () => ({ store: new MemoryOneTimeStore() }), runner);
describeRefreshStore('memory', async () => ({ store: new MemoryRefreshStore() }), runner);
describeApiKeyStore('memory', async () => ({ store: new MemoryApiKeyStore() }), runner);

await describeDialect('tokens in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  const open = async () => {
    const database = suite.database.open({ migrations });
    await database.migrate.up();
    for (const table of [authOneTimeTokens, authRefreshTokens, authApiKeys]) await database.repository(table).deleteMany({ all: true });
    return { database, close: () => database.close() };
  };

  describeOneTimeStore('SQL', async () => open().then(({ database, close }) => ({ store: new SqlOneTimeStore(database), close })), runner);
  describeRefreshStore('SQL', async () => open().then(({ database, close }) => ({ store: new SqlRefreshStore(database), close })), runner);
  describeApiKeyStore('SQL', async () => open().then(({ database, close }) => ({ store: new SqlApiKeyStore(database), close })), runner);

  test('what must outlive a rollback is refused in a transaction', async () => {
    const { database, close } = await open();
    const hash = 'x'.repeat(43);
    const refused = { code: 'AUTH_IN_TRANSACTION' };
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => new SqlOneTimeStore(database).countTry(hash, 5),
      () => new SqlRefreshStore(database).find(hash),
      () => new SqlRefreshStore(database).rotate(hash, hash, { tokenHash: hash, rotatedAt: 0, idleUntil: 0 }),
    ];
    for (const attempt of attempts) {
      await expect(database.transaction(attempt)).rejects.toMatchObject(refused);
    }
    await close();
  });

  test('a one-time token that was taken in a transaction is there again after its rollback', async () => {
    const { database, close } = await open();
    const store = new SqlOneTimeStore(database);
    const times = { issuedAt: Date.UTC(2026, 0, 1), expiresAt: Date.UTC(2026, 0, 2) };
    const record = { tokenHash: 'x'.repeat(43), purpose: 'reset', subject: '7', codeHash: null, tries: 0, ...times, data: {} };
    await store.put(record);
    const failed = database.transaction(async () => {
      expect(await store.take(record.tokenHash)).toMatchObject({ subject: '7' });
      throw new Error('the new password was not stored');
    });
    await expect(failed).rejects.toThrow('the new password was not stored');
    expect(await store.take(record.tokenHash)).toMatchObject({ subject: '7' });
    await close();
  });

  test('of 50 presentations of one refresh token to two processes one gives a new one, and the family ends [AU-04]', async () => {
    const data = DataModule.with({ migrations, migrate: 'start' });
    const start = () =>
      startTokens(
        { imports: [data], refresh: { store: sqlRefreshStore } },
        { env: { DATABASE_URL: suite.database.url }, module: { imports: [data] } },
      );
    await using one = await start();
    await using two = await start();
    const { token } = await one.get(RefreshTokens).issue('7');
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_each, index) => (index % 2 ? one : two).get(RefreshTokens).rotate(token)),
    );
    const given = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const codes = new Set(results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code: string }).code] : [])));
    expect(given).toHaveLength(1);
    expect([...codes].every((code) => code === 'AUTH_REFRESH_REUSED' || code === 'AUTH_REFRESH_INVALID')).toBe(true);
    expect(codes.has('AUTH_REFRESH_REUSED')).toBe(true);
    await expect(two.get(RefreshTokens).rotate(given[0]!.token)).rejects.toMatchObject({ code: 'AUTH_REFRESH_INVALID' });
  });

  test('a one-time link, a code and an API key outlive the process that made them', async () => {
    const data = DataModule.with({ migrations, migrate: 'start' });
    const stores = { oneTime: { store: sqlOneTimeStore }, apiKeys: { store: sqlApiKeyStore } };
    const start = () =>
      startTokens({ imports: [data], ...stores }, { env: { DATABASE_URL: suite.database.url }, module: { imports: [data] } });
    const before = await start();
    const link = await before.get(OneTimeTokens).issue({ purpose: 'verify', subject: '7', lifetime: 60, data: { mail: 'a@example.org' } });
    const code = await before.get(OneTimeTokens).issueCode({ purpose: 'sign-in', subject: '7', lifetime: 60 });
    const { key } = await before.get(ApiKeys).create({ owner: '7', name: 'deploy', scopes: ['a'] });
    await before.stop();
    await using after = await start();
    expect(await after.get(OneTimeTokens).take('verify', link.token)).toMatchObject({ subject: '7', data: { mail: 'a@example.org' } });
    expect(await after.get(OneTimeTokens).takeCode('sign-in', code.requestId, code.code)).toMatchObject({ subject: '7' });
    expect(await after.get(ApiKeys).verify(key)).toMatchObject({ owner: '7', scopes: ['a'] });
    expect((await after.get(ApiKeys).list('7'))[0]?.usedAt).toBeInstanceOf(Date);
  });

  test('the migrations can be taken back and done again', async () => {
    const { database, close } = await open();
    await database.migrate.down({ steps: migrations.length });
    await expect(database.repository(authRefreshTokens).count()).rejects.toThrow();
    await database.migrate.up();
    expect(await database.repository(authApiKeys).count()).toBe(0);
    await close();
  });
});
