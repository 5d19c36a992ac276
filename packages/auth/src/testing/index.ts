export { describeRecoveryCodeStore, type MadeRecoveryCodeStore } from './describe-recovery-code-store.js';
export { describeTotpStore, type MadeTotpStore } from './describe-totp-store.js';
export { describeSessionStore, type MadeSessionStore } from './describe-session-store.js';
export { describeApiKeyStore, type MadeApiKeyStore } from './describe-api-key-store.js';
export { describeOneTimeStore, type MadeOneTimeStore } from './describe-one-time-store.js';
export { describeRefreshStore, type MadeRefreshStore } from './describe-refresh-store.js';
export { describeAttemptStore, type MadeAttemptStore } from './describe-attempt-store.js';
export { describeSecurityLogStore, type MadeSecurityLogStore } from './describe-security-log-store.js';
export type { TestRunner } from './store-checks.js';
