import type { Redis } from '@plinth/data/redis';
import { provideValue } from '@plinth/core';
import { describe, expect, test } from 'vitest';
import { REFRESH_STORE, RefreshTokens, type RefreshRecord } from '@plinth/auth';
import { RedisRefreshStore } from '@plinth/auth/redis';
import { describeRefreshStore } from '@plinth/auth/testing';
import { useRedis } from './redis-support.js';
import { startTokens } from './token-support.js';

describe('Redis', () => {
  const open = useRedis();

  describeRefreshStore(
    'Redis',
    async () => {
      const redis = await open();
      return { store: new RedisRefreshStore(redis), close: () => redis.close() };
    },
    { describe, test },
  );

  test('every key expires with its family, also after a rotation, and nothing is left of one that was removed', async () => {
    const redis = await open();
    const store = new RedisRefreshStore(redis);
    const now = Date.now();
    const record = family({ idleUntil: now + 600_000, endsAt: now + 3_600_000 });
    await store.insert(record);
    await expectLeft(redis, 600_000);
    await store.rotate(record.familyHash, record.tokenHash, { tokenHash: 'n'.repeat(43), rotatedAt: now, idleUntil: now + 7_200_000 });
    await expectLeft(redis, 3_600_000);
    expect(await store.remove(record.familyHash)).toBe(true);
    expect(await redis.send('KEYS', '*')).toEqual([]);
    await store.insert({ ...record, idleUntil: now });
    expect(await redis.send('KEYS', '*')).toEqual([]);
    await redis.close();
  });

  test('a user whose families have expired is not kept, and a family that is over is not listed', async () => {
    const redis = await open();
    const store = new RedisRefreshStore(redis);
    const open_ = family({ familyHash: 'a'.repeat(43) });
    await store.insert(family({ familyHash: 'b'.repeat(43), endsAt: Date.now() + 60 }));
    await store.insert(open_);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect((await store.list('Ada')).map(({ familyHash }) => familyHash)).toEqual([open_.familyHash]);
    expect(await store.removeAll({ userId: 'Ada' })).toBe(1);
    expect(await redis.send('KEYS', '*')).toEqual([]);
    await redis.close();
  });

  test('of fifty requests of two processes with one token one gets the next, and the family is over', async () => {
    const redis = await open();
    const start = () => startTokens({ refresh: { store: provideValue(REFRESH_STORE, new RedisRefreshStore(redis)) } });
    await using one = await start();
    await using two = await start();
    const { token } = await one.get(RefreshTokens).issue('7');
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_each, index) => (index % 2 ? one : two).get(RefreshTokens).rotate(token)),
    );
    const given = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(given).toHaveLength(1);
    await expect(two.get(RefreshTokens).rotate(given[0]!.token)).rejects.toMatchObject({ code: 'AUTH_REFRESH_INVALID' });
    await redis.close();
  });
});

async function expectLeft(redis: Redis, most: number): Promise<void> {
  const keys = await redis.send<string[]>('KEYS', '*');
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    const left = await redis.send<number>('PTTL', key);
    expect(left).toBeGreaterThan(most - 30_000);
    expect(left).toBeLessThanOrEqual(most);
  }
}

function family(change: Partial<RefreshRecord> = {}): RefreshRecord {
  const now = Date.now();
  return {
    id: 'a',
    familyHash: 'f'.repeat(43),
    tokenHash: 't'.repeat(43),
    userId: 'Ada',
    clientId: null,
    sessionId: null,
    createdAt: now,
    rotatedAt: now,
    idleUntil: now + 600_000,
    endsAt: now + 3_600_000,
    data: {},
    ...change,
  };
}
