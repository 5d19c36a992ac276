import { createHash } from 'node:crypto';
import { Injectable, provideClass, type Provider } from '@plinth/core';
import { REDIS, redisScript, type Redis } from '@plinth/data/redis';
import { RATE_LIMIT_STORE, type RateLimitPolicy, type RateLimitStore } from '../../rate-limit/rate-limit-store.js';

// The server's clock, so that processes whose clocks differ count alike. Whole microseconds stay below 2^53, which doubles hold exactly.
const take = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local need, capacity = tonumber(ARGV[1]), tonumber(ARGV[2])
local from = tonumber(redis.call('GET', KEYS[1]) or now) or now
local function keep(instant)
  redis.call('SET', KEYS[1], string.format('%.0f', instant), 'PX', math.ceil((instant - now) / 1000) + 1)
end
if from > now + capacity then
  from = now + capacity
  keep(from)
end
if from < now then from = now end
local backlog = from + need - now
if backlog > capacity then return capacity - backlog end
keep(from + need)
return backlog
`);

/** Counts in Redis, for all processes together: one script for each take, and keys that expire by themselves. */
@Injectable({ deps: [REDIS] })
export class RedisRateLimitStore implements RateLimitStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  take(key: string, cost: number, policy: RateLimitPolicy): Promise<number> {
    const need = cost * policy.interval;
    return this.#redis.run<number>(take, [keyOf(policy.name, key)], [String(need), String(policy.capacity)]);
  }
}

/** The store of rate limits in Redis: list it in the providers of the root module, next to `RedisModule` in its imports. */
export const redisRateLimitStore: Provider = provideClass(RATE_LIMIT_STORE, RedisRateLimitStore);

function keyOf(name: string, key: string): string {
  return `plinth:rate:${plain(name)}:${plain(key)}`;
}

// Short and harmless texts stay readable in the server's tools; no other text can be mistaken for one of them.
function plain(text: string): string {
  if (/^[\w.\- /:]{1,100}$/.test(text)) return text.replaceAll(':', '%');
  return `#${createHash('sha256').update(text, 'utf16le').digest('base64url')}`;
}
