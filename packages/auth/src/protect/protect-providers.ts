import { provide, provideValue, type Provider } from '@plinth/core';
import { inMemory } from '../in-memory.js';
import { ATTEMPT_STORE } from './attempt-store.js';
import { KnownDevices } from './known-devices.js';
import { MemoryAttemptStore } from './memory-attempt-store.js';
import { MemorySecurityLogStore } from './memory-security-log-store.js';
import { SECURITY_LOG_SETTINGS, securityLogSettings, type SecurityLogOptions } from './security-log-settings.js';
import { SECURITY_LOG_STORE } from './security-log-store.js';
import { SecurityLog } from './security-log.js';
import { SignInNotices } from './sign-in-notices.js';
import { THROTTLE_SETTINGS, throttleSettings, type ThrottleOptions } from './throttle-settings.js';
import { Throttle } from './throttle.js';

/** The options of `AuthModule.with` that concern attempts and the security log. */
export interface ProtectOptions {
  readonly throttle?: ThrottleOptions & {
    /** A provider of `ATTEMPT_STORE`, such as `sqlAttemptStore` of `@plinth/auth/data`. Default: the memory of this process. */
    readonly store?: Provider;
  };
  /** With it, even an empty one, everything that is noted is recorded. */
  readonly securityLog?: SecurityLogOptions & {
    /** A provider of `SECURITY_LOG_STORE`, such as `sqlSecurityLogStore` of `@plinth/auth/data`. Default: the memory of this process. */
    readonly store?: Provider;
  };
}

/** What the module exports of them. */
export const PROTECT_SERVICES = [Throttle, KnownDevices, SecurityLog, SignInNotices] as const;

/** The providers of `Throttle`, `KnownDevices`, `SecurityLog` and `SignInNotices`. Throws `AUTH_OPTIONS`. */
export function protectProviders(options: ProtectOptions): readonly Provider[] {
  const { store: attempts, ...throttle } = options.throttle ?? {};
  const { store: log, ...securityLog } = options.securityLog ?? {};
  return [
    provideValue(THROTTLE_SETTINGS, throttleSettings(throttle)),
    attempts ?? inMemory(ATTEMPT_STORE, { what: 'attempts to sign in are', cure: 'sqlAttemptStore' }, () => new MemoryAttemptStore()),
    provide(KnownDevices, { whenNeeded: true }),
    provide(Throttle, { whenNeeded: true }),
    provide(SignInNotices, { whenNeeded: true }),
    provideValue(SECURITY_LOG_SETTINGS, securityLogSettings(securityLog)),
    log ?? inMemory(SECURITY_LOG_STORE, { what: 'the security log is', cure: 'sqlSecurityLogStore' }, () => new MemorySecurityLogStore()),
    // It listens: where it is asked for, it has to be there although nothing depends on it.
    provide(SecurityLog, { whenNeeded: options.securityLog === undefined }),
  ];
}
