export { openRedis, type RedisOptions } from './open-redis.js';
export { REDIS, type Redis, type RedisArgument, type RedisScript } from './redis.js';
export type { RedisClient } from './redis-client.js';
export { RedisModule, type RedisModuleOptions } from './redis-module.js';
export { redisScript } from './redis-script.js';
