import { Injectable } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { Passwords } from '../password/passwords.js';
import type { AuthUser, SignInSource } from './users.js';

/**
 * Checks a name and a password. An unknown name, a user without a password and a wrong password get the same answer after the same
 * time (ASVS 5.0, 6.3.8).
 */
@Injectable({ deps: [Passwords] })
export class PasswordSignIn {
  readonly #passwords: Passwords;

  constructor(passwords: Passwords) {
    this.#passwords = passwords;
  }

  /**
   * The user of this name and password. A stored hash whose parameters have become too weak is replaced.
   * Throws `AUTH_CREDENTIALS`, or `AUTH_BUSY` when too many are waiting.
   */
  async check<User extends AuthUser>(users: SignInSource<User>, name: string, password: string): Promise<User> {
    const record = await users.findForSignIn(name);
    const hash = record?.passwordHash ?? undefined;
    const result = hash === undefined ? await this.#passwords.verifyUnknown(password) : await this.#passwords.verify(password, hash);
    if (!record || !result.ok) throw AUTH_ERRORS.CREDENTIALS();
    if (result.rehash !== undefined) await users.updatePasswordHash(record.user.id, result.rehash);
    return record.user;
  }
}
