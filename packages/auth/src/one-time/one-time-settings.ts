import { token, type AppKey } from '@plinth/core';

/** The keys by which codes are hashed: the first for new ones, the others (of former values of APP_KEY) still fit. */
export interface OneTimeKeys {
  readonly current: Buffer;
  readonly former: readonly Buffer[];
}

/** @internal */
export const ONE_TIME_KEYS = token<OneTimeKeys>('ONE_TIME_KEYS', { from: 'AuthModule of @plinth/auth' });

/** Derives the keys from the application's key. */
export function oneTimeKeys(appKey: AppKey): OneTimeKeys {
  return { current: appKey.derive('auth.one-time'), former: appKey.derivePrevious('auth.one-time') };
}
