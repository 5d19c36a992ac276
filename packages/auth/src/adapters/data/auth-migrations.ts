import type { Migration } from '@plinth/data';
import { createAuthApiKeys } from './api-key-table.js';
import { createAuthAttempts } from './attempt-migration.js';
import { createAuthIdentities } from './identity-migration.js';
import { createAuthOneTimeTokens } from './one-time-table.js';
import { createAuthPasskeys } from './passkey-table.js';
import { createAuthRecoveryCodes } from './recovery-code-table.js';
import { createAuthRefreshTokens } from './refresh-table.js';
import { createAuthSecurityLog } from './security-log-migration.js';
import { addAuthSessionFacts, createAuthSessions } from './session-migration.js';
import { createAuthTotp } from './totp-migration.js';

/** The migrations of every table of this entry: `DataModule.with({ migrations: [...authMigrations, ...yours] })`. */
export const authMigrations: readonly Migration[] = [
  createAuthApiKeys,
  createAuthAttempts,
  createAuthIdentities,
  createAuthOneTimeTokens,
  createAuthPasskeys,
  createAuthRecoveryCodes,
  createAuthRefreshTokens,
  createAuthSecurityLog,
  createAuthSessions,
  addAuthSessionFacts,
  createAuthTotp,
];
