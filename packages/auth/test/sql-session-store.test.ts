import { Module } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sessions } from '@plinth/auth';
import { authSessions, createAuthSessions, SqlSessionStore, sqlSessionStore } from '@plinth/auth/data';
import { describeSessionStore } from '@plinth/auth/testing';
import { startAuth } from './support.js';

await describeDialect('sessions in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  describeSessionStore(
    'SQL',
    async () => {
      const database = suite.database.open({ migrations: [createAuthSessions] });
      await database.migrate.up();
      await database.repository(authSessions).deleteMany({ all: true });
      return { store: new SqlSessionStore(database), close: () => database.close() };
    },
    { describe, test },
  );

  test('sessions outlive the process that started them', async () => {
    const data = DataModule.with({ migrations: [createAuthSessions], migrate: 'start' });
    const options = { imports: [data], sessions: { store: sqlSessionStore } };
    @Module({ imports: [data] })
    class Store {}
    const start = () => startAuth(options, { module: { imports: [Store] }, env: { DATABASE_URL: suite.database.url } });
    const before = await start();
    const { token } = await before.get(Sessions).create('7', { data: { theme: 'dark' } });
    await before.stop();
    await using after = await start();
    expect(await after.get(Sessions).read(token)).toMatchObject({ userId: '7', data: { theme: 'dark' } });
    expect(await after.get(Sessions).revokeAll('7')).toBe(1);
    expect(await after.get(Sessions).read(token)).toBeUndefined();
  });

  test('the migration can be taken back and done again', async () => {
    const database = suite.database.open({ migrations: [createAuthSessions] });
    await database.migrate.up();
    await database.migrate.down();
    await expect(database.repository(authSessions).count()).rejects.toThrow();
    await database.migrate.up();
    expect(await database.repository(authSessions).count()).toBe(0);
    await database.close();
  });
});
