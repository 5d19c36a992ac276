import { parseDuration } from '@plinth/core';
import type { FullRate } from './compile-policy.js';

/** What operators say of rates: all off, or by the name of the policy a rate or `off`. */
export type OperatorRates = 'off' | ReadonlyMap<string, FullRate | 'off'>;

/**
 * Reads `HTTP_RATE_LIMITS`: `off`, or `name=limit/time` or `name=limit/time/burst` or `name=off`, comma-separated:
 * `default=600/1m/100, sign-in=20/1m`. A rate without a name is that of `default`. A text instead of the rates says what is wrong.
 */
export function readOperatorRates(text: string): OperatorRates | { readonly wrong: string } {
  if (text.trim() === 'off') return 'off';
  const rates = new Map<string, FullRate | 'off'>();
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue;
    const at = entry.lastIndexOf('=');
    const name = at === -1 ? 'default' : entry.slice(0, at).trim();
    const rate = readRate(entry.slice(at + 1).trim());
    if (name === '' || rate === undefined) return { wrong: entry.trim() };
    rates.set(name, rate);
  }
  return rates;
}

function readRate(text: string): FullRate | 'off' | undefined {
  if (text === 'off') return 'off';
  const [, limit, time, burst] = /^(\d{1,12})\/([^/]+)(?:\/(\d{1,12}))?$/.exec(text) ?? [];
  const per = time === undefined ? undefined : parseDuration(/^[a-z]/i.test(time) ? `1${time}` : time);
  if (limit === undefined || per === undefined || per <= 0 || Number(limit) < 1 || burst === '0') return undefined;
  return { limit: Number(limit), per, burst: Number(burst ?? limit) };
}
