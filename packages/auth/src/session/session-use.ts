import type { Clock } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import type { SecurityEvents } from '../protect/security-events.js';
import { withinRequest } from '../protect/within-request.js';
import { isThenable } from '../access/is-thenable.js';
import { KnownTokens } from './known-tokens.js';
import { toSession, type NewSession, type Session } from './session.js';
import { bindingOf, isOver } from './session-records.js';
import type { SessionSettings } from './session-settings.js';
import type { SessionChange, SessionRecord, SessionStore, StoredRotation } from './session-store.js';
import { createSessionToken, hashSessionFamily, hashSessionToken, isSessionToken } from './session-token.js';
import { sharedSession } from './shared-session.js';

/** What an open session gives to a request. */
export interface OpenSession {
  readonly state: 'open';
  readonly session: Session;
  /** What CSRF tokens are bound to. */
  readonly binding: string;
  /** The new token, for the cookie of this answer. */
  readonly renewed?: NewSession;
  /** @internal */
  readonly record: SessionRecord;
}

/** What a token is good for. */
export type UsedSession =
  | OpenSession
  /** The session is open, but not for this token, which was replaced a moment ago: its client has another one by now. */
  | { readonly state: 'replaced' }
  | { readonly state: 'over' };

// A session that is used all the time is written once a minute, not on every request.
const SEEN_STEP = 60_000;
/** For so long after a rotation, requests that were on their way may still carry the token before. */
const GRACE = 60_000;
/** Another request may change the record between finding and changing it. */
const TRIES = 4;

type Found = SessionRecord | undefined;

/** Judges the tokens that requests bring (AU-01): open, renewed, replaced a moment ago, or of the past. */
export class SessionUse {
  readonly #store: SessionStore;
  readonly #settings: SessionSettings;
  readonly #clock: Clock;
  readonly #events: SecurityEvents;
  readonly #known = new KnownTokens();

  constructor(store: SessionStore, settings: SessionSettings, clock: Clock, events: SecurityEvents) {
    this.#store = store;
    this.#settings = settings;
    this.#clock = clock;
    this.#events = events;
  }

  /** At once where the store knows it at once and nothing is to be written, as with nearly every request to sessions in memory. */
  use(token: string, renew: boolean, request?: Pick<HttpContext, 'id'>): UsedSession | Promise<UsedSession> {
    if (!isSessionToken(token)) return { state: 'over' };
    const tokenHash = this.#known.hashOf(token);
    const found = this.#store.find(tokenHash);
    const used = found === undefined || isThenable(found) ? undefined : this.#unchanged(found, renew);
    if (used !== undefined) this.#known.keep(token, tokenHash);
    return used ?? this.#useWithin(request, token, tokenHash, found, renew);
  }

