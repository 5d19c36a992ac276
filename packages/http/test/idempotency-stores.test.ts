import { openRedis } from '@plinth/data/redis';
import { describeDialect } from '@plinth/data/testing';
import { createHttpIdempotencyKeys, httpIdempotencyKeys, SqlIdempotencyStore } from '@plinth/http/data';
import { MemoryIdempotencyStore } from '@plinth/http/idempotency';
import { RedisIdempotencyStore } from '@plinth/http/redis';
import { describeIdempotencyStore } from '@plinth/http/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedis, type RedisServer } from '../../data/test/support/redis-server.js';

describeIdempotencyStore('memory', async () => ({ store: new MemoryIdempotencyStore() }), { describe, test });

test('a memory store stays bounded: the oldest replies make room, running requests never', async () => {
  let now = 0;
  const store = new MemoryIdempotencyStore({ now: () => now, maxCharacters: 10_000, maxKeys: 50 });
  const claim = (lock = 1e9) => ({ fingerprint: 'f', owner: 'o', lock });
  await store.claim('running', claim());
  for (let index = 0; index < 1_000; index++) {
    await store.claim(`key ${index}`, claim());
    await store.complete(`key ${index}`, 'o', 'x'.repeat(1_000), 1e9);
  }
  expect(store.size).toBeLessThanOrEqual(11);
  expect((await store.claim('running', claim())).state).toBe('running');
  expect((await store.claim('key 999', claim())).state).toBe('done');
  now = 2e9;
  for (let index = 0; index < 10; index++) await store.claim(`later ${index}`, claim());
  expect(store.size).toBeLessThanOrEqual(11);
});

describe('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await startRedis()));
  afterAll(() => server?.stop());

  describeIdempotencyStore(
    'Redis',
    async () => {
      const [redis, other] = await Promise.all([openRedis({ url: server.url }), openRedis({ url: server.url })]);
      await Promise.all([redis.untilReady(3_000), other.untilReady(3_000)]);
      return {
        store: new RedisIdempotencyStore(redis),
        another: new RedisIdempotencyStore(other),
        close: () => Promise.all([redis.close(), other.close()]),
      };
    },
    { describe, test },
  );
});

await describeDialect('idempotency keys in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  describeIdempotencyStore(
    'SQL',
    async () => {
      const database = suite.database.open({ migrations: [createHttpIdempotencyKeys] });
      const other = suite.database.open();
      await database.migrate.up();
      return {
        store: new SqlIdempotencyStore(database),
        another: new SqlIdempotencyStore(other),
        close: () => Promise.all([database.close(), other.close()]),
      };
    },
    { describe, test },
  );

  test('expired keys are swept, and no others', async () => {
    const database = suite.database.open({ migrations: [createHttpIdempotencyKeys] });
    await database.migrate.up();
    await database.repository(httpIdempotencyKeys).deleteMany({ all: true });
    const store = new SqlIdempotencyStore(database);
    await store.claim('a'.repeat(43), { fingerprint: 'f', owner: 'o', lock: 1 });
    await store.claim('b'.repeat(43), { fingerprint: 'f', owner: 'o', lock: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([await store.sweep(), await store.sweep()]).toEqual([1, 0]);
    expect(await database.repository(httpIdempotencyKeys).count()).toBe(1);
    await database.close();
  });
});
