import { describe, expect, test } from 'vitest';
import { RedisOneTimeStore } from '@plinth/auth/redis';
import { describeOneTimeStore } from '@plinth/auth/testing';
import { useRedis } from './redis-support.js';

describe('Redis', () => {
  const open = useRedis();

  describeOneTimeStore(
    'Redis',
    async () => {
      const redis = await open();
      return { store: new RedisOneTimeStore(redis), close: () => redis.close() };
    },
    { describe, test },
  );

  test('every key expires with its token, and nothing is left of one that was taken or replaced', async () => {
    const redis = await open();
    const store = new RedisOneTimeStore(redis);
    const now = Date.now();
    const record = { purpose: 'reset', subject: 'Ada', codeHash: null, tries: 0, issuedAt: now, expiresAt: now + 60_000, data: {} };
    await store.put({ ...record, tokenHash: 'a'.repeat(43) });
    await store.put({ ...record, tokenHash: 'b'.repeat(43) });
    const keys = await redis.send<string[]>('KEYS', '*');
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      const left = await redis.send<number>('PTTL', key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(60_000);
    }
    await store.take('b'.repeat(43));
    expect(await redis.send('KEYS', '*')).toEqual([]);
    await store.put({ ...record, tokenHash: 'c'.repeat(43), expiresAt: now });
    expect(await redis.send('KEYS', '*')).toEqual([]);
    await redis.close();
  });
});
