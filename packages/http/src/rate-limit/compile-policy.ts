import { parseDuration } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { Rate, WhenDown } from './rate-limit-options.js';
import type { RateLimitPolicy } from './rate-limit-store.js';

/** A policy with what its headers and its refusals need. */
export interface CompiledPolicy extends RateLimitPolicy {
  readonly burst: number;
  readonly whenDown: WhenDown;
  /** Its rate, for people: `600/1m`. */
  readonly rate: string;
  /** The policy as an item of `RateLimit-Policy`. */
  readonly shown: string;
  /** Its name as a string of RFC 9651. */
  readonly quoted: string;
}

/** A rate with everything filled in. `per` in milliseconds. */
export interface FullRate {
  readonly limit: number;
  readonly per: number;
  readonly burst: number;
}

/** Checks a rate and counts it out in microseconds. Throws `HTTP_RATE_LIMIT` for one that makes no sense. */
export function compilePolicy(name: string, rate: FullRate, whenDown: WhenDown, route: string): CompiledPolicy {
  const { limit, per, burst } = rate;
  const refuse = (reason: string): Error => HTTP_ERRORS.RATE_LIMIT({ name: JSON.stringify(name), route, reason });
  if (!Number.isSafeInteger(limit) || limit < 1) throw refuse(`limit is ${limit}, not a whole number of at least 1`);
  if (!Number.isSafeInteger(burst) || burst < 1) throw refuse(`burst is ${burst}, not a whole number of at least 1`);
  const interval = Math.round((per * 1000) / limit);
  if (interval < 1) throw refuse(`${limit} in ${per} ms is more than one in a microsecond`);
  const capacity = interval * burst;
  // Further than this an instant is no exact number any more; nobody waits for it either.
  if (capacity > MAX_CAPACITY) throw refuse('its burst takes more than ten years to come back');
  if (!whenDowns.has(whenDown)) throw refuse(`whenDown is ${JSON.stringify(whenDown)}, not 'local', 'open' or 'closed'`);
  if (name === '' || name.length > 128) throw refuse('its name has no characters, or more than 128');
  const quoted = quote(name);
  const shown = `${quoted};q=${limit};w=${Math.max(1, Math.ceil(per / 1000))}`;
  return { name, interval, capacity, burst, whenDown, quoted, rate: `${limit}/${timeText(per)}`, shown };
}

function timeText(ms: number): string {
  for (const [unit, length] of units) if (ms % length === 0) return `${ms / length}${unit}`;
  return `${ms}ms`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Fills a rate in. Throws `HTTP_RATE_LIMIT` for a time that is none. */
export function fullRate({ limit, per = '1m', burst }: Rate, name: string, route: string): FullRate {
  const ms = typeof per === 'number' ? per : parseDuration(per);
  if (ms === undefined || !Number.isFinite(ms) || ms <= 0)
    throw HTTP_ERRORS.RATE_LIMIT({ name: JSON.stringify(name), route, reason: `per is ${JSON.stringify(per)}, not a time such as "1m"` });
  return { limit, per: ms, burst: burst ?? limit };
}

const MAX_CAPACITY = 10 * 365 * 86_400 * 1_000_000;
const whenDowns: ReadonlySet<string> = new Set(['local', 'open', 'closed']);

// Strings of structured fields (RFC 9651, 3.3.3) are ASCII.
function quote(name: string): string {
  return `"${name.replace(/[^\x20-\x7e]+/g, encode).replace(/["\\]/g, '\\$&')}"`;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
