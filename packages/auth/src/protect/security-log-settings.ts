import { token } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';

/** How the security log is kept: the `securityLog` part of `AuthModule.with`. */
export interface SecurityLogOptions {
  /**
   * What `record` does when the store fails. `open` (default): the event is written to the application's log as an error, and the sign-in
   * goes on. `closed`: it throws `AUTH_SECURITY_LOG` (503), so that nothing happens that is not on record.
   */
  readonly whenDown?: 'open' | 'closed';
  /** After so many records the end of the chain is written to the application's log; 1,000. */
  readonly anchorEvery?: number;
  /** After so many seconds at the latest; 3,600. */
  readonly anchorAfter?: number;
}

/** The options with every default filled in; durations are milliseconds. */
export interface SecurityLogSettings {
  readonly whenDown: 'open' | 'closed';
  readonly anchorEvery: number;
  readonly anchorAfter: number;
}

/** @internal */
export const SECURITY_LOG_SETTINGS = token<SecurityLogSettings>('SECURITY_LOG_SETTINGS', { from: 'AuthModule of @plinth/auth' });

/** Fills in the defaults. Throws `AUTH_OPTIONS` when a value makes no sense. */
export function securityLogSettings(options: SecurityLogOptions = {}): SecurityLogSettings {
  const { whenDown = 'open', anchorEvery = 1_000, anchorAfter = 3_600 } = options;
  if (whenDown !== 'open' && whenDown !== 'closed')
    throw AUTH_ERRORS.OPTIONS({ option: 'securityLog.whenDown', value: String(whenDown), rule: 'it must be open or closed' });
  for (const [option, value] of Object.entries({ anchorEvery, anchorAfter }))
    if (!Number.isInteger(value) || value < 1)
      throw AUTH_ERRORS.OPTIONS({ option: `securityLog.${option}`, value, rule: 'it must be a positive integer' });
  return { whenDown, anchorEvery, anchorAfter: anchorAfter * 1_000 };
}
