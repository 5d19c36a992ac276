import { CLOCK, Injectable, runUninterrupted, type Clock } from '@plinth/core';
import { SecurityEvents } from '../protect/security-events.js';
import { toSession, type NewSession, type Session } from './session.js';
import { bindingOf, checkSize, isOver, lifetimeOf, newRecord, proved, type NewSessionOptions } from './session-records.js';
import { SessionGate } from './session-gate.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';
import { SESSION_STORE, type SessionChange, type SessionRecord, type SessionStore } from './session-store.js';
import { createSessionToken } from './session-token.js';
import { SessionUse, type UsedSession } from './session-use.js';

/** What `confirm` notes. */
export interface SessionProof {
  /** How the user has just proved who they are, by names of RFC 8176: `['otp']`. */
  readonly methods: readonly string[];
}

/** The name in a session's data of whom it acts as; `write` leaves it alone. @internal */
export const IMPERSONATION_DATA = '$impersonation';

/** The name in a session's data of the name that was signed in with, until `confirm` opens the session; `write` leaves it alone. @internal */
export const SIGN_IN_DATA = '$signIn';

const PRUNE_STEP = 10 * 60_000;

/**
 * Sessions on the server: the client holds 408 random bits, the store their SHA-256 hash. They end when idle, after their absolute
 * lifetime, and when revoked (ASVS 5.0, 7.2 to 7.4). A token of a former rotation that turns up again ends its session.
 */
@Injectable({ deps: [SESSION_STORE, SESSION_SETTINGS, CLOCK, SecurityEvents], from: 'AuthModule of @plinth/auth' })
export class Sessions {
  readonly #store: SessionStore;
  readonly #settings: SessionSettings;
  readonly #clock: Clock;
  readonly #events: SecurityEvents;
  readonly #use: SessionUse;
  #prunedAt = Number.NEGATIVE_INFINITY;

  constructor(store: SessionStore, settings: SessionSettings, clock: Clock, events: SecurityEvents) {
    this.#store = store;
    this.#settings = settings;
    this.#clock = clock;
    this.#events = events;
    this.#use = new SessionUse(store, settings, clock, events);
  }

