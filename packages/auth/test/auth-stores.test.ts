import {
  ApiKeys,
  ATTEMPT_STORE,
  AuthModule,
  MemorySessionStore,
  ONE_TIME_STORE,
  OneTimeTokens,
  RecoveryCodes,
  RefreshTokens,
  SecurityEvents,
  SecurityLog,
  SESSION_STORE,
  Sessions,
  Totp,
  type AuthOptions,
} from '@plinth/auth';
import { authMigrations, createAuthTotp, sqlAuthStores } from '@plinth/auth/data';
import { RedisAttemptStore, redisAuthStores, RedisOneTimeStore } from '@plinth/auth/redis';
import { createApp, Module, provideFactory, provideValue, token, type App, type ModuleRef } from '@plinth/core';
import { DataModule, type Migration } from '@plinth/data';
import { REDIS, RedisModule } from '@plinth/data/redis';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startRedis } from '../../data/test/support/redis-server.js';
import { appKey } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'plinth-auth-stores-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const services = [Sessions, OneTimeTokens, RefreshTokens, ApiKeys, Totp, RecoveryCodes, SecurityLog, SecurityEvents] as const;

/** Services are made where something needs them. */
const NEEDS_ALL = token<object>('NEEDS_ALL');

async function start(
  url: string,
  options: AuthOptions,
  more: readonly ModuleRef[] = [],
  migrations: readonly Migration[] = authMigrations,
): Promise<App> {
  const database = DataModule.with({ url, migrations, migrate: 'start' });
  @Module({
    imports: [database, ...more, AuthModule.with({ ...options, imports: [database, ...more] })],
    providers: [provideFactory(NEEDS_ALL, { deps: services, create: (...all) => all })],
  })
  class Root {}
  const app = await createApp(Root, { env: { APP_KEY: appKey(), LOG_LEVEL: 'fatal' }, envFile: false });
  await app.start();
  return app;
}

test('with sqlAuthStores nothing that is kept ends with the process', async () => {
  const url = `sqlite:${join(folder, 'kept.db')}`;
  const options: AuthOptions = { stores: sqlAuthStores, securityLog: {} };
  const before = await start(url, options);
  const session = await before.get(Sessions).create('ada');
  const link = await before.get(OneTimeTokens).issue({ purpose: 'reset', subject: 'ada', lifetime: 60 });
  const refresh = await before.get(RefreshTokens).issue('ada');
  const { key } = await before.get(ApiKeys).create({ owner: 'ada', name: 'robot' });
  const [code] = await before.get(RecoveryCodes).generate('ada');
  await before.get(Totp).enrol('ada', 'ada@example.org');
  await before.stop();

  const after = await start(url, options);
  expect(await after.get(Sessions).read(session.token)).toMatchObject({ userId: 'ada' });
  expect(await after.get(OneTimeTokens).take('reset', link.token)).toMatchObject({ subject: 'ada' });
  expect(await after.get(RefreshTokens).rotate(refresh.token)).toMatchObject({ family: { userId: 'ada' } });
  expect(await after.get(ApiKeys).verify(key)).toMatchObject({ owner: 'ada' });
  expect(await after.get(RecoveryCodes).use('ada', code!)).toBe(9);
  await expect(after.get(Totp).confirm('ada', '000000')).rejects.toMatchObject({ code: 'AUTH_SECOND_FACTOR_CODE' });
  expect(await after.get(SecurityLog).verify()).toMatchObject({ ok: true, last: { sequence: expect.any(Number) as number } });
  await after.stop();
});

test('a store that is named itself comes before those of the set', async () => {
  const own = new MemorySessionStore();
  const app = await start('sqlite::memory:', { stores: sqlAuthStores, sessions: { idle: 60, store: provideValue(SESSION_STORE, own) } });
  await app.get(Sessions).create('ada');
  expect(await own.list('ada')).toHaveLength(1);
  await app.stop();
});

test('the stores of Redis go over those of SQL, which keep what must outlive Redis', async () => {
  const server = await startRedis();
  const redis = RedisModule.with({ url: server.url });
  const stores = { ...sqlAuthStores, ...redisAuthStores };
  const app = await start(`sqlite:${join(folder, 'both.db')}`, { stores }, [redis]);
  expect(app.get(ATTEMPT_STORE)).toBeInstanceOf(RedisAttemptStore);
  expect(app.get(ONE_TIME_STORE)).toBeInstanceOf(RedisOneTimeStore);
  const { token } = await app.get(Sessions).create('ada');
  const { key } = await app.get(ApiKeys).create({ owner: 'ada', name: 'robot' });
  await app.get(REDIS).send('FLUSHALL');
  expect(await app.get(Sessions).read(token)).toBeUndefined();
  expect(await app.get(ApiKeys).verify(key)).toMatchObject({ owner: 'ada' });
  await app.stop();
  await server.stop();
});

test('a table whose migration is not listed stops the start, and not the first request', async () => {
  const without = authMigrations.filter((migration) => migration !== createAuthTotp);
  await expect(start('sqlite::memory:', { stores: sqlAuthStores }, [], without)).rejects.toMatchObject({
    message: expect.stringContaining('The database has no table "auth_totp".') as string,
    cause: { code: 'DATA_SCHEMA_MISMATCH' },
  });
});
