import { APP_INFO, PINO, provide, provideFactory, provideValue, type Provider, type Token } from '@plinth/core';
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
    attempts ?? inMemory(ATTEMPT_STORE, 'attempts to sign in are counted', 'sqlAttemptStore', () => new MemoryAttemptStore()),
    provide(KnownDevices, { whenNeeded: true }),
    provide(Throttle, { whenNeeded: true }),
    provide(SignInNotices, { whenNeeded: true }),
    provideValue(SECURITY_LOG_SETTINGS, securityLogSettings(securityLog)),
    log ?? inMemory(SECURITY_LOG_STORE, 'the security log is kept', 'sqlSecurityLogStore', () => new MemorySecurityLogStore()),
    // It listens: where it is asked for, it has to be there although nothing depends on it.
    provide(SecurityLog, { whenNeeded: options.securityLog === undefined }),
  ];
}

// PINO and not LOGGER: a line at the start is no reason to enter the request context with every request.
function inMemory<T>(key: Token<T>, what: string, cure: string, create: () => T): Provider {
  return provideFactory(key, {
    deps: [APP_INFO, PINO],
    create(info, log) {
      if (info.production)
        log.warn(`${what} in the memory of this process: this ends with it, and other processes do not see it; see ${cure}`);
      return create();
    },
    whenNeeded: true,
  });
}
