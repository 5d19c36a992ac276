import { CLOCK, Injectable, newId, runUninterrupted, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';
import { SESSION_STORE, type SessionRecord, type SessionStore } from './session-store.js';
import { createSessionToken, hashSessionToken, isSessionToken } from './session-token.js';

/** A session as the application sees it. */
export interface Session {
  /** The handle for lists of devices and for `revoke`; it opens nothing. */
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  /** The last request that used it, to the minute. */
  readonly seenAt: Date;
  /** When it will be over if it is not used any more. */
  readonly expiresAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A session and the secret that opens it, for the cookie. The secret is never to be had again. */
export interface NewSession {
  readonly token: string;
  readonly session: Session;
  /** For how many seconds the browser keeps the cookie; undefined: until it is closed. */
  readonly maxAge?: number;
}

/** How a session is started. */
export interface NewSessionOptions {
  /** What to keep with it, at most 4 KiB as JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** The token that the request came with: that session ends, so that the one after sign-in is always a new one. */
  readonly replaces?: string | undefined;
  /** "Remember me": the longer lifetimes. */
  readonly remember?: boolean;
}

const MAX_DATA_BYTES = 4_096;
// A session that is used all the time is written once a minute, not on every request.
const SEEN_STEP = 60_000;
const PRUNE_STEP = 10 * 60_000;

/**
 * Sessions on the server: the client holds 256 random bits, the store their SHA-256 hash. They end when idle, after their absolute
 * lifetime, and when revoked (ASVS 5.0, 7.2 to 7.4).
 */
@Injectable({ deps: [SESSION_STORE, SESSION_SETTINGS, CLOCK] })
export class Sessions {
  readonly #store: SessionStore;
  readonly #settings: SessionSettings;
  readonly #clock: Clock;
  #prunedAt = 0;

  constructor(store: SessionStore, settings: SessionSettings, clock: Clock) {
    this.#store = store;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Starts a session after a sign-in. Throws `AUTH_SESSION_TOO_LARGE`. */
  async create(userId: string, options: NewSessionOptions = {}): Promise<NewSession> {
    const now = this.#clock.now();
    const token = createSessionToken();
    const record = this.#record(userId, hashSessionToken(token), options, now);
    if (options.replaces !== undefined) await this.end(options.replaces);
    // Both or none: whoever hangs up in between must not come past the limit.
    await runUninterrupted(async () => {
      await this.#store.insert(record);
      await this.#keepToLimit(userId, record.id);
    });
    await this.#pruneNow(now);
    return this.#new(token, record);
  }

  /** The session that a token opens, or undefined when there is none or it is over. Notes that it was used. */
  async read(token: string): Promise<Session | undefined> {
    const record = await this.#open(token);
    return record && toSession(record);
  }

  /**
   * Gives an open session a new token and ends the old one: call it whenever what the user may do changes (a second factor, a new
   * role, a confirmed password). Undefined when the session is over, or another request has just done the same.
   */
  async rotate(token: string): Promise<NewSession | undefined> {
    const record = await this.#open(token);
    if (!record) return undefined;
    const next = createSessionToken();
    const done = await this.#store.update(record.tokenHash, { tokenHash: hashSessionToken(next) });
    return done ? this.#new(next, record) : undefined;
  }

  /** Replaces the data of an open session. False when it is over. Throws `AUTH_SESSION_TOO_LARGE`. */
  async write(token: string, data: Readonly<Record<string, unknown>>): Promise<boolean> {
    checkSize(data);
    return (await this.#open(token)) !== undefined && this.#store.update(hashSessionToken(token), { data });
  }

  /** Signs out: ends the session that this token opens, also where the client has gone without waiting for it. */
  async end(token: string): Promise<boolean> {
    return isSessionToken(token) && runUninterrupted(() => this.#store.removeByToken(hashSessionToken(token)));
  }

  /** The open sessions of a user (a list of devices), the one used last first. */
  async list(userId: string): Promise<readonly Session[]> {
    const now = this.#clock.now();
    const records = await this.#store.list(userId);
    return records.filter((record) => !isOver(record, now)).map(toSession);
  }

  /** Ends one session of a user by its id. False when the user has no such session. */
  revoke(userId: string, id: string): Promise<boolean> {
    return runUninterrupted(() => this.#store.remove(userId, id));
  }

  /** Signs out everywhere; with `except` (an id) everywhere else. Gives the number of sessions ended. */
  revokeAll(userId: string, except?: string): Promise<number> {
    return runUninterrupted(() => this.#store.removeAll(userId, except));
  }

  async #open(token: string): Promise<SessionRecord | undefined> {
    if (!isSessionToken(token)) return undefined;
    const tokenHash = hashSessionToken(token);
    const record = await this.#store.find(tokenHash);
    if (!record) return undefined;
    const now = this.#clock.now();
    if (isOver(record, now)) {
      await this.#store.removeByToken(tokenHash);
      return undefined;
    }
    if (now - record.seenAt < SEEN_STEP) return record;
    const change = { seenAt: now, idleUntil: Math.min(record.endsAt, now + this.#idleTime(record)) };
    // False: it was revoked or rotated between the two statements, so it is over for this token.
    return (await this.#store.update(tokenHash, change)) ? { ...record, ...change } : undefined;
  }

  #new(token: string, record: SessionRecord): NewSession {
    const session = toSession(record);
    return this.#isRemembered(record)
      ? { token, session, maxAge: Math.floor((record.endsAt - this.#clock.now()) / 1_000) }
      : { token, session };
  }

  #record(userId: string, tokenHash: string, options: NewSessionOptions, now: number): SessionRecord {
    const data = options.data ?? {};
    checkSize(data);
    const { idle, absolute, rememberIdle, rememberAbsolute } = this.#settings;
    const endsAt = now + (options.remember ? rememberAbsolute : absolute);
    const idleUntil = Math.min(endsAt, now + (options.remember ? rememberIdle : idle));
    return { id: newId(), tokenHash, userId, createdAt: now, seenAt: now, idleUntil, endsAt, data };
  }

  #idleTime(record: SessionRecord): number {
    return this.#isRemembered(record) ? this.#settings.rememberIdle : this.#settings.idle;
  }

  // A remembered session is one that was given more than the ordinary lifetime.
  #isRemembered(record: SessionRecord): boolean {
    return record.endsAt - record.createdAt > this.#settings.absolute;
  }

  async #keepToLimit(userId: string, newest: string): Promise<void> {
    const others = (await this.#store.list(userId)).filter((record) => record.id !== newest);
    for (const record of others.slice(this.#settings.perUser - 1)) await this.#store.remove(userId, record.id);
  }

  // Sign-ins clean up, at most every ten minutes: no timer, nothing to stop.
  async #pruneNow(now: number): Promise<void> {
    if (now - this.#prunedAt < PRUNE_STEP) return;
    this.#prunedAt = now;
    await this.#store.prune(now);
  }
}

function checkSize(data: Readonly<Record<string, unknown>>): void {
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > MAX_DATA_BYTES) throw AUTH_ERRORS.SESSION_TOO_LARGE({ bytes, limit: MAX_DATA_BYTES });
}

function isOver(record: SessionRecord, now: number): boolean {
  return now >= record.idleUntil || now >= record.endsAt;
}

function toSession(record: SessionRecord): Session {
  return {
    id: record.id,
    userId: record.userId,
    createdAt: new Date(record.createdAt),
    seenAt: new Date(record.seenAt),
    expiresAt: new Date(record.idleUntil),
    data: record.data,
  };
}
