import { provideValue, type App } from '@plinth/core';
import { expect, test } from 'vitest';
import { API_KEY_STORE, ApiKeys, AuthModule, MemoryApiKeyStore, type ApiKeyOptions } from '@plinth/auth';
import { startTokens, StillClock } from './token-support.js';

const start = (clock = new StillClock(), store = new MemoryApiKeyStore(), options: ApiKeyOptions = {}, env = {}): Promise<App> =>
  startTokens({ apiKeys: { ...options, store: provideValue(API_KEY_STORE, store) } }, { clock, env });
const NEW = { owner: '7', name: 'deploy', scopes: ['orders:read'] };
const malformed = { code: 'AUTH_API_KEY_MALFORMED', kind: 'unauthenticated' };

test('a key is shown once, recognised by its form, and known afterwards by its hint [AU-03]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const keys = app.get(ApiKeys);
  const { key, apiKey } = await keys.create({ ...NEW, lifetime: 3_600 });
  expect(key).toMatch(/^pk_test_[0-9A-Za-z]{49}$/);
  expect(apiKey).toEqual({
    id: expect.any(String),
    hint: key.slice(0, 12),
    owner: '7',
    name: 'deploy',
    scopes: ['orders:read'],
    createdAt: clock.date(),
    expiresAt: new Date(clock.now() + 3_600_000),
  });
  expect(await keys.verify(key)).toEqual({ ...apiKey, usedAt: clock.date() });
  expect(JSON.stringify(await keys.list('7'))).not.toContain(key.slice(12));
});

test('the store holds no key [AU-03]', async () => {
  const store = new MemoryApiKeyStore();
  await using app = await start(undefined, store);
  const { key } = await app.get(ApiKeys).create(NEW);
  expect(JSON.stringify(await store.list('7'))).not.toContain(key.slice(12));
});

test('a key that was mistyped or cut is told without asking the store [AU-03]', async () => {
  const store = new MemoryApiKeyStore();
  await using app = await start(undefined, store);
  const keys = app.get(ApiKeys);
  const { key } = await keys.create(NEW);
  store.find = () => Promise.reject(new Error('the store was asked'));
  const changed = (index: number): string => key.slice(0, index) + (key[index] === 'A' ? 'B' : 'A') + key.slice(index + 1);
  for (let index = 'pk_test_'.length; index < key.length; index++) {
    const error: unknown = await keys.verify(changed(index)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ ...malformed, detail: expect.stringContaining('mistyped') });
    expect(String(error)).not.toContain(key.slice(12, 30));
  }
  const swapped = `${key.slice(0, 10)}${key[11]}${key[10]}${key.slice(12)}`;
  for (const text of [
    '',
    'pk_test_',
    key.slice(0, -1),
    `${key}x`,
    ` ${key}`,
    `${key}\n`,
    key.replace('pk_', 'sk_'),
    'x'.repeat(200_000),
    swapped,
  ])
    if (text !== key) await expect(keys.verify(text)).rejects.toMatchObject(malformed);
});

test('a key of another environment is refused, and says so [AU-03]', async () => {
  await using test = await start();
  await using live = await start(undefined, undefined, { environment: 'live' });
  const { key } = await live.get(ApiKeys).create(NEW);
  expect(key).toMatch(/^pk_live_/);
  await expect(test.get(ApiKeys).verify(key)).rejects.toMatchObject({
    ...malformed,
    detail: expect.stringContaining('another environment'),
  });
});

test('the prefix is yours, and the environment of production is live [AU-03]', async () => {
  await using app = await start(undefined, undefined, { prefix: 'shop' }, { NODE_ENV: 'production', APP_HOSTS: 'api.example.com' });
  expect((await app.get(ApiKeys).create(NEW)).key).toMatch(/^shop_live_[0-9A-Za-z]{49}$/);
});

test('a key expires, and says so; one without a lifetime does not [AU-03]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const keys = app.get(ApiKeys);
  const short = await keys.create({ ...NEW, lifetime: 60 });
  const long = await keys.create(NEW);
  clock.forward(60);
  await expect(keys.verify(short.key)).rejects.toMatchObject({ code: 'AUTH_API_KEY_EXPIRED', kind: 'unauthenticated' });
  clock.forward(10 * 31_536_000);
  expect(await keys.verify(long.key)).toMatchObject({ id: long.apiKey.id });
});

test('an unknown or revoked key is not valid; only its owner revokes it [AU-03]', async () => {
  await using app = await start();
  await using other = await start();
  const keys = app.get(ApiKeys);
  const { key, apiKey } = await keys.create(NEW);
  const invalid = { code: 'AUTH_API_KEY_INVALID', kind: 'unauthenticated' };
  await expect(other.get(ApiKeys).verify(key)).rejects.toMatchObject(invalid);
  expect(await keys.revoke('8', apiKey.id)).toBe(false);
  expect(await keys.verify(key)).toMatchObject({ id: apiKey.id });
  expect(await keys.revoke('7', apiKey.id)).toBe(true);
  expect(await keys.revoke('7', apiKey.id)).toBe(false);
  await expect(keys.verify(key)).rejects.toMatchObject(invalid);
  await keys.create(NEW);
  await keys.create(NEW);
  expect(await keys.revokeAll('7')).toBe(2);
  expect(await keys.list('7')).toEqual([]);
});

test('the last use is noted to the minute, by one write a minute [AU-03]', async () => {
  const clock = new StillClock();
  clock.forward(59);
  const store = new MemoryApiKeyStore();
  const writes: number[] = [];
  const touch = store.touch.bind(store);
  store.touch = (hash, usedAt) => (writes.push(usedAt), touch(hash, usedAt));
  await using app = await start(clock, store);
  const keys = app.get(ApiKeys);
  const { key } = await keys.create(NEW);
  const minute = clock.now() - 59_000;
  await Promise.all(Array.from({ length: 50 }, () => keys.verify(key)));
  expect(writes).toEqual([minute]);
  expect((await keys.list('7'))[0]?.usedAt).toEqual(new Date(minute));
  clock.forward(1);
  await keys.verify(key);
  await keys.verify(key);
  expect(writes).toEqual([minute, minute + 60_000]);
});

test('a use that could not be noted is noted by the next request', async () => {
  const store = new MemoryApiKeyStore();
  const touch = store.touch.bind(store);
  store.touch = () => Promise.reject(new Error('away'));
  await using app = await start(undefined, store);
  const { key } = await app.get(ApiKeys).create(NEW);
  await expect(app.get(ApiKeys).verify(key)).rejects.toThrow('away');
  store.touch = touch;
  await app.get(ApiKeys).verify(key);
  expect((await app.get(ApiKeys).list('7'))[0]?.usedAt).toBeInstanceOf(Date);
});

test('options that make no sense are refused', async () => {
  for (const apiKeys of [{ prefix: 'p' }, { prefix: 'P_K' }, { environment: '' }, { environment: 'x'.repeat(17) }])
    expect(() => AuthModule.with({ apiKeys }), JSON.stringify(apiKeys)).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
  await using app = await start();
  for (const wrong of [{ owner: '' }, { name: 'x'.repeat(256) }, { scopes: ['a b'] }, { scopes: ['"'] }, { scopes: [''] }, { lifetime: 0 }])
    await expect(app.get(ApiKeys).create({ ...NEW, ...wrong }), JSON.stringify(wrong)).rejects.toMatchObject({
      code: 'AUTH_API_KEY_OPTIONS',
    });
});
