import { Injectable } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { Passwords } from '../password/passwords.js';
import { SecurityEvents } from '../protect/security-events.js';
import type { AttemptOptions, Throttle } from '../protect/throttle.js';
import type { AuthUser, SignInRecord, SignInSource } from './users.js';

/** How a sign-in is slowed down and noted. */
export interface ThrottledSignIn extends AttemptOptions {
  readonly throttle: Throttle;
  /** The request. */
  readonly context: Pick<HttpContext, 'ip' | 'cookie' | 'setCookie'>;
  /** `false`: the sign-in is not complete with the password; call `throttle.trust` when it is. Default: the device is known from now on. */
  readonly trust?: boolean;
}

/**
 * Checks a name and a password. An unknown name, a user without a password and a wrong password get the same answer after the same
 * time (ASVS 5.0, 6.3.8).
 */
@Injectable({ deps: [Passwords, SecurityEvents], from: 'AuthModule of @plinth/auth' })
export class PasswordSignIn {
  readonly #passwords: Passwords;
  readonly #events: SecurityEvents;

  constructor(passwords: Passwords, events: SecurityEvents) {
    this.#passwords = passwords;
    this.#events = events;
  }

  /**
   * The user of this name and password. A stored hash whose parameters have become too weak is replaced.
   * Throws `AUTH_CREDENTIALS`, or `AUTH_BUSY` when too many are waiting.
   */
  async check<User extends AuthUser>(users: SignInSource<User>, name: string, password: string): Promise<User>;
  /**
   * The same, but whoever guesses is slowed down first, and success and failure are noted (`sign-in.password`). Throws `AUTH_THROTTLED`
   * and `AUTH_THROTTLE_HELD` (429) as well.
   */
  async check<User extends AuthUser>(users: SignInSource<User>, name: string, password: string, options: ThrottledSignIn): Promise<User>;
  async check<User extends AuthUser>(users: SignInSource<User>, name: string, password: string, options?: ThrottledSignIn): Promise<User> {
    if (!options) return this.#userOf(await this.#verify(users, name, password));
    const { throttle, context, trust = true } = options;
    const attempt = await throttle.begin(name, context, options);
    const checked = await this.#verify(users, name, password).catch(async (error: unknown) => {
      // What went wrong first is what has to be known.
      await attempt.undo().catch(() => undefined);
      throw error;
    });
    const userId = checked.record?.user.id;
    const facts = { ip: context.ip, ...(userId !== undefined && { userId }), details: { known: attempt.known } };
    this.#events.note({ type: 'sign-in.password', outcome: checked.ok ? 'success' : 'failure', ...facts });
    const user = this.#userOf(checked);
    await attempt.passed();
    if (trust) await throttle.trust(name, context);
    return user;
  }

  async #verify<User extends AuthUser>(users: SignInSource<User>, name: string, password: string): Promise<Checked<User>> {
    const record = await users.findForSignIn(name);
    const hash = record?.passwordHash ?? undefined;
    const result = hash === undefined ? await this.#passwords.verifyUnknown(password) : await this.#passwords.verify(password, hash);
    if (record && result.ok && result.rehash !== undefined) await users.updatePasswordHash(record.user.id, result.rehash);
    return { record, ok: record !== undefined && record !== null && result.ok };
  }

  #userOf<User extends AuthUser>({ record, ok }: Checked<User>): User {
    if (!record || !ok) throw AUTH_ERRORS.CREDENTIALS();
    return record.user;
  }
}

interface Checked<User extends AuthUser> {
  readonly record: SignInRecord<User> | undefined;
  readonly ok: boolean;
}
