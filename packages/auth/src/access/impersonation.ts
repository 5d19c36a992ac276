import { CLOCK, Injectable, type Clock } from '@plinth/core';
import type { Cipher } from '../crypto/cipher.js';
import { Keyring } from '../crypto/keyring.js';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { IMPERSONATION_DATA, Sessions } from '../session/sessions.js';
import type { NewSession, Session } from '../session/session.js';
import type { UserSource } from '../user/users.js';
import { checkImpersonation, readReason, refuse } from './impersonation-rules.js';
import {
  IMPERSONATION_SETTINGS,
  IMPERSONATION_USERS,
  type ImpersonationSettings,
  type ImpersonationUser,
} from './impersonation-settings.js';
import type { Impersonating } from './impersonation-state.js';

/** Whom to act as, and why. */
export interface NewImpersonation {
  readonly userId: string;
  /** For the trace: 3 to 200 characters, on one line. */
  readonly reason: string;
}

/** By so much the clocks of two processes may differ. */
const LEEWAY = 60_000;

/**
 * Acting as another user, for support (AU-17): with a permission, a reason and a time limit, never as one who may do more, never nested.
 * The session stays that of the real person; `session` gives the other user, refuses what changes something but on routes that are
 * `impersonable`, and asks with every request whether it is still allowed. Begin and end are security events.
 */
@Injectable({ deps: [Sessions, IMPERSONATION_SETTINGS, IMPERSONATION_USERS, Keyring, CLOCK, SecurityEvents] })
export class Impersonation {
  readonly #sessions: Sessions;
  readonly #settings: ImpersonationSettings;
  readonly #users: UserSource<ImpersonationUser>;
  readonly #cipher: Cipher;
  readonly #clock: Clock;
  readonly #events: SecurityEvents;

  constructor(
    sessions: Sessions,
    settings: ImpersonationSettings,
    users: UserSource<ImpersonationUser>,
    keyring: Keyring,
    clock: Clock,
    events: SecurityEvents,
  ) {
    this.#sessions = sessions;
    this.#settings = settings;
    this.#users = users;
    this.#cipher = keyring.cipher('auth.impersonation');
    this.#clock = clock;
    this.#events = events;
  }

  /**
   * From now on the session of this token acts as another user; it gets a new token. Throws `AUTH_SESSION_ENDED`,
   * `AUTH_PERMISSION_MISSING`, `AUTH_IMPERSONATION_REFUSED`, `AUTH_IMPERSONATION_REASON`.
   */
  async begin(token: string, { userId, reason }: NewImpersonation): Promise<NewSession> {
    const text = readReason(reason);
    const session = await this.#sessions.read(token);
    if (!session || session.pending) throw AUTH_ERRORS.SESSION_ENDED();
    try {
      if (session.data[IMPERSONATION_DATA] !== undefined) throw refuse('you are acting as another user already');
      const [actor, user] = await Promise.all([this.#users.findById(session.userId), this.#users.findById(userId)]);
      checkImpersonation(this.#settings, actor, user);
    } catch (error) {
      this.#note('impersonation.refused', 'refused', { actorId: session.userId, userId, reason: text });
      throw error;
    }
    const now = this.#clock.now();
    const fact = { userId, reason: text, since: now, until: now + this.#settings.lifetime };
    const begun = await this.#sessions.rotateActing(token, this.#cipher.encrypt(JSON.stringify(fact), session.id));
    if (!begun) throw AUTH_ERRORS.SESSION_ENDED();
    this.#note('impersonation.begun', 'success', { actorId: session.userId, userId, reason: text });
    return begun;
  }

  /** The session is again that of its own user, with a new token. Undefined when it is over. Throws `AUTH_IMPERSONATION_NONE`. */
  async end(token: string): Promise<NewSession | undefined> {
    const session = await this.#sessions.read(token);
    if (!session) return undefined;
    if (session.data[IMPERSONATION_DATA] === undefined) throw AUTH_ERRORS.IMPERSONATION_NONE();
    const acting = this.read(session);
    const ended = await this.#sessions.rotateActing(token, undefined);
    if (ended) this.#note('impersonation.ended', 'success', { actorId: session.userId, userId: acting?.userId ?? 'unknown' });
    return ended;
  }

  /** As whom a session acts, be it too late by now; undefined when as its own user, or when what is kept cannot be read. */
  read(session: Session): Impersonating | undefined {
    const kept = session.data[IMPERSONATION_DATA];
    if (typeof kept !== 'string') return undefined;
    try {
      const { userId, reason, since, until } = JSON.parse(this.#cipher.decrypt(kept, session.id)) as Kept;
      return { actorId: session.userId, userId, reason, since: new Date(since), until: new Date(until) };
    } catch (error) {
      // Its key is gone, or somebody else has written it: nobody may act on it, and nobody as its own user either.
      if (AUTH_ERRORS.CIPHERTEXT.is(error) || AUTH_ERRORS.CIPHERTEXT_KEY.is(error)) return undefined;
      throw error;
    }
  }

  /**
   * What guards ask with each request: as whom it acts, if not as the session's user. Throws `AUTH_IMPERSONATION_OVER` when its time is
   * over or it is allowed no longer.
   */
  async check(session: Session): Promise<Impersonating | undefined> {
    if (session.data[IMPERSONATION_DATA] === undefined) return undefined;
    const acting = this.read(session);
    const now = this.#clock.now();
    // One that lies ahead was begun by a clock that has been set back since, which would prolong it.
    if (!acting || now >= acting.until.getTime() || now < acting.since.getTime() - LEEWAY) throw AUTH_ERRORS.IMPERSONATION_OVER();
    const [actor, user] = await Promise.all([this.#users.findById(acting.actorId), this.#users.findById(acting.userId)]);
    try {
      checkImpersonation(this.#settings, actor, user);
    } catch (cause) {
      throw AUTH_ERRORS.IMPERSONATION_OVER({}, { cause });
    }
    return acting;
  }

  #note(
    type: string,
    outcome: 'success' | 'refused',
    { actorId, userId, reason }: { readonly actorId: string; readonly userId: string; readonly reason?: string },
  ): void {
    this.#events.note({ type, outcome, userId, actor: actorId, ...(reason !== undefined && { details: { reason } }) });
  }
}

interface Kept {
  readonly userId: string;
  readonly reason: string;
  readonly since: number;
  readonly until: number;
}
