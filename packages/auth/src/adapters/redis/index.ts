export { redisAuthStores } from './redis-auth-stores.js';
export { RedisAttemptStore, redisAttemptStore } from './redis-attempt-store.js';
export { RedisSessionStore, redisSessionStore } from './redis-session-store.js';
export { RedisOneTimeStore, redisOneTimeStore } from './redis-one-time-store.js';
export { RedisRefreshStore, redisRefreshStore } from './redis-refresh-store.js';
