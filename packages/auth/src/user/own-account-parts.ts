import { provideFactory, type Provider } from '@plinth/core';
import { ApiKeys } from '../api-key/api-keys.js';
import { RecoveryCodes } from '../mfa/recovery-codes.js';
import { Totp } from '../mfa/totp.js';
import { OneTimeTokens } from '../one-time/one-time-tokens.js';
import { RefreshTokens } from '../refresh/refresh-tokens.js';
import { Sessions } from '../session/sessions.js';
import { ACCOUNT_PARTS } from './account-parts.js';

/** What goes with an account of what this module keeps itself. Nobody signs in by one of them alone. */
export function ownAccountParts(): readonly Provider[] {
  const options = { many: true, whenNeeded: true } as const;
  return [
    provideFactory(ACCOUNT_PARTS, {
      ...options,
      deps: [Totp],
      create: (totp) => ({ name: 'authenticators', remove: (userId) => totp.disable(userId) }),
    }),
    provideFactory(ACCOUNT_PARTS, {
      ...options,
      deps: [RecoveryCodes],
      create: (codes) => ({ name: 'recovery codes', remove: (userId) => codes.remove(userId) }),
    }),
    provideFactory(ACCOUNT_PARTS, {
      ...options,
      deps: [ApiKeys],
      create: (keys) => ({ name: 'API keys', remove: (userId) => keys.revokeAll(userId) }),
    }),
    provideFactory(ACCOUNT_PARTS, {
      ...options,
      deps: [RefreshTokens],
      create: (tokens) => ({ name: 'refresh tokens', remove: (userId) => tokens.revokeAll(userId) }),
    }),
    provideFactory(ACCOUNT_PARTS, {
      ...options,
      deps: [OneTimeTokens],
      create: (tokens) => ({ name: 'one-time tokens', remove: (userId) => tokens.revokeAll(userId) }),
    }),
    provideFactory(ACCOUNT_PARTS, {
      ...options,
      deps: [Sessions],
      create: (sessions) => ({ name: 'sessions', remove: (userId) => sessions.revokeAll(userId) }),
    }),
  ];
}
