import { CLOCK, Injectable, runUninterrupted, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { ATTEMPT_STORE, type AttemptPolicy, type AttemptStore } from '../protect/attempt-store.js';
import type { Session } from '../session/session.js';
import { SESSION_SETTINGS, type SessionSettings } from '../session/session-settings.js';
import { Sessions } from '../session/sessions.js';

const TRIES = 5;

/**
 * Five codes for a sign-in that waits for its second factor, then it ends: whoever goes on guessing needs the first factor again. The
 * tries of the account (`SecondFactorLimit`) count beside it. @internal
 */
@Injectable({ deps: [ATTEMPT_STORE, SESSION_SETTINGS, CLOCK, Sessions] })
export class SecondStepLimit {
  readonly #store: AttemptStore;
  readonly #policy: AttemptPolicy;
  readonly #clock: Clock;
  readonly #sessions: Sessions;

  constructor(store: AttemptStore, settings: SessionSettings, clock: Clock, sessions: Sessions) {
    this.#store = store;
    this.#policy = { delays: [0], limit: TRIES, forget: settings.pending, since: 'first' };
    this.#clock = clock;
    this.#sessions = sessions;
  }

  /** Takes a code by `check`. Throws what it throws, or `AUTH_SECOND_STEP_TRIES` where that was the last try, and the session has ended. */
  async check<T>(session: Session, check: () => Promise<T>): Promise<T> {
    const key = `p:${session.id}`;
    // Counted before the code is looked at: many at once are no way around.
    const { allowed, count } = await runUninterrupted(() => this.#store.take(key, this.#policy, this.#clock.now()));
    if (!allowed) throw await this.#end(session);
    try {
      return await check();
    } catch (error) {
      if (!AUTH_ERRORS.SECOND_FACTOR_CODE.is(error)) await runUninterrupted(() => this.#store.release(key));
      else if (count >= TRIES) throw await this.#end(session, error);
      throw error;
    }
  }

  async #end({ userId, id }: Session, cause?: unknown): Promise<Error> {
    await this.#sessions.revoke(userId, id);
    return AUTH_ERRORS.SECOND_STEP_TRIES({ tries: TRIES }, { cause });
  }
}
