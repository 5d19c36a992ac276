export { RedisRateLimitStore, redisRateLimitStore } from './redis-rate-limit-store.js';
export { RedisIdempotencyStore, redisIdempotencyStore } from './redis-idempotency-store.js';
