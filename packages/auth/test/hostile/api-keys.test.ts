import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { provideValue, type App } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { anyOf, guarded, HttpModule, inject } from '@plinth/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_KEY_STORE, apiKey, ApiKeys, bearer, MemoryApiKeyStore, OneTimeTokens, RefreshTokens, Sessions, USERS } from '@plinth/auth';
import { authMigrations, sqlApiKeyStore, sqlOneTimeStore, sqlRefreshStore, sqlSessionStore } from '@plinth/auth/data';
import { startTokens } from '../token-support.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The checksum as everybody can compute it: it tells mistypings, and keeps nobody out. */
function withChecksum(start: string): string {
  let text = '';
  for (let rest = crc32(start); text.length < 6; rest = Math.floor(rest / 62)) text = ALPHABET.charAt(rest % 62) + text;
  return start + text;
}

class WatchedStore extends MemoryApiKeyStore {
  asked = 0;

  override find(keyHash: string): ReturnType<MemoryApiKeyStore['find']> {
    this.asked += 1;
    return super.find(keyHash);
  }
}

const module = {
  imports: [HttpModule.with({ rateLimit: false })],
  providers: [provideValue(USERS, { findById: (id: string) => ({ id }) })],
  routes: [
    guarded(apiKey()).get('/key', { returns: { type: 'string' } as const }, ({ apiKey: { owner } }) => owner),
    guarded(apiKey({ scopes: ['constructor'] })).get('/scoped', { returns: { 204: null } }, () => undefined),
    guarded(anyOf(apiKey(), bearer())).get('/either', { returns: { 204: null } }, () => undefined),
  ],
};

