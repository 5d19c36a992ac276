import { Injectable, provideClass, type Provider } from '@plinth/core';
import { REDIS, redisScript, type Redis } from '@plinth/data/redis';
import { IDEMPOTENCY_STORE, type Claimed, type IdempotencyClaim, type IdempotencyStore } from '../../idempotency/idempotency-store.js';

const claim = redisScript(`
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'reply')
if found[1] then return found end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'owner', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return nil
`);

const complete = redisScript(`
local found = redis.call('HMGET', KEYS[1], 'owner', 'reply')
if found[1] ~= ARGV[1] or found[2] then return 0 end
redis.call('HSET', KEYS[1], 'reply', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

const release = redisScript(`
local found = redis.call('HMGET', KEYS[1], 'owner', 'reply')
if found[1] == ARGV[1] and not found[2] then redis.call('DEL', KEYS[1]) end
return 0
`);

/**
 * Keeps idempotency keys in Redis, for all processes together. A process that dies between the handler's writes and the storing of its
 * reply leaves a key whose lock ends: the repeat runs the handler again. `sqlIdempotencyStore` has no such gap.
 */
@Injectable({ deps: [REDIS] })
export class RedisIdempotencyStore implements IdempotencyStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async claim(key: string, { fingerprint, owner, lock }: IdempotencyClaim): Promise<Claimed> {
    const found = await this.#redis.run<[string, string | null] | null>(claim, [keyOf(key)], [fingerprint, owner, String(lock)]);
    if (found === null) return { state: 'claimed' };
    const [known, reply] = found;
    return reply === null ? { state: 'running', fingerprint: known } : { state: 'done', fingerprint: known, reply };
  }

  async complete(key: string, owner: string, reply: string, ttl: number): Promise<boolean> {
    return (await this.#redis.run<number>(complete, [keyOf(key)], [owner, reply, String(ttl)])) === 1;
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#redis.run(release, [keyOf(key)], [owner]);
  }
}

/** The store of idempotency keys in Redis: `IdempotencyModule.with({ store: redisIdempotencyStore, imports: [RedisModule] })`. */
export const redisIdempotencyStore: Provider = provideClass(IDEMPOTENCY_STORE, RedisIdempotencyStore);

function keyOf(key: string): string {
  return `plinth:idempotency:${key}`;
}
