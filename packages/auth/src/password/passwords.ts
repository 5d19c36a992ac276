import { Injectable, type OnStart } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { argon2Hash, argon2Verify, isArgon2, isWeaker, type Argon2Parameters } from './argon2.js';
import { HashQueue } from './hash-queue.js';
import { checkPassword, isLongerThan, type PasswordPolicy } from './password-policy.js';
import { PASSWORD_SETTINGS, type PasswordSettings } from './password-settings.js';

/** The outcome of a check: `rehash` is the hash to store instead, when the old one was made with weaker parameters. */
export interface PasswordCheck {
  readonly ok: boolean;
  readonly rehash?: string;
}

/**
 * Hashes and checks passwords with argon2id (RFC 9106), off the event loop, a few at a time.
 *
 * A password is used as received: neither trimmed nor normalised nor cut (ASVS 5.0, 6.2.8).
 */
@Injectable({ deps: [PASSWORD_SETTINGS] })
export class Passwords implements OnStart {
  readonly #policy: PasswordPolicy;
  readonly #parameters: Argon2Parameters;
  readonly #queue: HashQueue;
  #dummy: Promise<string> | undefined;

  constructor(settings: PasswordSettings) {
    this.#policy = settings.policy;
    this.#parameters = settings.parameters;
    this.#queue = new HashQueue({ concurrency: settings.concurrency, waiting: settings.queue });
  }

  /** Prepares the hash that unknown users are checked against, so that the first of them takes no longer than the rest. */
  async onStart(): Promise<void> {
    await this.#dummyHash();
  }

  /**
   * Hashes a new password; gives a PHC string of about 97 characters (a column of 255 leaves room for other parameters).
   * Throws `AUTH_PASSWORD_TOO_SHORT`, `AUTH_PASSWORD_TOO_LONG`, `AUTH_PASSWORD_MALFORMED` or `AUTH_BUSY`.
   */
  async hash(plain: string): Promise<string> {
    checkPassword(plain, this.#policy);
    return this.#queue.run(() => argon2Hash(plain, this.#parameters));
  }

  /** Checks a password against a stored PHC string. Throws `AUTH_BUSY`, or `AUTH_PASSWORD_HASH` when the text is no argon2 hash. */
  async verify(plain: string, phc: string): Promise<PasswordCheck> {
    if (!isArgon2(phc)) throw AUTH_ERRORS.PASSWORD_HASH({ start: phc.slice(0, 4) });
    if (isLongerThan(plain, this.#policy.maxLength)) return { ok: false };
    return this.#queue.run(() => this.#check(plain, phc));
  }

  /** Takes the time of `verify` and always says no: for names that nobody has. Throws `AUTH_BUSY`. */
  async verifyUnknown(plain: string): Promise<PasswordCheck> {
    if (isLongerThan(plain, this.#policy.maxLength)) return { ok: false };
    const dummy = await this.#dummyHash();
    await this.#queue.run(() => argon2Verify(plain, dummy));
    return { ok: false };
  }

  // In one turn: whoever has given the right password is not sent away between check and rehash.
  async #check(plain: string, phc: string): Promise<PasswordCheck> {
    const ok = await argon2Verify(plain, phc);
    // The policy may have risen since: a password that was right once is hashed again as it is.
    return ok && isWeaker(phc, this.#parameters) ? { ok, rehash: await argon2Hash(plain, this.#parameters) } : { ok };
  }

  #dummyHash(): Promise<string> {
    this.#dummy ??= argon2Hash(crypto.randomUUID(), this.#parameters);
    return this.#dummy;
  }
}