  /** The change that gives a session another token, for good: the old one opens nothing from then on. */
  rotation(token: string, record: SessionRecord, change: SessionChange): { readonly token: string; readonly change: SessionChange } {
    const next = createSessionToken(token);
    const tokenHash = hashSessionToken(next);
    const rotation = { at: this.#clock.now(), previous: null, confirmed: false, origin: tokenHash };
    return { token: next, change: { ...change, tokenHash, ...familyChange(record, next), rotation } };
  }

  /** The session of a token, be it the present one or one of the past: to end it, for the token may open nothing. */
  async ofToken(token: string): Promise<SessionRecord | undefined> {
    if (!isSessionToken(token)) return undefined;
    const family = hashSessionFamily(token);
    const found = await this.#store.find(hashSessionToken(token));
    return found ?? (family === undefined ? undefined : this.#store.findByFamily(family));
  }

  /** Ends the session of a token, be it the present one or one of the past. */
  async end(token: string): Promise<boolean> {
    const record = await this.ofToken(token);
    // By its id, which stays however often the token changes meanwhile.
    if (!record || !(await this.#store.remove(record.userId, record.id))) return false;
    if (!this.#mayBeLate(record, hashSessionToken(token))) this.#noteReuse(record);
    return true;
  }

  created(token: string, record: SessionRecord): NewSession {
    const session = toSession(record);
    return record.remember && !record.pending
      ? { token, session, maxAge: Math.floor((record.endsAt - this.#clock.now()) / 1_000) }
      : { token, session };
  }

  #useWithin(
    request: Pick<HttpContext, 'id'> | undefined,
    token: string,
    tokenHash: string,
    found: Found | Promise<Found>,
    renew: boolean,
  ): Promise<UsedSession> {
    this.#known.forget(token);
    return withinRequest(request, () => this.#useLater(token, tokenHash, found, renew));
  }

  async #useLater(token: string, tokenHash: string, found: Found | Promise<Found>, renew: boolean): Promise<UsedSession> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const record = await (attempt === 1 ? found : this.#store.find(tokenHash));
      const used = await (record ? this.#judge(record, token, renew) : this.#formerToken(token, tokenHash, renew));
      if (used !== 'changed') return used;
    }
    return { state: 'over' };
  }

  /** The session, if it is open, and neither it nor its token is to be changed by being used now. */
  #unchanged(record: SessionRecord, renew: boolean): UsedSession | undefined {
    const now = this.#clock.now();
    const same = !isOver(record, now) && record.rotation?.confirmed !== false && now - record.seenAt < SEEN_STEP;
    return same && !this.#isRested(record, now, renew) ? open(record, sharedSession(record)) : undefined;
  }

  async #judge(record: SessionRecord, token: string, renew: boolean): Promise<UsedSession | 'changed'> {
    const { tokenHash } = record;
    const now = this.#clock.now();
    if (isOver(record, now)) {
      await this.#store.removeByToken(tokenHash);
      return { state: 'over' };
    }
    const change = this.#seen(record, now);
    if (this.#isRested(record, now, renew)) return this.#renew(token, tokenHash, record, change);
    if (Object.keys(change).length === 0) return open(record);
    return (await this.#store.update(tokenHash, change)) ? open({ ...record, ...change }) : 'changed';
  }

  #isRested(record: SessionRecord, now: number, renew: boolean): boolean {
    return renew && record.remember && !record.pending && now - record.seenAt >= this.#settings.idle;
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
    const recent = rotation !== null && this.#isRecent(rotation);
    if (rotation?.previous === tokenHash) {
      if (recent || (!rotation.confirmed && !renew)) return open(record);
      if (!rotation.confirmed) return this.#renew(token, tokenHash, record, this.#seen({ ...record, rotation: null }, now));
    } else if (recent) return { state: 'replaced' };
    return this.#reused(record);
  }

  // Two hold tokens of this session, and which of them is its user cannot be known: both have to sign in again.
  async #reused(record: SessionRecord): Promise<UsedSession> {
    if (await this.#store.remove(record.userId, record.id)) this.#noteReuse(record);
    return { state: 'over' };
  }

  #noteReuse({ userId, id, rotation }: SessionRecord): void {
    const details = { ended: id, confirmed: rotation?.confirmed ?? false };
    this.#events.note({ type: 'session.reuse', outcome: 'refused', userId, details });
  }

  /** Whether the client with this token has just missed the next one, or has never been given it. */
  #mayBeLate({ tokenHash, rotation }: SessionRecord, former: string): boolean {
    if (rotation === null || tokenHash === former) return true;
    return this.#isRecent(rotation) || (rotation.previous === former && !rotation.confirmed);
  }

  #isRecent({ at }: StoredRotation): boolean {
    return Math.abs(this.#clock.now() - at) < GRACE;
  }
}

function open(record: SessionRecord, session = toSession(record)): OpenSession {
  return { state: 'open', session, binding: bindingOf(record), record };
}

// A session of a release without families gets one with its next token.
function familyChange(record: SessionRecord, token: string): Pick<SessionChange, 'familyHash'> {
  return record.familyHash === null ? { familyHash: hashSessionFamily(token) ?? null } : {};
}
