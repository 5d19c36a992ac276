import { openRedis } from '@plinth/data/redis';
import { describeDialect } from '@plinth/data/testing';
import { MemoryRateLimitStore } from '@plinth/http';
import { createHttpRateLimits, httpRateLimits, SqlRateLimitStore } from '@plinth/http/data';
import { RedisRateLimitStore } from '@plinth/http/redis';
import { describeRateLimitStore } from '@plinth/http/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedis, type RedisServer } from '../../data/test/support/redis-server.js';

describeRateLimitStore(
  'memory',
  async () => {
    let back = 0;
    const store = new MemoryRateLimitStore({ now: () => performance.now() + 1e9 - back });
    return { store, setBack: (milliseconds) => void (back += milliseconds) };
  },
  { describe, test },
);

test('a memory store stays bounded under a million keys, and the busy ones keep their counts', () => {
  const store = new MemoryRateLimitStore({ now: () => 1_000, maxKeys: 5_000 });
  const policy = { name: 'bounded', interval: 1_000_000, capacity: 100_000_000 };
  expect(store.take('busy', 100, policy)).toBe(100_000_000);
  for (let index = 0; index < 1_000_000; index++) store.take(`client ${index}`, 1, policy);
  expect(store.size).toBe(5_000);
  expect(store.take('busy', 1, policy)).toBeLessThan(0);
});

test('a memory store gives the room of keys that have come back to new ones', () => {
  let now = 0;
  const store = new MemoryRateLimitStore({ now: () => now });
  const policy = { name: 'reused', interval: 1_000_000, capacity: 10_000_000 };
  for (let index = 0; index < 200_000; index++) {
    now += 10;
    store.take(`client ${index}`, 1, policy);
  }
  // Each came back after a second, in which a hundred others came.
  expect(store.size).toBeLessThan(2_000);
});

describe('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await startRedis()));
  afterAll(() => server?.stop());

  describeRateLimitStore(
    'Redis',
    async () => {
      const [redis, other] = await Promise.all([openRedis({ url: server.url }), openRedis({ url: server.url })]);
      await Promise.all([redis.untilReady(3_000), other.untilReady(3_000)]);
      return {
        store: new RedisRateLimitStore(redis),
        another: new RedisRateLimitStore(other),
        async setBack(milliseconds) {
          for (const key of await redis.send<string[]>('KEYS', '*'))
            await redis.send('SET', key, String(Number(await redis.send('GET', key)) + milliseconds * 1000));
        },
        close: () => Promise.all([redis.close(), other.close()]),
      };
    },
    { describe, test },
  );

  test('keys expire by themselves, and one that somebody else wrote does not break the count', async () => {
    const redis = await openRedis({ url: server.url });
    await redis.untilReady(3_000);
    await redis.send('FLUSHALL');
    const store = new RedisRateLimitStore(redis);
    const policy = { name: 'short', interval: 20_000, capacity: 100_000 };
    await store.take('::1', 5, policy);
    const [key] = await redis.send<string[]>('KEYS', '*');
    expect(key).toBe('plinth:rate:short:%%1');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await redis.send('KEYS', '*')).toEqual([]);
    await redis.send('SET', key!, 'nonsense');
    expect(await store.take('::1', 5, policy)).toBe(100_000);
    await redis.close();
  });
});

await describeDialect('rate limits in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  describeRateLimitStore(
    'SQL',
    async () => {
      const database = suite.database.open({ migrations: [createHttpRateLimits] });
      const other = suite.database.open();
      await database.migrate.up();
      return {
        store: new SqlRateLimitStore(database),
        another: new SqlRateLimitStore(other),
        setBack: (milliseconds) => database.sql`update ${httpRateLimits} set instant = instant + ${milliseconds * 1000}`,
        close: () => Promise.all([database.close(), other.close()]),
      };
    },
    { describe, test },
  );

  test('rows that say nothing any more are swept, and no others', async () => {
    const database = suite.database.open({ migrations: [createHttpRateLimits] });
    await database.migrate.up();
    await database.repository(httpRateLimits).deleteMany({ all: true });
    const store = new SqlRateLimitStore(database);
    await store.take('short', 1, { name: 'sweep', interval: 10_000, capacity: 10_000 });
    await store.take('long', 1, { name: 'sweep', interval: 3_600_000_000, capacity: 3_600_000_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await store.sweep()).toBe(1);
    expect(await store.sweep()).toBe(0);
    expect(await database.repository(httpRateLimits).count()).toBe(1);
    expect(await store.take('long', 1, { name: 'sweep', interval: 3_600_000_000, capacity: 3_600_000_000 })).toBeLessThan(0);
    await database.close();
  });
});
