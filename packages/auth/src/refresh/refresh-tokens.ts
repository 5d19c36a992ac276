import { CLOCK, Injectable, newId, runUninterrupted, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { REFRESH_SETTINGS, type RefreshSettings } from './refresh-settings.js';
import { REFRESH_STORE, type RefreshFilter, type RefreshRecord, type RefreshStore } from './refresh-store.js';
import { createRefreshToken, readRefreshToken, type RefreshToken } from './refresh-token.js';

/** A family of refresh tokens as the application sees it. */
export interface RefreshFamily {
  /** The handle for lists and for `revoke`; it opens nothing. */
  readonly id: string;
  readonly userId: string;
  readonly clientId?: string;
  readonly sessionId?: string;
  readonly createdAt: Date;
  /** When its valid token was issued. */
  readonly rotatedAt: Date;
  /** When it will be over if it is not used any more. */
  readonly expiresAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A token just made, for the client. It is never to be had again. */
export interface IssuedRefreshToken {
  /** 64 characters. */
  readonly token: string;
  readonly family: RefreshFamily;
}

/** What a family is bound to. */
export interface NewRefreshOptions {
  /** The client that alone may use it: at most 255 characters. */
  readonly clientId?: string;
  /** The session that it belongs to: `revokeAll(userId, { sessionId })` ends it with that. */
  readonly sessionId?: string;
  /** What to keep with it, such as the scopes; at most 4 KiB as JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}

const MAX_DATA_BYTES = 4_096;
const PRUNE_STEP = 10 * 60_000;

/**
 * Refresh tokens: each works once, and gives the next. One that is presented again is in two hands, so its whole family ends
 * (RFC 9700, 4.14.2). There is no time of grace: of two requests with one token at the same moment the second ends the family too.
 */
@Injectable({ deps: [REFRESH_STORE, REFRESH_SETTINGS, CLOCK, SecurityEvents], from: 'AuthModule of @plinth/auth' })
export class RefreshTokens {
  readonly #store: RefreshStore;
  readonly #settings: RefreshSettings;
  readonly #clock: Clock;
  readonly #events: SecurityEvents;
  #prunedAt = 0;

  constructor(store: RefreshStore, settings: RefreshSettings, clock: Clock, events: SecurityEvents) {
    this.#store = store;
    this.#settings = settings;
    this.#clock = clock;
    this.#events = events;
  }

  /** The first token of a new family, after a sign-in. Throws `AUTH_REFRESH_OPTIONS`. */
  async issue(userId: string, options: NewRefreshOptions = {}): Promise<IssuedRefreshToken> {
    checkOptions(userId, options);
    const now = this.#clock.now();
    const token = createRefreshToken();
    const endsAt = now + this.#settings.absolute;
    const record: RefreshRecord = {
      id: newId(),
      familyHash: token.familyHash,
      tokenHash: token.tokenHash,
      userId,
      clientId: options.clientId ?? null,
      sessionId: options.sessionId ?? null,
      createdAt: now,
      rotatedAt: now,
      idleUntil: Math.min(now + this.#settings.idle, endsAt),
      endsAt,
      data: options.data ?? {},
    };
    await this.#store.insert(record);
    // Also after a clock was set back.
    if (Math.abs(now - this.#prunedAt) >= PRUNE_STEP) {
      this.#prunedAt = now;
      await this.#store.prune(now);
    }
    return { token: token.text, family: toFamily(record) };
  }

  /**
   * Exchanges a token for the next one of its family; `clientId` is who presents it. Throws `AUTH_REFRESH_INVALID` for one that is
   * unknown, over or revoked; `AUTH_REFRESH_REUSED` for one that was rotated before, or that another client presents: the family ends.
   * `AUTH_IN_TRANSACTION` in a transaction, whose rollback would bring it back.
   */
  async rotate(token: string, options: { readonly clientId?: string } = {}): Promise<IssuedRefreshToken> {
    const presented = readRefreshToken(token);
    if (!presented) throw AUTH_ERRORS.REFRESH_INVALID();
    // The client may hang up; what was begun is finished, so that nobody can keep a stolen token alive by it.
    return runUninterrupted(() => this.#exchange(presented, options.clientId));
  }

  /** Ends the family of a token: a sign-out (RFC 7009). False when it has ended already. */
  async revokeToken(token: string): Promise<boolean> {
    const presented = readRefreshToken(token);
    return presented !== undefined && runUninterrupted(() => this.#store.remove(presented.familyHash));
  }

  /** Ends the user's family with this id. False when there is none. */
  async revoke(userId: string, id: string): Promise<boolean> {
    return (await this.#store.removeAll({ userId, id })) > 0;
  }

  /** Ends the families of a user, all or those of one client or session; gives their number. */
  revokeAll(userId: string, of: Pick<RefreshFilter, 'clientId' | 'sessionId'> = {}): Promise<number> {
    return this.#store.removeAll({ ...of, userId });
  }

  /** The families of a user that are not over, the one rotated last first. */
  async list(userId: string): Promise<readonly RefreshFamily[]> {
    const now = this.#clock.now();
    return (await this.#store.list(userId)).filter((record) => !isOver(record, now)).map(toFamily);
  }

  async #exchange(presented: RefreshToken, clientId: string | undefined): Promise<IssuedRefreshToken> {
    const record = await this.#store.find(presented.familyHash);
    if (!record) throw AUTH_ERRORS.REFRESH_INVALID();
    const now = this.#clock.now();
    if (isOver(record, now)) {
      await this.#store.remove(record.familyHash);
      throw AUTH_ERRORS.REFRESH_INVALID();
    }
    if (record.clientId !== null && record.clientId !== clientId) return this.#revokeReused(record, 'another client');
    const next = createRefreshToken(presented.family);
    const rotation = { tokenHash: next.tokenHash, rotatedAt: now, idleUntil: Math.min(now + this.#settings.idle, record.endsAt) };
    const done = await this.#store.rotate(record.familyHash, presented.tokenHash, rotation);
    if (!done) return this.#revokeReused(record, 'rotated before');
    return { token: next.text, family: toFamily({ ...record, ...rotation }) };
  }

  async #revokeReused(record: RefreshRecord, reason: string): Promise<never> {
    const ended = await this.#store.remove(record.familyHash);
    // Revoked meanwhile by whoever may: that is no theft.
    if (!ended) throw AUTH_ERRORS.REFRESH_INVALID();
    const details = { family: record.id, reason };
    this.#events.note({ type: 'refresh-token.reused', outcome: 'refused', userId: record.userId, details });
    throw AUTH_ERRORS.REFRESH_REUSED();
  }
}

function checkOptions(userId: string, { clientId, sessionId, data }: NewRefreshOptions): void {
  for (const [option, text] of Object.entries({ userId, clientId, sessionId }))
    check(option, text === undefined || (typeof text === 'string' && text !== '' && text.length <= 255), 'a text of 1 to 255 characters');
  check('data', data === undefined || Buffer.byteLength(JSON.stringify(data)) <= MAX_DATA_BYTES, `at most ${MAX_DATA_BYTES} bytes as JSON`);
}

function check(option: string, ok: boolean, rule: string): void {
  if (!ok) throw AUTH_ERRORS.REFRESH_OPTIONS({ option, rule });
}

function isOver(record: RefreshRecord, now: number): boolean {
  return record.endsAt <= now || record.idleUntil <= now;
}

function toFamily({ id, userId, clientId, sessionId, createdAt, rotatedAt, idleUntil, data }: RefreshRecord): RefreshFamily {
  const bound = { ...(clientId !== null && { clientId }), ...(sessionId !== null && { sessionId }) };
  const times = { createdAt: new Date(createdAt), rotatedAt: new Date(rotatedAt), expiresAt: new Date(idleUntil) };
  return { id, userId, ...bound, ...times, data };
}
