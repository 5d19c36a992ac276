import { APP_INFO, provideFactory, token, type Key, type Provider } from '@plinth/core';
import type { Fetch } from '@plinth/http/fetch';
import { AUTH_ERRORS } from '../errors.js';
import { filterHash, PasswordFilterFile } from './password-filter.js';

/** Knows passwords that have appeared in data breaches. */
export interface BreachedPasswords {
  /** Has this password been seen in a breach? May reject: then the password is accepted, and the log says so. */
  has(plain: string): Promise<boolean>;
}

/** Where new passwords are looked up. Nothing provides it unless `passwords.breached` does. */
export const BREACHED_PASSWORDS = token<BreachedPasswords>('BREACHED_PASSWORDS', { from: 'AuthModule.with({ passwords: { breached } })' });

/** How Have I Been Pwned is asked. */
export interface HaveIBeenPwnedOptions {
  /** In how many breached accounts a password must have been seen; 1. */
  readonly threshold?: number;
  /** Milliseconds to wait for the answer; 2,000. */
  readonly timeout?: number;
  /** The ranges of another server that speaks the same protocol; `https://api.pwnedpasswords.com/range/`. */
  readonly url?: string;
}

/**
 * Asks Have I Been Pwned by k-anonymity: only the first five of forty digits of the password's SHA-1 hash leave this process, and
 * padding hides from onlookers how long the answer is. Throws `AUTH_OPTIONS`.
 *
 * @example
 * AuthModule.with({ passwords: { breached: haveIBeenPwned(FETCH) } }) // FETCH of @plinth/http/fetch
 */
export function haveIBeenPwned(fetch: Key<Fetch>, options: HaveIBeenPwnedOptions = {}): Provider {
  const { threshold = 1, timeout = 2_000, url = 'https://api.pwnedpasswords.com/range/' } = options;
  for (const [option, value] of Object.entries({ threshold, timeout }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw AUTH_ERRORS.OPTIONS({ option: `passwords.breached.${option}`, value, rule: 'it must be an integer of at least 1' });
  if (!URL.canParse(url) || !url.endsWith('/'))
    throw AUTH_ERRORS.OPTIONS({ option: 'passwords.breached.url', value: url, rule: 'it must be an absolute URL that ends with a slash' });
  return provideFactory(BREACHED_PASSWORDS, {
    deps: [fetch],
    create: (send): BreachedPasswords => ({
      async has(plain) {
        const hash = filterHash(plain).toString('hex').toUpperCase();
        const answer = await send(`${url}${hash.slice(0, 5)}`, {
          timeout,
          headers: { 'add-padding': 'true', 'user-agent': 'plinth-auth' },
        });
        if (!answer.ok) {
          await answer.body?.cancel();
          throw AUTH_ERRORS.BREACHED_UNAVAILABLE({ reason: `the answer has the status ${answer.status}` });
        }
        return countOf(await answer.text(), hash.slice(5)) >= threshold;
      },
    }),
  });
}

/**
 * Looks passwords up in a file that `buildPasswordFilter` made: no request leaves the machine. Throws `AUTH_PASSWORD_FILTER` at the
 * start when the file is missing or no filter.
 */
export function breachedPasswordsIn(file: string): Provider {
  const files = new WeakMap<BreachedPasswords, PasswordFilterFile>();
  return provideFactory(BREACHED_PASSWORDS, {
    deps: [APP_INFO],
    async create(info) {
      // An application that is only looked at (`plinth routes`) may be so where the file is not.
      if (info.inspected) return { has: async () => false };
      const filter = await PasswordFilterFile.open(file);
      const breached: BreachedPasswords = { has: (plain) => filter.has(filterHash(plain)) };
      files.set(breached, filter);
      return breached;
    },
    dispose: (breached) => files.get(breached)?.close(),
  });
}

// Lines are `SUFFIX:COUNT`; padding has the count 0.
function countOf(body: string, suffix: string): number {
  const line = body.split(/\r?\n/).find((each) => each.toUpperCase().startsWith(`${suffix}:`));
  return line === undefined ? 0 : Number(line.slice(suffix.length + 1));
}
