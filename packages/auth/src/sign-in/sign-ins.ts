import { Injectable, runUninterrupted } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { exactName } from '../protect/account-name.js';
import { SignInNotices } from '../protect/sign-in-notices.js';
import { readOneCookie, setSessionCookie } from '../session/session-cookie.js';
import { deviceOf } from '../session/session-device.js';
import type { Session } from '../session/session.js';
import { SIGN_IN_DATA, Sessions } from '../session/sessions.js';
import { SecondFactors } from './second-factors.js';

/** What a sign-in reads of its request, and answers with. */
export type SignInContext = Pick<HttpContext, 'ip' | 'header' | 'cookie' | 'setCookie'>;

/** How a user has just proved who they are. */
export interface SignInProof {
  readonly userId: string;
  /** The name of the account as `Throttle` was given it: its address, whatever the way to sign in. */
  readonly name: string;
  /** The kinds of proof by their names of RFC 8176: `['pwd']`; at least one. */
  readonly methods: readonly string[];
  /** The proof is two factors in one, as a passkey that has verified its user: no second one is asked for, and `mfa` is noted as well. */
  readonly multiFactor?: boolean;
  /** "Remember me": the longer lifetimes. */
  readonly remember?: boolean;
  /** What to keep with the session, at most 3 KiB as JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What has become of a sign-in. */
export interface SignIn {
  readonly session: Session;
  /** The session opens nothing yet but the second step. */
  readonly pending: boolean;
  /** By which kinds of second factor it can be completed; none when it is not pending. */
  readonly factors: readonly string[];
}

/**
 * The one way by which every sign-in ends, whatever the proof: asks for the second factor where the user has one, starts a new session, ends
 * the one that the browser came with, sends the cookie, and tells of unknown devices (ASVS 5.0, 6.3.4, 7.2.4).
 */
@Injectable({ deps: [Sessions, SecondFactors, SignInNotices], from: 'AuthModule of @plinth/auth' })
export class SignIns {
  readonly #sessions: Sessions;
  readonly #factors: SecondFactors;
  readonly #notices: SignInNotices;

  constructor(sessions: Sessions, factors: SecondFactors, notices: SignInNotices) {
    this.#sessions = sessions;
    this.#factors = factors;
    this.#notices = notices;
  }

  /**
   * Signs in whoever has given this proof: at once, or half way where a second factor is needed. Throws `AUTH_SIGN_IN_METHODS`,
   * `AUTH_SESSION_METHOD`, `AUTH_SESSION_TOO_LARGE`, and `AUTH_SESSION_COOKIE` for a request with several session cookies, which are taken away.
   */
  async complete(proof: SignInProof, context: SignInContext): Promise<SignIn> {
    const { userId, name, remember = false, multiFactor = false } = proof;
    const methods = [...new Set([...checkMethods(proof.methods), ...(multiFactor ? ['mfa'] : [])])];
    const replaces = readOneCookie(context);
    const factors = multiFactor ? [] : await this.#factors.of(userId);
    const pending = factors.length > 0;
    // So much of it as the second step needs to know the device by, and no character that a store refuses.
    const data = pending ? { ...proof.data, [SIGN_IN_DATA]: exactName(name) } : (proof.data ?? {});
    const created = await this.#sessions.create(userId, { methods, remember, pending, data, replaces, device: deviceOf(context) });
    setSessionCookie(context, created);
    // Whoever hangs up now has signed in, and the user is told.
    if (!pending) await runUninterrupted(() => this.#notices.completed({ userId, name, methods }, context));
    return { session: created.session, pending, factors };
  }

  /**
   * Completes a sign-in that waits for its second factor, which was just proved by these methods: the session gets a new token. Throws
   * `AUTH_SESSION_ENDED` when it is over, waits for nothing, or another request has done the same; `AUTH_SIGN_IN_METHODS`.
   */
  async completeSecondFactor(methods: readonly string[], context: SignInContext): Promise<SignIn> {
    checkMethods(methods);
    const token = readOneCookie(context) ?? '';
    const waiting = await this.#sessions.read(token);
    const confirmed = waiting?.pending === true ? await this.#sessions.confirm(token, { methods }) : undefined;
    if (!waiting || !confirmed) throw AUTH_ERRORS.SESSION_ENDED();
    setSessionCookie(context, confirmed);
    const { userId, auth } = confirmed.session;
    const name = waiting.data[SIGN_IN_DATA];
    if (typeof name === 'string') await runUninterrupted(() => this.#notices.completed({ userId, name, methods: auth.methods }, context));
    return { session: confirmed.session, pending: false, factors: [] };
  }
}

// A session that nobody has proved anything for would open by itself.
function checkMethods(methods: readonly string[]): readonly string[] {
  if (methods.length === 0) throw AUTH_ERRORS.SIGN_IN_METHODS();
  return methods;
}