  /** Starts a session after a sign-in. Throws `AUTH_SESSION_TOO_LARGE`, `AUTH_SESSION_METHOD`. */
  async create(userId: string, options: NewSessionOptions = {}): Promise<NewSession> {
    const now = this.#clock.now();
    const token = createSessionToken();
    const record = newRecord(userId, token, options, this.#settings, now);
    if (options.replaces !== undefined) await this.end(options.replaces);
    // Both or none: whoever hangs up in between must not come past the limit.
    await runUninterrupted(async () => {
      await this.#store.insert(record);
      await this.#keepToLimit(record);
    });
    await this.#pruneNow(now);
    return this.#new(token, record);
  }

  /** The session that a token opens, or undefined when there is none or it is over. Notes that it was used; never renews the token. */
  async read(token: string): Promise<Session | undefined> {
    const record = await this.#open(token);
    return record && toSession(record);
  }

  /**
   * What a request with this token may use, for guards. The token of a remembered session is renewed when it was not used for the time
   * `idle`: `renewed` is to be sent as the cookie. A token from before the last rotation ends the session, and is noted as
   * `session.reuse` (AU-01).
   */
  async use(token: string): Promise<UsedSession> {
    return this.#use.use(token, true);
  }

  /** What guards ask. @internal */
  gate(): SessionGate {
    return new SessionGate(this.#use, (session) => this.revoke(session.userId, session.id));
  }

  /**
   * Gives an open session a new token and ends the old one: call it whenever what the user may do changes (a new role).
   * Undefined when the session is over, or another request has just done the same.
   */
  async rotate(token: string): Promise<NewSession | undefined> {
    const record = await this.#open(token);
    return record && this.#rotate(token, record, {});
  }

  /**
   * The user of this session has proved again who they are, or given the second factor that it waited for: it gets a new token, the
   * time and kind of the proof (which `stepUp` reads), and if it was pending, the lifetime of an open session. Undefined when the session
   * is over, or another request has just done the same. Throws `AUTH_SESSION_METHOD`.
   */
  async confirm(token: string, { methods }: SessionProof): Promise<NewSession | undefined> {
    const record = await this.#open(token);
    if (!record) return undefined;
    const now = this.#clock.now();
    const opened = record.pending ? this.#opened(record, now) : {};
    return runUninterrupted(async () => {
      const confirmed = await this.#rotate(token, record, { ...opened, auth: proved(record.auth, methods, now) });
      if (confirmed && record.pending) await this.#keepToLimit({ ...record, pending: false });
      return confirmed;
    });
  }

  /**
   * Gives this session a new token and ends every other one of its user: call it when a password or a second factor was changed.
   * Undefined, and nobody signed out, when the session is over or another request has just rotated it.
   */
  async endOthers(token: string): Promise<(NewSession & { readonly ended: number }) | undefined> {
    return runUninterrupted(async () => {
      const kept = await this.rotate(token);
      return kept && { ...kept, ended: await this.revokeAll(kept.session.userId, kept.session.id) };
    });
  }

  /** Replaces the data of an open session. False when it is over. Throws `AUTH_SESSION_TOO_LARGE`. */
  async write(token: string, data: Readonly<Record<string, unknown>>): Promise<boolean> {
    checkSize(data);
    const record = await this.#open(token);
    if (!record) return false;
    const kept = signingIn(acting(data, record.data[IMPERSONATION_DATA]), record.data[SIGN_IN_DATA]);
    return this.#store.update(record.tokenHash, { data: kept });
  }

  /** `rotate`, and in the same step notes whom the session acts as from now on. @internal */
  async rotateActing(token: string, impersonation: string | undefined): Promise<NewSession | undefined> {
    const record = await this.#open(token);
    return record && this.#rotate(token, record, { data: acting(record.data, impersonation) });
  }

  /**
   * Signs out: ends the session of this token, also where the client has gone without waiting for it, and where the token was replaced since:
   * whoever sends it wants to be signed out. False when there is no such session.
   */
  async end(token: string): Promise<boolean> {
    return runUninterrupted(() => this.#use.end(token));
  }

  /** The session of a token, or of one that has replaced it since, for whoever signs out. @internal */
  async ofToken(token: string): Promise<{ readonly session: Session; readonly binding: string } | undefined> {
    const record = await this.#use.ofToken(token);
    return record && !isOver(record, this.#clock.now()) ? { session: toSession(record), binding: bindingOf(record) } : undefined;
  }

  /** The open sessions of a user (a list of devices), the one used last first; without those that wait for a second factor. */
  async list(userId: string): Promise<readonly Session[]> {
    const now = this.#clock.now();
    const records = await this.#store.list(userId);
    return records.filter((record) => !isOver(record, now) && !record.pending).map(toSession);
  }

  /** Ends one session of a user by its id, and notes `session.revoked`. False when the user has no such session. */
  async revoke(userId: string, id: string): Promise<boolean> {
    const ended = await runUninterrupted(() => this.#store.remove(userId, id));
    if (ended) this.#events.note({ type: 'session.revoked', outcome: 'success', userId, details: { count: 1, ended: id } });
    return ended;
  }

  /** Signs out everywhere, and notes `session.revoked`; with `except` (an id) everywhere else. Gives the number of sessions ended. */
  async revokeAll(userId: string, except?: string): Promise<number> {
    const count = await runUninterrupted(() => this.#store.removeAll(userId, except));
    if (count > 0) this.#events.note({ type: 'session.revoked', outcome: 'success', userId, details: { count } });
    return count;
  }

  async #open(token: string): Promise<SessionRecord | undefined> {
    const used = await this.#use.use(token, false);
    return used.state === 'open' ? used.record : undefined;
  }

  // The name goes in the same step: in an open session it is nobody's business.
  #opened(record: SessionRecord, now: number): SessionChange {
    const lifetime = lifetimeOf({ ...record, pending: false }, this.#settings, now);
    return { pending: false, seenAt: now, ...lifetime, ...(SIGN_IN_DATA in record.data && { data: signingIn(record.data, undefined) }) };
  }

  async #rotate(token: string, record: SessionRecord, change: SessionChange): Promise<NewSession | undefined> {
    const rotated = this.#use.rotation(token, record, change);
    const done = await this.#store.update(record.tokenHash, rotated.change);
    return done ? this.#new(rotated.token, { ...record, ...rotated.change }) : undefined;
  }

  #new(token: string, record: SessionRecord): NewSession {
    return this.#use.created(token, record);
  }

  // Whoever knows a password alone must not push out open sessions: those that wait make room for each other only.
  async #keepToLimit(newest: Pick<SessionRecord, 'id' | 'userId' | 'pending'>): Promise<void> {
    const others = (await this.#store.list(newest.userId)).filter(({ id, pending }) => id !== newest.id && pending === newest.pending);
    for (const record of others.slice(this.#settings.perUser - 1)) await this.#store.remove(newest.userId, record.id);
  }

  // Sign-ins clean up, at most every ten minutes: no timer, nothing to stop.
  async #pruneNow(now: number): Promise<void> {
    if (Math.abs(now - this.#prunedAt) < PRUNE_STEP) return;
    this.#prunedAt = now;
    await this.#store.prune(now);
  }
}

function acting(data: Readonly<Record<string, unknown>>, impersonation: unknown): Readonly<Record<string, unknown>> {
  const { [IMPERSONATION_DATA]: _replaced, ...own } = data;
  return impersonation === undefined ? own : { ...own, [IMPERSONATION_DATA]: impersonation };
}

function signingIn(data: Readonly<Record<string, unknown>>, name: unknown): Readonly<Record<string, unknown>> {
  const { [SIGN_IN_DATA]: _replaced, ...own } = data;
  return name === undefined ? own : { ...own, [SIGN_IN_DATA]: name };
}
