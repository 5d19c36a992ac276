import type { createClient } from '@redis/client';
import { DATA_ERRORS } from '../errors.js';
import type { RedisTarget } from './redis-url.js';

/** The client of `@redis/client`. */
export type RedisClient = ReturnType<typeof createClient>;

/** How a client is made; times in milliseconds. */
export interface RedisClientSettings {
  readonly connectTimeout: number;
  readonly commandTimeout: number;
  readonly maxWaiting: number;
  readonly applicationName: string;
}

/** Makes a client that has not connected yet. Throws `DATA_DRIVER_MISSING` when `@redis/client` is not installed. */
export async function createRedisClient(target: RedisTarget, settings: RedisClientSettings): Promise<RedisClient> {
  const { createClient } = await load();
  const { connectTimeout, commandTimeout, maxWaiting } = settings;
  const common = {
    host: target.host,
    port: target.port,
    connectTimeout,
    // A server that is frozen, or cut off without a word, is noticed by its silence: a ping each second must be answered.
    socketTimeout: Math.max(2_000, 2 * commandTimeout),
    reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 6), 2_000) * (0.75 + Math.random() / 2),
  };
  return createClient({
    socket:
      target.tls === undefined
        ? { ...common, tls: false }
        : { ...common, tls: true, rejectUnauthorized: target.tls === 'verify', servername: target.host },
    ...(target.user !== undefined && { username: target.user }),
    ...(target.password !== undefined && { password: target.password }),
    database: target.database,
    name: settings.applicationName,
    commandsQueueMaxLength: maxWaiting,
    disableOfflineQueue: true,
    pingInterval: 1_000,
    maintNotifications: 'disabled',
  }) as unknown as RedisClient;
}

async function load(): Promise<typeof import('@redis/client')> {
  try {
    return await import('@redis/client');
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw DATA_ERRORS.DRIVER_MISSING({ driver: '@redis/client', dialect: 'Redis' }, { cause });
  }
}
