import { describe, expect, test } from 'vitest';
import { MemorySessionStore } from '@plinth/auth';
import { RedisSessionStore } from '@plinth/auth/redis';
import { describeSessionStore } from '@plinth/auth/testing';
import { useRedis } from './redis-support.js';
import { renewalsAtOnce } from './support.js';

describeSessionStore('memory', async () => ({ store: new MemorySessionStore() }), { describe, test });

describe('Redis', () => {
  const open = useRedis();

  describeSessionStore(
    'Redis',
    async () => {
      const redis = await open();
      return { store: new RedisSessionStore(redis), close: () => redis.close() };
    },
    { describe, test },
  );

  test('of fifty requests at once after a rest one renews the token, and all are served [AU-01]', async () => {
    const redis = await open();
    expect(await renewalsAtOnce(new RedisSessionStore(redis))).toEqual({ open: 50, renewed: 1, reread: true, sessions: 1 });
    await redis.close();
  });

  test('every key expires with its session, and nothing is left of one that was removed', async () => {
    const redis = await open();
    const store = new RedisSessionStore(redis);
    const now = Date.now();
    const record = {
      id: 'a',
      tokenHash: 't'.repeat(43),
      familyHash: 'f'.repeat(43),
      userId: 'Ada',
      createdAt: now,
      seenAt: now,
      idleUntil: now + 600_000,
      endsAt: now + 3_600_000,
      auth: { at: now, methods: {} },
      pending: false,
      remember: false,
      device: null,
      rotation: null,
      data: {},
    };
    await store.insert(record);
    const keys = await redis.send<string[]>('KEYS', '*');
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(await redis.send('PEXPIRETIME', key)).toBe(record.idleUntil);
    await store.update(record.tokenHash, { idleUntil: now + 1_200_000, tokenHash: 'n'.repeat(43) });
    const moved = await redis.send<string[]>('KEYS', '*');
    expect(moved).toHaveLength(4);
    for (const key of moved) expect(await redis.send('PEXPIRETIME', key)).toBe(now + 1_200_000);
    expect(await store.removeAll('Ada')).toBe(1);
    expect(await redis.send('KEYS', '*')).toEqual([]);
    await redis.close();
  });
});
