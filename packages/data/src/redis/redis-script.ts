import { createHash } from 'node:crypto';
import type { RedisScript } from './redis.js';

/**
 * A Lua script with its hash, for `redis.run`.
 *
 * @example
 * const claim = redisScript(`return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])`);
 */
export function redisScript(lua: string): RedisScript {
  return Object.freeze({ lua, sha: createHash('sha1').update(lua).digest('hex') });
}
