import { Injectable, isAppError } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { OneTimeTokens, type OneTime } from '../one-time/one-time-tokens.js';
import type { Session } from '../session/session.js';
import { createOpaqueToken, isOpaqueToken } from '../token/opaque-token.js';
import { markBrowser, markOf } from './passkey-cookie.js';

/** What a challenge of somebody who is known is for: a new passkey, the second step of a sign-in, or to prove again who one is. */
export type PasskeyPurpose = 'register' | 'factor' | 'verify';

/** Who answers: a user in a session. */
export interface ChallengedUser {
  readonly userId: string;
  readonly session: Pick<Session, 'id'>;
}

const MINUTES = 5;
const SECONDS = MINUTES * 60;

/**
 * The challenges of passkeys: 32 random bytes, good for five minutes, for one purpose, for one session or browser, and for one answer,
 * be it right or wrong. They are one-time tokens, of which only hashes are stored.
 */
@Injectable({ deps: [OneTimeTokens] })
export class PasskeyChallenges {
  readonly #tokens: OneTimeTokens;

  constructor(tokens: OneTimeTokens) {
    this.#tokens = tokens;
  }

  /** A challenge for this session, which ends the one before for the same purpose. `data` is given back with the answer. */
  async issue(purpose: PasskeyPurpose, user: ChallengedUser, data: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { userId, session } = user;
    const options = { purpose: `passkey.${purpose}`, subject: session.id, lifetime: SECONDS, data: { ...data, userId } };
    return (await this.#tokens.issue(options)).token;
  }

  /** Uses up a challenge, and gives its data. Throws `AUTH_PASSKEY_CHALLENGE` for one that is not this session's, for this purpose. */
  async take(purpose: PasskeyPurpose, challenge: unknown, user: ChallengedUser): Promise<Readonly<Record<string, unknown>>> {
    const { subject, data } = await this.#take(`passkey.${purpose}`, challenge);
    if (subject !== user.session.id || data['userId'] !== user.userId) throw refusal();
    return data;
  }

  /** A challenge for whoever sits at this browser. */
  async issueForBrowser(context: Pick<HttpContext, 'cookie' | 'setCookie'>): Promise<string> {
    const browser = markBrowser(context, SECONDS);
    // A subject of its own for each: the sign-in page may be open in several tabs.
    const options = { purpose: 'passkey.sign-in', subject: createOpaqueToken(), lifetime: SECONDS, data: { browser } };
    return (await this.#tokens.issue(options)).token;
  }

  /** Uses up a challenge of a sign-in. Throws `AUTH_PASSKEY_CHALLENGE` for one that was not given to this browser. */
  async takeForBrowser(challenge: unknown, context: Pick<HttpContext, 'cookie'>): Promise<void> {
    const { data } = await this.#take('passkey.sign-in', challenge);
    const browser = markOf(context);
    if (browser === undefined || data['browser'] !== browser) throw refusal();
  }

  async #take(purpose: string, challenge: unknown): Promise<OneTime> {
    if (!isOpaqueToken(challenge)) throw refusal();
    try {
      return await this.#tokens.take(purpose, challenge);
    } catch (error) {
      throw isAppError(error) && error.code === 'AUTH_ONE_TIME_TOKEN' ? refusal() : error;
    }
  }
}

function refusal(): Error {
  return AUTH_ERRORS.PASSKEY_CHALLENGE({ minutes: MINUTES });
}
