import { token } from '@plinth/core';
import type { RedisClient } from './redis-client.js';

/** A script that Redis runs in one piece; made by `redisScript`. */
export interface RedisScript {
  readonly lua: string;
  /** SHA-1 of the text, by which the server knows it. */
  readonly sha: string;
}

/** What a command is made of: its name, then its arguments. */
export type RedisArgument = string | Buffer;

/**
 * A connection to Redis. It reconnects by itself; while the server is away commands fail at once (`DATA_REDIS_UNAVAILABLE`) instead
 * of piling up.
 */
export interface Redis {
  /** Its name in logs and in the health report. */
  readonly name: string;
  /** Its URL without the password. */
  readonly url: string;
  /** Whether commands can be sent right now. */
  readonly ready: boolean;
  /**
   * Sends one command: `redis.send('SET', key, value, 'EX', '60')`. Rejects with `DATA_REDIS_UNAVAILABLE`, with `DATA_REDIS_TIMEOUT`
   * (it may have been carried out), `DATA_REDIS_COMMAND` (the server refused it) or `DATA_REDIS_CLOSED`.
   */
  send<T = unknown>(...command: readonly RedisArgument[]): Promise<T>;
  /** Runs a script by its hash; where the server does not know it yet, by its text. Rejects as `send` does. */
  run<T = unknown>(script: RedisScript, keys: readonly string[], values: readonly string[]): Promise<T>;
  /** The client of `@redis/client`, for what is not said here: pub/sub, transactions, typed commands. Its errors have no codes of ours. */
  readonly client: RedisClient;
  /** Asks the server whether it is there. */
  ping(): Promise<void>;
  /** Waits up to `grace` ms (default 2,000) for running commands, then closes. */
  close(grace?: number): Promise<void>;
}

/** The application's Redis. */
export const REDIS = token<Redis>('REDIS', { from: 'RedisModule of @plinth/data/redis' });
