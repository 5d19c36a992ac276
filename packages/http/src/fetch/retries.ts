import { randomInt } from 'node:crypto';
import { AppError } from '@plinth/core';
import type { RetryOptions } from './fetch-options.js';

/** Decides on further tries of one client. */
export interface Retries {
  /** A new request has come: it earns its share of a try. */
  request(): void;
  /** Milliseconds to wait before the next try; `undefined` to leave it at this. */
  waitAfter(attempt: number, answer: Response | undefined, failure: unknown): number | undefined;
}

const RESERVE = 10;
const worthAnother = new Set([408, 429, 502, 503, 504]);

/** Full jitter, `Retry-After`, and a budget that a dead service uses up. */
export function createRetries({ times = 2, base = 100, max = 2000, budget = 0.2 }: RetryOptions): Retries {
  let tokens = RESERVE;
  return {
    request: () => void (tokens = Math.min(RESERVE, tokens + budget)),
    waitAfter(attempt, answer, failure) {
      if (attempt > times || tokens < 1) return undefined;
      if (answer === undefined ? !isNetworkFailure(failure) : !worthAnother.has(answer.status)) return undefined;
      const told = retryAfter(answer);
      if (told !== undefined && told > max) return undefined;
      tokens--;
      return told ?? randomInt(Math.max(1, Math.ceil(Math.min(max, base * 2 ** (attempt - 1)))) + 1);
    },
  };
}

function isNetworkFailure(failure: unknown): boolean {
  if (!(failure instanceof AppError)) return false;
  if (failure.code === 'HTTP_FETCH_NO_HOST') return (failure.cause as NodeJS.ErrnoException).code === 'EAI_AGAIN';
  return failure.code === 'HTTP_FETCH_FAILED' || failure.code === 'HTTP_FETCH_NO_ANSWER';
}

// Seconds or a date (RFC 9110, section 10.2.3).
function retryAfter(answer: Response | undefined): number | undefined {
  const text = answer?.headers.get('retry-after') ?? undefined;
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
