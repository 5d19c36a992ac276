import { randomUUID } from 'node:crypto';
import { Module } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sessions } from '@plinth/auth';
import { addAuthSessionFacts, authSessions, createAuthSessions, SqlSessionStore, sqlSessionStore } from '@plinth/auth/data';
import { describeSessionStore } from '@plinth/auth/testing';
import { renewalsAtOnce, startAuth } from './support.js';

await describeDialect('sessions in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  describeSessionStore(
    'SQL',
    async () => {
      const database = suite.database.open({ migrations: [createAuthSessions, addAuthSessionFacts] });
      await database.migrate.up();
      await database.repository(authSessions).deleteMany({ all: true });
      return { store: new SqlSessionStore(database), close: () => database.close() };
    },
    { describe, test },
  );

  test('of fifty requests at once after a rest one renews the token, and all are served [AU-01]', async () => {
    const database = suite.database.open({ migrations: [createAuthSessions, addAuthSessionFacts] });
    await database.migrate.up();
    expect(await renewalsAtOnce(new SqlSessionStore(database))).toEqual({ open: 50, renewed: 1, reread: true, sessions: 1 });
    await database.close();
  });

  test('sessions outlive the process that started them', async () => {
    const data = DataModule.with({ migrations: [createAuthSessions, addAuthSessionFacts], migrate: 'start' });
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

  test('sessions of the release before stay open, with a proof that is too old for a step up', async () => {
    const before = suite.database.open({ migrations: [createAuthSessions] });
    const database = suite.database.open({ migrations: [createAuthSessions, addAuthSessionFacts] });
    await database.migrate.up();
    await database.migrate.down({ all: true });
    await before.migrate.up();
    const [id, hash, later] = [randomUUID(), 'h'.repeat(43), new Date(Date.now() + 60_000)];
    const row = {
      id,
      token_hash: hash,
      user_id: '7',
      created_at: later,
      seen_at: later,
      idle_until: later,
      ends_at: later,
      data: '{"a":1}',
    };
    await before.knex('auth_sessions').insert(before.dialect === 'sqlite' ? withTexts(row) : row);
    await database.migrate.up();
    const facts = { familyHash: null, pending: false, remember: false, auth: { at: 0, methods: {} }, device: null, rotation: null };
    expect(await new SqlSessionStore(database).find(hash)).toMatchObject({ id, userId: '7', data: { a: 1 }, ...facts });
    await database.migrate.down();
    expect(await before.knex('auth_sessions').select('id')).toHaveLength(1);
    await before.close();
    await database.close();
  });

  test('the migration can be taken back and done again', async () => {
    const database = suite.database.open({ migrations: [createAuthSessions, addAuthSessionFacts] });
    await database.migrate.up();
    await database.migrate.down({ all: true });
    await expect(database.repository(authSessions).count()).rejects.toThrow();
    await database.migrate.up();
    expect(await database.repository(authSessions).count()).toBe(0);
    await database.close();
  });
});

function withTexts(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]));
}
