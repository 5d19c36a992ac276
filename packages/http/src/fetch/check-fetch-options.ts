import { HTTP_ERRORS } from '../errors.js';
import type { FetchOptions } from './fetch-options.js';

const LONGEST = 2_147_483_647;

/** Refuses numbers that are none, for callers that no compiler has checked. `client` says whose they are. Throws `HTTP_FETCH_OPTIONS`. */
export function checkFetchOptions(options: FetchOptions, client: string): void {
  const { retry, breaker, ports } = options;
  const check = (name: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER, whole = true) => {
    if (value === undefined) return;
    if (typeof value !== 'number' || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      const bounds = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
      throw wrong(client, name, value, `${whole ? 'a whole number' : 'a number'}, ${bounds}`);
    }
  };
  check('timeout', options.timeout, 1, LONGEST);
  check('connectTimeout', options.connectTimeout, 1, LONGEST);
  check('limit', options.limit, 1);
  check('concurrency', options.concurrency, 1);
  check('queue', options.queue, 0);
  check('redirects', options.redirects, 0);
  if (retry !== undefined && retry !== false) {
    if (!isObject(retry)) throw wrong(client, 'retry', retry, 'false or an object of options');
    check('retry.times', retry.times, 0);
    for (const name of ['base', 'max', 'budget'] as const) check(`retry.${name}`, retry[name], 0, LONGEST, false);
  }
  if (breaker !== undefined) {
    if (!isObject(breaker)) throw wrong(client, 'breaker', breaker, 'an object of options');
    check('breaker.failures', breaker.failures, 1);
    check('breaker.halfOpenAfter', breaker.halfOpenAfter, 1, LONGEST);
  }
  if (ports !== undefined && !Array.isArray(ports)) throw wrong(client, 'ports', ports, 'a list of ports');
  for (const port of ports ?? []) check('ports', port, 1, 65_535);
}

function wrong(client: string, name: string, value: unknown, allowed: string): Error {
  const shown = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)).slice(0, 100);
  return HTTP_ERRORS.FETCH_OPTIONS({ client, reason: `${name} is ${shown}, and not ${allowed}` });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
