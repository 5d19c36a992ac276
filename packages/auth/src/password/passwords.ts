import { Injectable, type OnStart } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { argon2Hash, argon2Verify, isArgon2, isWeaker, type Argon2Parameters } from './argon2.js';
import { HashQueue } from './hash-queue.js';
import { isLongerThan } from './password-policy.js';
import { PasswordRules, type NewPasswordOptions } from './password-rules.js';
import { PASSWORD_SETTINGS, type PasswordSettings } from './password-settings.js';
import { secretOf, splitKeyId, withKeyId, type Pepper } from './pepper.js';

/** The outcome of a check: `rehash` is the hash to store instead, when the old one was made with weaker parameters or another pepper. */
export interface PasswordCheck {
  readonly ok: boolean;
  readonly rehash?: string;
}

/**
 * Hashes and checks passwords with argon2id (RFC 9106), off the event loop, a few at a time.
 *
 * A password is used as received: neither trimmed nor normalised nor cut (ASVS 5.0, 6.2.8).
 */
@Injectable({ deps: [PASSWORD_SETTINGS, PasswordRules], from: 'AuthModule of @plinth/auth' })
export class Passwords implements OnStart {
  readonly #rules: PasswordRules;
  readonly #maxLength: number;
  readonly #parameters: Argon2Parameters;
  readonly #pepper: Pepper | undefined;
  readonly #queue: HashQueue;
  #dummy: Promise<string> | undefined;

  constructor(settings: PasswordSettings, rules: PasswordRules) {
    this.#rules = rules;
    this.#maxLength = settings.policy.maxLength;
    this.#parameters = settings.parameters;
    this.#pepper = settings.pepper;
    this.#queue = new HashQueue({ concurrency: settings.concurrency, waiting: settings.queue });
  }

  /** How many hashes run at once: `passwords.concurrency`. */
  get concurrency(): number {
    return this.#queue.concurrency;
  }

  /** Prepares the hash that unknown users are checked against, so that the first of them takes no longer than the rest. */
  async onStart(): Promise<void> {
    await this.#dummyHash();
  }

  /**
   * Judges a new password like `check`, and hashes it; gives a PHC string of about 97 characters, 113 with a pepper (a column of 255
   * leaves room for other parameters). Throws what `check` throws, or `AUTH_BUSY`.
   */
  async hash(plain: string, options?: NewPasswordOptions): Promise<string> {
    await this.#rules.check(plain, options);
    return this.#queue.run(() => this.#hash(plain));
  }

  /**
   * Would this do as a new password? Throws `AUTH_PASSWORD_TOO_SHORT`, `AUTH_PASSWORD_TOO_LONG`, `AUTH_PASSWORD_MALFORMED`,
   * `AUTH_PASSWORD_COMMON`, `AUTH_PASSWORD_CONTEXT` or `AUTH_PASSWORD_BREACHED`.
   */
  check(plain: string, options?: NewPasswordOptions): Promise<void> {
    return this.#rules.check(plain, options);
  }

  /**
   * Checks a password against a stored PHC string. Throws `AUTH_BUSY`, `AUTH_PASSWORD_HASH` when the text is no argon2 hash, or
   * `AUTH_PASSWORD_PEPPER` when the key of its pepper is gone.
   */
  async verify(plain: string, phc: string): Promise<PasswordCheck> {
    const stored = splitKeyId(phc);
    if (!isArgon2(stored.phc)) throw AUTH_ERRORS.PASSWORD_HASH({ start: phc.slice(0, 4) });
    const secret = secretOf(stored.keyId, this.#pepper);
    if (isLongerThan(plain, this.#maxLength)) return { ok: false };
    const outdated = isWeaker(stored.phc, this.#parameters) || stored.keyId !== this.#pepper?.current;
    return this.#queue.run(() => this.#check(plain, stored.phc, secret, outdated));
  }

  /** Takes the time of `verify` and always says no: for names that nobody has. Throws `AUTH_BUSY`. */
  async verifyUnknown(plain: string): Promise<PasswordCheck> {
    if (isLongerThan(plain, this.#maxLength)) return { ok: false };
    const dummy = splitKeyId(await this.#dummyHash());
    await this.#queue.run(() => argon2Verify(plain, dummy.phc, secretOf(dummy.keyId, this.#pepper)));
    return { ok: false };
  }

  // In one turn: whoever has given the right password is not sent away between check and rehash.
  async #check(plain: string, phc: string, secret: Uint8Array | undefined, outdated: boolean): Promise<PasswordCheck> {
    const ok = await argon2Verify(plain, phc, secret);
    // The policy may have risen since: a password that was right once is hashed again as it is.
    return ok && outdated ? { ok, rehash: await this.#hash(plain) } : { ok };
  }

  #dummyHash(): Promise<string> {
    this.#dummy ??= this.#hash(crypto.randomUUID());
    return this.#dummy;
  }

  async #hash(plain: string): Promise<string> {
    const keyId = this.#pepper?.current;
    return withKeyId(await argon2Hash(plain, this.#parameters, secretOf(keyId, this.#pepper)), keyId);
  }
}
