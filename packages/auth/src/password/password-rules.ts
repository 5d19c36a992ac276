import { APP_INFO, Injectable, LOGGER, optionalDep, isAppError, type AppInfo, type Logger } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { BREACHED_PASSWORDS, type BreachedPasswords } from './breached-passwords.js';
import { isCommonPassword } from './common-passwords.js';
import { isMadeOfContext } from './context-words.js';
import { checkPassword } from './password-policy.js';
import { PASSWORD_SETTINGS, type PasswordSettings } from './password-settings.js';

/** What a new password is judged by, besides the policy. */
export interface NewPasswordOptions {
  /** Words that others would try first for this account: the user's name, the e-mail address, the name of the team. */
  readonly context?: readonly string[];
}

/** Judges new passwords: length, common ones, words of the context, breaches; in this order, the cheapest first. */
@Injectable({ deps: [PASSWORD_SETTINGS, APP_INFO, optionalDep(BREACHED_PASSWORDS), LOGGER] })
export class PasswordRules {
  readonly #settings: PasswordSettings;
  readonly #context: readonly string[];
  readonly #breached: BreachedPasswords | undefined;
  readonly #logger: Logger;

  constructor(settings: PasswordSettings, info: AppInfo, breached: BreachedPasswords | undefined, logger: Logger) {
    this.#settings = settings;
    this.#context = info.name === undefined ? settings.contextWords : [info.name, ...settings.contextWords];
    this.#breached = breached;
    this.#logger = logger;
  }

  /**
   * Throws `AUTH_PASSWORD_TOO_SHORT`, `AUTH_PASSWORD_TOO_LONG`, `AUTH_PASSWORD_MALFORMED`, `AUTH_PASSWORD_COMMON`,
   * `AUTH_PASSWORD_CONTEXT` or `AUTH_PASSWORD_BREACHED`.
   */
  async check(plain: string, options: NewPasswordOptions = {}): Promise<void> {
    checkPassword(plain, this.#settings.policy);
    if (this.#settings.refuseCommon && (await isCommonPassword(plain))) throw AUTH_ERRORS.PASSWORD_COMMON();
    if (await isMadeOfContext(plain, [...this.#context, ...(options.context ?? [])])) throw AUTH_ERRORS.PASSWORD_CONTEXT();
    if (this.#breached && (await this.#isBreached(this.#breached, plain))) throw AUTH_ERRORS.PASSWORD_BREACHED();
  }

  // Nobody is kept from changing a password because another service is down.
  async #isBreached(breached: BreachedPasswords, plain: string): Promise<boolean> {
    try {
      return await breached.has(plain);
    } catch (error) {
      // Only the code: the error may name the URL, and in it the beginning of the password's hash.
      const code = isAppError(error) ? error.code : error instanceof Error ? error.name : 'unknown';
      this.#logger.warn({ code }, 'breached passwords could not be looked up; the new password was accepted without');
      return false;
    }
  }
}
