import { APP_INFO, CLOCK, provide, provideFactory, type Provider } from '@plinth/core';
import { inMemory } from '../in-memory.js';
import { AUTH_ERRORS } from '../errors.js';
import { MemoryRecoveryCodeStore } from './memory-recovery-code-store.js';
import { MemoryTotpStore } from './memory-totp-store.js';
import { RECOVERY_CODE_STORE } from './recovery-code-store.js';
import { RecoveryCodes } from './recovery-codes.js';
import { MemorySecondFactorLimit, SECOND_FACTOR_LIMIT } from './second-factor-limit.js';
import { Totp, TOTP_ISSUER } from './totp.js';
import { TOTP_STORE } from './totp-store.js';

/** Second factors: the `secondFactor` part of `AuthModule.with`. */
export interface SecondFactorOptions {
  /** What authenticator apps show as the issuer. Default: the application's name, or `plinth`. */
  readonly issuer?: string;
  /** A provider of `TOTP_STORE`, such as `sqlTotpStore` of `@plinth/auth/data`. Default: the memory of this process. */
  readonly totpStore?: Provider;
  /** A provider of `RECOVERY_CODE_STORE`, such as `sqlRecoveryCodeStore`. Default: the memory of this process. */
  readonly recoveryCodeStore?: Provider;
  /** A provider of `SECOND_FACTOR_LIMIT`. Default: ten tries an hour for each account, counted in this process. */
  readonly limit?: Provider;
}

/** Everything that `Totp` and `RecoveryCodes` need. Throws `AUTH_OPTIONS`. @internal */
export function secondFactorProviders(options: SecondFactorOptions = {}): readonly Provider[] {
  checkIssuer(options.issuer);
  return [
    provideFactory(TOTP_ISSUER, {
      deps: [APP_INFO],
      create: (info) => options.issuer ?? info.name?.replaceAll(':', ' ') ?? 'plinth',
      whenNeeded: true,
    }),
    options.totpStore ?? inMemory(TOTP_STORE, { what: 'authenticators are', cure: 'sqlTotpStore' }, () => new MemoryTotpStore()),
    options.recoveryCodeStore ??
      inMemory(RECOVERY_CODE_STORE, { what: 'recovery codes are', cure: 'sqlRecoveryCodeStore' }, () => new MemoryRecoveryCodeStore()),
    options.limit ??
      provideFactory(SECOND_FACTOR_LIMIT, { deps: [CLOCK], create: (clock) => new MemorySecondFactorLimit(clock), whenNeeded: true }),
    provide(Totp, { whenNeeded: true }),
    provide(RecoveryCodes, { whenNeeded: true }),
  ];
}

// A colon ends the issuer in the label of the URI.
function checkIssuer(issuer: string | undefined): void {
  if (issuer === undefined || (issuer.trim() !== '' && !issuer.includes(':') && issuer.isWellFormed())) return;
  throw AUTH_ERRORS.OPTIONS({
    option: 'secondFactor.issuer',
    value: JSON.stringify(issuer),
    rule: 'it must be a text with characters and without a colon',
  });
}
