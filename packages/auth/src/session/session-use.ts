import type { Clock } from '@plinth/core';
import type { SecurityEvents } from '../protect/security-events.js';
import { toSession, type NewSession, type Session } from './session.js';
import { bindingOf, isOver } from './session-records.js';
import type { SessionSettings } from './session-settings.js';
import type { SessionChange, SessionRecord, SessionStore } from './session-store.js';
import { createSessionToken, hashSessionFamily, hashSessionToken, isSessionToken } from './session-token.js';

/** What a token is good for. */
export type UsedSession =
  | {
      readonly state: 'open';
      readonly session: Session;
      /** What CSRF tokens are bound to. */
      readonly binding: string;
      /** The new token, for the cookie of this answer. */
      readonly renewed?: NewSession;
      /** @internal */
      readonly record: SessionRecord;
    }
  /** The session is open, but not for this token, which was replaced a moment ago: its client has another one by now. */
  | { readonly state: 'replaced' }
  | { readonly state: 'over' };

// A session that is used all the time is written once a minute, not on every request.
const SEEN_STEP = 60_000;
/** For so long after a rotation, requests that were on their way may still carry the token before. */
const GRACE = 60_000;
/** Another request may change the record between finding and changing it. */
const TRIES = 4;

/** Judges the tokens that requests bring (AU-01): open, renewed, replaced a moment ago, or of the past. */
export class SessionUse {
  readonly #store: SessionStore;
  readonly #settings: SessionSettings;
  readonly #clock: Clock;
  readonly #events: SecurityEvents;

  constructor(store: SessionStore, settings: SessionSettings, clock: Clock, events: SecurityEvents) {
    this.#store = store;
    this.#settings = settings;
    this.#clock = clock;
    this.#events = events;
  }

  async use(token: string, renew: boolean): Promise<UsedSession> {
    if (!isSessionToken(token)) return { state: 'over' };
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const used = await this.#attempt(token, renew);
      if (used !== 'changed') return used;
    }
    return { state: 'over' };
  }

  /** The change that gives a session another token, for good: the old one opens nothing from then on. */
  rotation(token: string, record: SessionRecord, change: SessionChange): { readonly token: string; readonly change: SessionChange } {
    const next = createSessionToken(token);
    const tokenHash = hashSessionToken(next);
    const rotation = { at: this.#clock.now(), previous: null, confirmed: false, origin: tokenHash };
    return { token: next, change: { ...change, tokenHash, ...familyChange(record, next), rotation } };
  }

  created(token: string, record: SessionRecord): NewSession {
    const session = toSession(record);
    return record.remember && !record.pending
      ? { token, session, maxAge: Math.floor((record.endsAt - this.#clock.now()) / 1_000) }
      : { token, session };
  }

  async #attempt(token: string, renew: boolean): Promise<UsedSession | 'changed'> {
    const tokenHash = hashSessionToken(token);
    const record = await this.#store.find(tokenHash);
    if (!record) return this.#formerToken(token, tokenHash, renew);
    const now = this.#clock.now();
    if (isOver(record, now)) {
      await this.#store.removeByToken(tokenHash);
      return { state: 'over' };
    }
    const change = this.#seen(record, now);
    if (renew && record.remember && !record.pending && now - record.seenAt >= this.#settings.idle)
      return this.#renew(token, tokenHash, record, change);
    if (Object.keys(change).length === 0) return open(record);
    return (await this.#store.update(tokenHash, change)) ? open({ ...record, ...change }) : 'changed';
  }

  #seen(record: SessionRecord, now: number): SessionChange {
    const arrived = record.rotation?.confirmed === false ? { rotation: { ...record.rotation, confirmed: true } } : {};
    if (now - record.seenAt < SEEN_STEP) return arrived;
    const idle = record.remember ? this.#settings.rememberIdle : this.#settings.idle;
    // One that waits for its second factor does not live longer by being used.
    return { ...arrived, seenAt: now, ...(!record.pending && { idleUntil: Math.min(record.endsAt, now + idle) }) };
  }

  // Until the successor has been used, the token that it replaced counts as well: the answer may never have reached its client.
  async #renew(token: string, previous: string, record: SessionRecord, change: SessionChange): Promise<UsedSession | 'changed'> {
    const next = createSessionToken(token);
    const tokenHash = hashSessionToken(next);
    const rotation = { at: this.#clock.now(), previous, confirmed: false, origin: bindingOf(record) };
    const changes: SessionChange = { ...change, tokenHash, ...familyChange(record, next), rotation };
    if (!(await this.#store.update(record.tokenHash, changes))) return 'changed';
    const renewed = { ...record, ...changes };
    return { ...open(renewed), renewed: this.created(next, renewed) };
  }

  async #formerToken(token: string, tokenHash: string, renew: boolean): Promise<UsedSession | 'changed'> {
    const family = hashSessionFamily(token);
    const record = family === undefined ? undefined : await this.#store.findByFamily(family);
    const now = this.#clock.now();
    if (!record || isOver(record, now)) return { state: 'over' };
    // Renewed between the two questions to the store.
    if (record.tokenHash === tokenHash) return 'changed';
    const { rotation } = record;
    const recent = rotation !== null && Math.abs(now - rotation.at) < GRACE;
    if (rotation?.previous === tokenHash) {
      if (recent || (!rotation.confirmed && !renew)) return open(record);
      if (!rotation.confirmed) return this.#renew(token, tokenHash, record, this.#seen({ ...record, rotation: null }, now));
    } else if (recent) return { state: 'replaced' };
    return this.#reused(record);
  }

  // Two hold tokens of this session, and which of them is its user cannot be known: both have to sign in again.
  async #reused(record: SessionRecord): Promise<UsedSession> {
    const ended = await this.#store.remove(record.userId, record.id);
    if (ended)
      this.#events.note({
        type: 'session.reuse',
        outcome: 'refused',
        userId: record.userId,
        details: { ended: record.id, confirmed: record.rotation?.confirmed ?? false },
      });
    return { state: 'over' };
  }
}

function open(record: SessionRecord): UsedSession & { readonly state: 'open' } {
  return { state: 'open', session: toSession(record), binding: bindingOf(record), record };
}

// A session of a release without families gets one with its next token.
function familyChange(record: SessionRecord, token: string): Pick<SessionChange, 'familyHash'> {
  return record.familyHash === null ? { familyHash: hashSessionFamily(token) ?? null } : {};
}
