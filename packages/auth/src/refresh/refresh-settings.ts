import { token } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';

/** How refresh tokens live: the `refresh` part of `AuthModule.with`. Durations are seconds. */
export interface RefreshOptions {
  /** A token that is not used ends after this time; 1,209,600 (14 days). */
  readonly idle?: number;
  /** A family of tokens ends after this time, however often it is rotated; 2,592,000 (30 days). */
  readonly absolute?: number;
}

/** The options with every default filled in; durations are milliseconds. */
export interface RefreshSettings {
  readonly idle: number;
  readonly absolute: number;
}

/** @internal */
export const REFRESH_SETTINGS = token<RefreshSettings>('REFRESH_SETTINGS', { from: 'AuthModule of @plinth/auth' });

/** Fills in the defaults. Throws `AUTH_OPTIONS` when a value makes no sense. */
export function refreshSettings(options: RefreshOptions = {}): RefreshSettings {
  return {
    idle: milliseconds('refresh.idle', options.idle ?? 1_209_600),
    absolute: milliseconds('refresh.absolute', options.absolute ?? 2_592_000),
  };
}

function milliseconds(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 31_536_000) return value * 1_000;
  throw AUTH_ERRORS.OPTIONS({ option, value, rule: 'it must be an integer of 1 to 31,536,000 seconds' });
}
