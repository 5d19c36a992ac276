import type { Provider } from '@plinth/core';
import type { AuthOptions } from './auth-module.js';

/** Providers of the stores of `AuthModule`, all or some: `sqlAuthStores` of `@plinth/auth/data`, `redisAuthStores` of `@plinth/auth/redis`. */
export interface AuthStores {
  readonly sessions?: Provider;
  readonly attempts?: Provider;
  readonly oneTime?: Provider;
  readonly refresh?: Provider;
  readonly apiKeys?: Provider;
  readonly totp?: Provider;
  readonly recoveryCodes?: Provider;
  readonly secondFactorLimit?: Provider;
  /** Taken where `securityLog` is asked for. */
  readonly securityLog?: Provider;
}

/** The options with each store that they do not name themselves. @internal */
export function withStores(options: AuthOptions): AuthOptions {
  const { stores } = options;
  if (stores === undefined) return options;
  const { sessions, attempts, oneTime, refresh, apiKeys, totp, recoveryCodes, secondFactorLimit, securityLog } = stores;
  return {
    ...options,
    sessions: { ...(sessions && { store: sessions }), ...options.sessions },
    throttle: { ...(attempts && { store: attempts }), ...options.throttle },
    oneTime: { ...(oneTime && { store: oneTime }), ...options.oneTime },
    refresh: { ...(refresh && { store: refresh }), ...options.refresh },
    apiKeys: { ...(apiKeys && { store: apiKeys }), ...options.apiKeys },
    secondFactor: {
      ...(totp && { totpStore: totp }),
      ...(recoveryCodes && { recoveryCodeStore: recoveryCodes }),
      ...(secondFactorLimit && { limit: secondFactorLimit }),
      ...options.secondFactor,
    },
    ...(options.securityLog && { securityLog: { ...(securityLog && { store: securityLog }), ...options.securityLog } }),
  };
}
