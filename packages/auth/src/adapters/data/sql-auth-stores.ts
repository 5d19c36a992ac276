import type { AuthStores } from '../../auth-stores.js';
import { countedSecondFactorLimit } from '../../protect/counted-second-factor-limit.js';
import { sqlApiKeyStore } from './sql-api-key-store.js';
import { sqlAttemptStore } from './sql-attempt-store.js';
import { sqlOneTimeStore } from './sql-one-time-store.js';
import { sqlRecoveryCodeStore } from './sql-recovery-code-store.js';
import { sqlRefreshStore } from './sql-refresh-store.js';
import { sqlSecurityLogStore } from './sql-security-log-store.js';
import { sqlSessionStore } from './sql-session-store.js';
import { sqlTotpStore } from './sql-totp-store.js';

/**
 * Everything that `AuthModule` stores, in the application's SQL database. Needs `authMigrations`.
 *
 * @example
 * AuthModule.with({ stores: sqlAuthStores, imports: [database] });
 */
export const sqlAuthStores = Object.freeze({
  sessions: sqlSessionStore,
  attempts: sqlAttemptStore,
  oneTime: sqlOneTimeStore,
  refresh: sqlRefreshStore,
  apiKeys: sqlApiKeyStore,
  totp: sqlTotpStore,
  recoveryCodes: sqlRecoveryCodeStore,
  secondFactorLimit: countedSecondFactorLimit,
  securityLog: sqlSecurityLogStore,
} satisfies AuthStores);
