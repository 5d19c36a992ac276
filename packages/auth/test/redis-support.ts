import { openRedis, type Redis } from '@plinth/data/redis';
import { afterAll, beforeAll } from 'vitest';
import { startRedis, type RedisServer } from '../../data/test/support/redis-server.js';

/** A Redis of its own for the tests of a file; each call of what it gives opens a connection to it, empty. */
export function useRedis(): () => Promise<Redis> {
  let server: RedisServer;
  beforeAll(async () => void (server = await startRedis()));
  afterAll(() => server?.stop());
  return async () => {
    const redis = await openRedis({ url: server.url });
    await redis.untilReady(8_000);
    await redis.send('FLUSHALL');
    return redis;
  };
}
