import { createHmac, randomBytes } from 'node:crypto';
import { CLOCK, Injectable, type Clock } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { Throttle } from '../protect/throttle.js';
import { PasswordSignIn } from '../user/password-sign-in.js';
import type { AuthUser, SignInSource } from '../user/users.js';

/** For so long a password that was right from this client is no guess. */
const REMEMBERED = 10 * 60_000;
const MOST = 1_000;

/** What the guard reads of its request. */
type BasicContext = Pick<HttpContext, 'ip' | 'cookie' | 'setCookie'>;

/**
 * Names and passwords that come with every request: whoever guesses is slowed down as at a sign-in, and a tool that sends the right ones many
 * times at once is not. Passwords are checked each time; what is remembered of a right one is a hash with a key of this process. @internal
 */
@Injectable({ deps: [PasswordSignIn, Throttle, CLOCK] })
export class BasicSignIn {
  readonly #signIn: PasswordSignIn;
  readonly #throttle: Throttle;
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #right = new Map<string, number>();
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(signIn: PasswordSignIn, throttle: Throttle, clock: Clock) {
    this.#signIn = signIn;
    this.#throttle = throttle;
    this.#clock = clock;
  }

  /** Throws `AUTH_CREDENTIALS`, `AUTH_THROTTLED`, `AUTH_THROTTLE_HELD`, `AUTH_BUSY`. */
  async check<User extends AuthUser>(users: SignInSource<User>, name: string, password: string, context: BasicContext): Promise<User> {
    const key = this.#keyOf(name, password, context);
    // Of several at the same time the first is counted: after it the others are known to be right, or are guesses as well.
    const running = this.#running.get(key);
    if (running) await running.catch(() => undefined);
    if (this.#isRight(key)) {
      try {
        return await this.#signIn.check(users, name, password);
      } catch (error) {
        if (!AUTH_ERRORS.CREDENTIALS.is(error)) throw error;
        // The password was changed: from now on it is a wrong one.
        this.#right.delete(key);
      }
    }
    return this.#counted(key, this.#signIn.check(users, name, password, { throttle: this.#throttle, context, trust: false }));
  }

  async #counted<User>(key: string, attempt: Promise<User>): Promise<User> {
    this.#running.set(key, attempt);
    try {
      const user = await attempt;
      if (this.#right.size >= MOST) this.#right.clear();
      this.#right.set(key, this.#clock.monotonic());
      return user;
    } finally {
      if (this.#running.get(key) === attempt) this.#running.delete(key);
    }
  }

  #isRight(key: string): boolean {
    const at = this.#right.get(key);
    return at !== undefined && this.#clock.monotonic() - at < REMEMBERED;
  }

  #keyOf(name: string, password: string, { ip }: BasicContext): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([name, password, ip]))
      .digest('base64url');
  }
}