async function start() {
  const store = new WatchedStore();
  const app = await startTokens({ apiKeys: { store: provideValue(API_KEY_STORE, store) } }, { module });
  const status = async (headers: Record<string, string>, url = '/key'): Promise<number> => (await inject(app, { url, headers })).status;
  return { app, store, keys: app.get(ApiKeys), status, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const codeOf = (tried: Promise<unknown>): Promise<string> =>
  tried.then(
    () => 'valid',
    (error: { code: string }) => error.code,
  );

test('a guess with the right form and checksum is a guess: 500 of them, and every key one character beside a real one [AU-03]', async () => {
  await using t = await start();
  const { key } = await t.keys.create({ owner: 'ada', name: 'deploy' });
  const start43 = key.slice(0, -6);
  expect(withChecksum(start43)).toBe(key);
  const outcomes = new Set<string>();
  for (let index = 0; index < 500; index++) {
    const secret = createHash('sha512').update(`${index}`).digest('hex').slice(0, 43);
    outcomes.add(await codeOf(t.keys.verify(withChecksum(`pk_test_${secret}`))));
  }
  for (let at = 'pk_test_'.length; at < start43.length; at++) {
    const other = start43[at] === 'a' ? 'b' : 'a';
    outcomes.add(await codeOf(t.keys.verify(withChecksum(start43.slice(0, at) + other + start43.slice(at + 1)))));
  }
  expect([...outcomes]).toEqual(['AUTH_API_KEY_INVALID']);
  expect(await codeOf(t.keys.verify(key))).toBe('valid');
});

test('a text that is nearly a key is none, and the store is not asked for it [AU-03]', async () => {
  await using t = await start();
  const { key, apiKey: made } = await t.keys.create({ owner: 'ada', name: 'deploy' });
  const secret = key.slice('pk_test_'.length);
  t.store.asked = 0;
  for (const text of [
    '',
    'pk_test_',
    made.hint,
    `${made.hint}%`,
    `${made.hint}${'_'.repeat(45)}`,
    key.toUpperCase(),
    key.toLowerCase(),
    `${key} `,
    ` ${key}`,
    `${key}\n`,
    `${key}\u0000`,
    `${key}.`,
    `${key}${key}`,
    key.replace('pk_', 'PK_'),
    key.replace('pk_', 'pk__'),
    key.replace('_test_', '_TEST_'),
    key.replace('_test_', '_test_test_'),
    `pk_${secret}`,
    `_test_${secret}`,
    secret,
    key.replaceAll('_', '-'),
    key.replace('pk', 'рk'),
    encodeURIComponent(`${key}\u200b`),
    createHash('sha256').update(key).digest('base64url'),
    made.id,
    'x'.repeat(1_000_000),
  ])
    if (text !== key) expect(await codeOf(t.keys.verify(text)), text.slice(0, 40)).toBe('AUTH_API_KEY_MALFORMED');
  expect(t.store.asked).toBe(0);
});

test('a key counts where it belongs and nowhere else, and of two none counts [AU-06]', async () => {
  await using t = await start();
  const { key } = await t.keys.create({ owner: 'ada', name: 'deploy' });
  const { key: other } = await t.keys.create({ owner: 'eve', name: 'deploy' });
  expect(await t.status({ 'x-api-key': key })).toBe(200);
  expect(await t.status({ authorization: `Bearer ${key}` })).toBe(200);
  for (const headers of [
    { authorization: key },
    { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
    { authorization: `ApiKey ${key}` },
    { authorization: `Bearer  ${key}` },
    { authorization: `Bearer\t${key}` },
    { authorization: `Bearer ${key}, Bearer ${other}` },
    { authorization: `Bearer ${key} ${other}` },
    { cookie: `x-api-key=${key}; api_key=${key}` },
    { 'x-api-key': `${key}, ${other}` },
    { 'x-api-key': `${key},${key}` },
    { 'x-api-key': key, authorization: `Bearer ${other}` },
    { x_api_key: key },
    { 'x-apikey': key },
    { 'proxy-authorization': `Bearer ${key}` },
  ] as readonly Record<string, string>[])
    expect(await t.status(headers), JSON.stringify(headers).slice(0, 40)).toBe(401);
  expect(await t.status({}, `/key?api_key=${key}&access_token=${key}`)).toBe(401);
  expect(await t.status({ authorization: `Bearer ${key}` }, '/either')).toBe(204);
});

test('a scope is held by its name: what objects are born with is held by nobody [AU-03]', async () => {
  await using t = await start();
  for (const [scopes, expected] of [
    [[], 403],
    [['__proto__', 'toString'], 403],
    [['construct', 'constructor2', 'CONSTRUCTOR'], 403],
    [['constructor'], 204],
  ] as const) {
    const { key } = await t.keys.create({ owner: 'ada', name: 'deploy', scopes });
    expect(await t.status({ 'x-api-key': key }, '/scoped'), scopes.join()).toBe(expected);
  }
  for (const scope of ['a b', 'a"b', 'a\\b', 'a\r\nb', 'ä', '', 'x'.repeat(101)])
    expect(await codeOf(t.keys.create({ owner: 'ada', name: 'x', scopes: [scope] })), scope).toBe('AUTH_API_KEY_OPTIONS');
});

test('a key that is revoked while fifty requests use it is used by none of those that come after [AU-03]', async () => {
  await using t = await start();
  const { key, apiKey: made } = await t.keys.create({ owner: 'ada', name: 'deploy' });
  const before = Array.from({ length: 50 }, () => codeOf(t.keys.verify(key)));
  const revoked = await t.keys.revoke('ada', made.id);
  const after = await Promise.all(Array.from({ length: 50 }, () => codeOf(t.keys.verify(key))));
  await Promise.all(before);
  expect([revoked, new Set(after)]).toEqual([true, new Set(['AUTH_API_KEY_INVALID'])]);
  expect(await t.keys.list('ada'), 'and noting its use has not brought it back').toEqual([]);
});

await describeDialect('owners of tokens in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  let app: App;
  beforeAll(async () => {
    const data = DataModule.with({ migrations: authMigrations, migrate: 'start' });
    const stores = {
      apiKeys: { store: sqlApiKeyStore },
      refresh: { store: sqlRefreshStore },
      oneTime: { store: sqlOneTimeStore },
      sessions: { store: sqlSessionStore },
    };
    app = await startTokens({ imports: [data], ...stores }, { env: { DATABASE_URL: suite.database.url }, module: { imports: [data] } });
  });
  afterAll(() => app.stop());

  test('ids that differ in case, accents or blanks at the end are different users, in every store [AU-03]', async () => {
    const [keys, refresh, oneTime, sessions] = [app.get(ApiKeys), app.get(RefreshTokens), app.get(OneTimeTokens), app.get(Sessions)];
    const { key, apiKey: made } = await keys.create({ owner: 'zoe', name: 'deploy' });
    const issued = await refresh.issue('zoe', { clientId: 'app' });
    const link = await oneTime.issue({ purpose: 'reset', subject: 'zoe', lifetime: 60 });
    const opened = await sessions.create('zoe');
    for (const other of ['ZOE', 'zoe ', 'zo\u00e9', 'zoe\u0301', 'zoe\u00a0', '\uff5aoe', 'zoe\u200b', '%', 'zo_', "zoe' or '1'='1"]) {
      expect(await keys.list(other), JSON.stringify(other)).toEqual([]);
      expect(await keys.revoke(other, made.id)).toBe(false);
      expect(await keys.revokeAll(other)).toBe(0);
      expect(await refresh.list(other)).toEqual([]);
      expect(await refresh.revoke(other, issued.family.id)).toBe(false);
      expect(await refresh.revokeAll(other)).toBe(0);
      expect(await oneTime.revokeAll(other)).toBe(0);
      expect(await sessions.list(other)).toEqual([]);
      expect(await sessions.revoke(other, opened.session.id)).toBe(false);
      expect(await sessions.revokeAll(other)).toBe(0);
      // One of the same purpose for another subject replaces nothing.
      await oneTime.issue({ purpose: 'reset', subject: other, lifetime: 60 });
    }
    expect(await codeOf(oneTime.find('RESET', link.token))).toBe('AUTH_ONE_TIME_TOKEN');
    expect(await codeOf(oneTime.find('reset ', link.token))).toBe('AUTH_ONE_TIME_TOKEN');
    expect(await codeOf(oneTime.find('reset', link.token.toLowerCase()))).toBe('AUTH_ONE_TIME_TOKEN');
    expect((await oneTime.take('reset', link.token)).subject).toBe('zoe');
    expect((await keys.verify(key)).owner).toBe('zoe');
    expect((await sessions.read(opened.token))?.userId).toBe('zoe');
    expect((await refresh.rotate(issued.token, { clientId: 'app' })).family.userId).toBe('zoe');
  });

  test('a client id that differs in case or blanks is another client, and ends the family [AU-04]', async () => {
    const refresh = app.get(RefreshTokens);
    for (const clientId of ['APP', 'app ', 'app\u0000', '', undefined]) {
      const { token } = await refresh.issue('ada', { clientId: 'app' });
      expect(await codeOf(refresh.rotate(token, clientId === undefined ? {} : { clientId })), JSON.stringify(clientId)).toBe(
        'AUTH_REFRESH_REUSED',
      );
      expect(await codeOf(refresh.rotate(token, { clientId: 'app' }))).toBe('AUTH_REFRESH_INVALID');
    }
  });
});
