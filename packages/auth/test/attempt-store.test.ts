import { openRedis } from '@plinth/data/redis';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryAttemptStore, type AttemptPolicy } from '@plinth/auth';
import { authAttempts, createAuthAttempts, SqlAttemptStore } from '@plinth/auth/data';
import { RedisAttemptStore } from '@plinth/auth/redis';
import { describeAttemptStore } from '@plinth/auth/testing';
import { startRedis, type RedisServer } from '../../data/test/support/redis-server.js';

const free: AttemptPolicy = { delays: [0], limit: 0, forget: 600_000, since: 'last' };

describeAttemptStore('memory', async () => ({ store: new MemoryAttemptStore() }), { describe, test });

test('a memory store stays bounded under names that are made up, and the busy ones keep their counts', async () => {
  const store = new MemoryAttemptStore({ maxKeys: 1_000 });
  for (let count = 0; count < 50; count++) await store.take('busy', free, 1_000);
  for (let index = 0; index < 20_000; index++) await store.take(`name ${index}`, free, 1_000);
  expect(store.size).toBe(1_000);
  expect((await store.take('busy', free, 1_000)).count).toBe(51);
});

describe('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await startRedis()));
  afterAll(() => server?.stop());

  describeAttemptStore(
    'Redis',
    async () => {
      const [redis, other] = await Promise.all([openRedis({ url: server.url }), openRedis({ url: server.url })]);
      await Promise.all([redis.untilReady(8_000), other.untilReady(8_000)]);
      return {
        store: new RedisAttemptStore(redis),
        another: new RedisAttemptStore(other),
        close: () => Promise.all([redis.close(), other.close()]),
      };
    },
    { describe, test },
  );

  test('keys expire when their count is forgotten', async () => {
    const redis = await openRedis({ url: server.url });
    await redis.untilReady(8_000);
    await redis.send('FLUSHALL');
    await new RedisAttemptStore(redis).take('a', free, Date.now());
    const left = await redis.send<number>('PTTL', 'plinth:attempt:a');
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
    await redis.close();
  });
});

await describeDialect('attempts in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  describeAttemptStore(
    'SQL',
    async () => {
      const database = suite.database.open({ migrations: [createAuthAttempts] });
      await database.migrate.up();
      await database.repository(authAttempts).deleteMany({ all: true });
      const other = suite.database.open();
      return {
        store: new SqlAttemptStore(database),
        another: new SqlAttemptStore(other),
        close: () => Promise.all([database.close(), other.close()]),
      };
    },
    { describe, test },
  );

  test('a transaction that is rolled back takes no count back', async () => {
    const database = suite.database.open({ migrations: [createAuthAttempts] });
    await database.migrate.up();
    const store = new SqlAttemptStore(database);
    const work = database.transaction(async () => {
      await store.take('rolled back', free, 1_000);
      throw new Error('wrong password');
    });
    // On SQLite, whose one connection the transaction has, it is refused instead of counting what will not stay.
    if (suite.dialect === 'sqlite') await expect(work).rejects.toMatchObject({ code: 'AUTH_IN_TRANSACTION' });
    else {
      await expect(work).rejects.toThrow('wrong password');
      expect((await store.take('rolled back', free, 1_000)).count).toBe(2);
    }
    await database.close();
  });
});
