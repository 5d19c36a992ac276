import type { AuthStores } from '../../auth-stores.js';
import { countedSecondFactorLimit } from '../../protect/counted-second-factor-limit.js';
import { redisAttemptStore } from './redis-attempt-store.js';
import { redisOneTimeStore } from './redis-one-time-store.js';
import { redisRefreshStore } from './redis-refresh-store.js';
import { redisSessionStore } from './redis-session-store.js';

/**
 * What of `AuthModule` may be in Redis. What must outlive it belongs to SQL beside it: API keys, second factors, the security log.
 *
 * @example
 * AuthModule.with({ stores: { ...sqlAuthStores, ...redisAuthStores }, imports: [database, RedisModule] });
 */
export const redisAuthStores = Object.freeze({
  sessions: redisSessionStore,
  attempts: redisAttemptStore,
  oneTime: redisOneTimeStore,
  refresh: redisRefreshStore,
  secondFactorLimit: countedSecondFactorLimit,
} satisfies AuthStores);
