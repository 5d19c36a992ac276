import { token } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';

/** How sessions live: the `sessions` part of `AuthModule.with`. Durations are seconds. */
export interface SessionOptions {
  /** A session that is not used ends after this time; 1,800 (30 minutes). */
  readonly idle?: number;
  /** A session ends after this time, however much it is used; 43,200 (12 hours). */
  readonly absolute?: number;
  /** A session that was started with `remember` ends when unused for this time; 1,209,600 (14 days). */
  readonly rememberIdle?: number;
  /** A session that was started with `remember` ends after this time; 2,592,000 (30 days). */
  readonly rememberAbsolute?: number;
  /** A session that waits for its second factor ends after this time; 600 (10 minutes). */
  readonly pending?: number;
  /** How many sessions a user may have; 10. The one unused for longest makes room for the next. */
  readonly perUser?: number;
}

/** The options with every default filled in; durations are milliseconds. */
export interface SessionSettings {
  readonly idle: number;
  readonly absolute: number;
  readonly rememberIdle: number;
  readonly rememberAbsolute: number;
  readonly pending: number;
  readonly perUser: number;
}

/** @internal */
export const SESSION_SETTINGS = token<SessionSettings>('SESSION_SETTINGS', { from: 'AuthModule of @plinth/auth' });

/** Fills in the defaults. Throws `AUTH_OPTIONS` when a value makes no sense. */
export function sessionSettings(options: SessionOptions = {}): SessionSettings {
  return {
    idle: milliseconds('sessions.idle', options.idle ?? 1_800),
    absolute: milliseconds('sessions.absolute', options.absolute ?? 43_200),
    rememberIdle: milliseconds('sessions.rememberIdle', options.rememberIdle ?? 1_209_600),
    rememberAbsolute: milliseconds('sessions.rememberAbsolute', options.rememberAbsolute ?? 2_592_000),
    pending: milliseconds('sessions.pending', options.pending ?? 600),
    perUser: positive('sessions.perUser', options.perUser ?? 10),
  };
}

function milliseconds(option: string, seconds: number): number {
  return positive(option, seconds) * 1_000;
}

function positive(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw AUTH_ERRORS.OPTIONS({ option, value, rule: 'it must be a positive integer' });
}
