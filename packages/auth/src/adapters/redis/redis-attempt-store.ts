import { Injectable, provideClass, type Provider } from '@plinth/core';
import { REDIS, redisScript, type Redis } from '@plinth/data/redis';
import { ATTEMPT_STORE, type AttemptPolicy, type AttemptStore, type TakenAttempt } from '../../protect/attempt-store.js';

// The application's clock decides; the server's only when a key is dropped that says nothing any more.
const take = redisScript(`
local key, now, forget, limit = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local found = redis.call('HMGET', key, 'count', 'last', 'until')
local count = tonumber(found[1] or 0)
local last = math.min(tonumber(found[2] or now), now)
local ends = math.min(tonumber(found[3] or now), now + forget)
if ends <= now then count = 0 end
local given = 0
if limit > 0 and count >= limit then
  given = -1
elseif count > 0 then
  local delay = tonumber(ARGV[math.min(count + 5, #ARGV)])
  given = math.max(0, math.min(last + delay, ends) - now)
end
if given == 0 then
  if count == 0 or ARGV[4] == 'last' then ends = now + forget end
  count = count + 1
  last = now
end
if ends > now then
  redis.call('HSET', key, 'count', count, 'last', string.format('%.0f', last), 'until', string.format('%.0f', ends))
  redis.call('PEXPIRE', key, string.format('%.0f', ends - now))
end
return { given, count }
`);

const release = redisScript(`
if tonumber(redis.call('HGET', KEYS[1], 'count') or 0) > 0 then redis.call('HINCRBY', KEYS[1], 'count', -1) end
return 1
`);

/** Counts attempts in Redis, for all processes together: one script for each, and keys that expire by themselves. */
@Injectable({ deps: [REDIS] })
export class RedisAttemptStore implements AttemptStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async take(key: string, policy: AttemptPolicy, now: number): Promise<TakenAttempt> {
    const values = [Math.floor(now), policy.forget, policy.limit, policy.since, ...policy.delays].map(String);
    const [given, count] = await this.#redis.run<[number, number]>(take, [keyOf(key)], values);
    return { allowed: given === 0, count, wait: Math.max(0, given) };
  }

  async release(key: string): Promise<void> {
    await this.#redis.run(release, [keyOf(key)], []);
  }

  async clear(key: string): Promise<void> {
    await this.#redis.send('DEL', keyOf(key));
  }

  /** Nothing to do: what is forgotten has expired. */
  async prune(): Promise<number> {
    return 0;
  }
}

/** The store of attempts in Redis: `AuthModule.with({ imports: [RedisModule], throttle: { store: redisAttemptStore } })`. */
export const redisAttemptStore: Provider = provideClass(ATTEMPT_STORE, RedisAttemptStore);

function keyOf(key: string): string {
  return `plinth:attempt:${key}`;
}
