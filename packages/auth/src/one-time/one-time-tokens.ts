import { CLOCK, Injectable, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { ATTEMPT_STORE, type AttemptStore } from '../protect/attempt-store.js';
import { RefusalNotes } from '../protect/refusal-notes.js';
import { SecurityEvents } from '../protect/security-events.js';
import { createOpaqueToken, hashOpaqueToken, isOpaqueToken } from '../token/opaque-token.js';
import { CodeLimit } from './code-limit.js';
import { createCode, hashCode, readCode, sameHash } from './one-time-code.js';
import { ONE_TIME_KEYS, type OneTimeKeys } from './one-time-settings.js';
import { ONE_TIME_STORE, type OneTimeRecord, type OneTimeStore } from './one-time-store.js';

/** What a one-time token or code is for. */
export interface NewOneTime {
  /** What it can be used for, such as `password-reset`: at most 64 characters. It fits no other purpose. */
  readonly purpose: string;
  /** Whose it is, such as the id of a user: at most 255 characters. A new one of the same purpose replaces the one before. */
  readonly subject: string;
  /** Seconds until it expires, 1 to 2,592,000 (30 days). */
  readonly lifetime: number;
  /** What to keep with it, at most 4 KiB as JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A token just made, for a link. It is never to be had again. */
export interface IssuedOneTimeToken {
  /** 43 characters that need no escaping in a URL. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** A code just made. */
export interface IssuedOneTimeCode {
  /** For whoever asked for the code: without it the code is worth nothing. */
  readonly requestId: string;
  /** For the owner of the mailbox or telephone: eight digits. */
  readonly code: string;
  readonly expiresAt: Date;
}

/** What a token or code stood for. */
export interface OneTime {
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** How often a code may be tried. */
const TRIES = 5;
const MAX_DATA_BYTES = 4_096;
const PRUNE_STEP = 10 * 60_000;

/**
 * Tokens for links and codes for people, each of which works once. The store has SHA-256 hashes of tokens (256 random bits) and keyed
 * hashes of codes. There is one live token or code per purpose and subject (ASVS 5.0, 6.4 and 6.6).
 */
@Injectable({ deps: [ONE_TIME_STORE, ONE_TIME_KEYS, CLOCK, SecurityEvents, ATTEMPT_STORE], from: 'AuthModule of @plinth/auth' })
export class OneTimeTokens {
  readonly #store: OneTimeStore;
  readonly #keys: OneTimeKeys;
  readonly #clock: Clock;
  readonly #events: SecurityEvents;
  readonly #refusals: RefusalNotes;
  readonly #attempts: AttemptStore;
  readonly #limit: CodeLimit;
  #prunedAt = 0;

  constructor(store: OneTimeStore, keys: OneTimeKeys, clock: Clock, events: SecurityEvents, attempts: AttemptStore) {
    this.#store = store;
    this.#keys = keys;
    this.#clock = clock;
    this.#events = events;
    this.#refusals = new RefusalNotes(events, clock);
    this.#attempts = attempts;
    this.#limit = new CodeLimit(attempts, keys.current);
  }

  /** Makes a token for a link; the one of the same purpose and subject ends. Joins the caller's transaction. Throws `AUTH_ONE_TIME_OPTIONS`. */
  async issue(options: NewOneTime): Promise<IssuedOneTimeToken> {
    const token = createOpaqueToken();
    const record = await this.#put(options, hashOpaqueToken(token), null);
    return { token, expiresAt: new Date(record.expiresAt) };
  }

  /**
   * What a token stands for, without using it up: for the page behind a link, since mail scanners open links too.
   * Throws `AUTH_ONE_TIME_TOKEN` for one that is unknown, used, replaced, expired, or of another purpose than this, or any of these.
   */
  async find(purpose: string | readonly [string, ...string[]], token: string): Promise<OneTime> {
    const record = isOpaqueToken(token) ? await this.#store.find(hashOpaqueToken(token)) : undefined;
    return toOneTime(this.#fits(record, purpose, false) ?? this.#refuseToken(purpose));
  }

  /**
   * Uses a token up: of any number of takers at the same time one gets what it stands for, the others `AUTH_ONE_TIME_TOKEN`. In a
   * transaction of the caller it is used up when that commits, together with what was done with it.
   */
  async take(purpose: string | readonly [string, ...string[]], token: string): Promise<OneTime> {
    // Looked at first: a token that is sent to the wrong route is not lost.
    await this.find(purpose, token);
    const record = await this.#store.take(hashOpaqueToken(token));
    return toOneTime(this.#fits(record, purpose, false) ?? this.#refuseToken(purpose));
  }

  /**
   * Makes a code for a mail or text message. Send the code there, and the request id to whoever asked. Without a subject (an unknown
   * address) both are made as well, at the same cost, but no code fits: the caller sees no difference. Throws `AUTH_ONE_TIME_OPTIONS`.
   */
  async issueCode(options: Omit<NewOneTime, 'subject'> & { readonly subject: string | undefined }): Promise<IssuedOneTimeCode> {
    const requestId = createOpaqueToken();
    const requestHash = hashOpaqueToken(requestId);
    const code = createCode();
    const nobody = options.subject === undefined;
    // The hash of no code: it has the form of one, and nobody knows what it is the hash of.
    const codeHash = nobody ? createOpaqueToken() : hashCode(this.#keys.current, options.purpose, requestHash, code);
    const record = await this.#put({ ...options, subject: options.subject ?? `nobody ${requestHash}` }, requestHash, codeHash);
    return { requestId, code, expiresAt: new Date(record.expiresAt) };
  }

  /**
   * Uses a code up. Each call counts before anything is compared, so that more at the same time gain nothing: as one of five tries of this
   * code, and as one of ten an hour of its subject and purpose, which a right code forgives. Throws `AUTH_ONE_TIME_CODE` for a wrong code as
   * for one that is unknown, used, expired or out of tries; `AUTH_IN_TRANSACTION` in a transaction, whose rollback would take the count back.
   */
  async takeCode(purpose: string, requestId: string, code: string): Promise<OneTime> {
    const digits = readCode(code);
    const requestHash = isOpaqueToken(requestId) ? hashOpaqueToken(requestId) : undefined;
    const tried = requestHash === undefined ? undefined : await this.#store.countTry(requestHash, TRIES);
    const record = this.#fits(tried, purpose, true);
    if (record && !(await this.#limit.take(record, this.#clock.now()))) this.#refuseSubject(record);
    if (!record || requestHash === undefined || digits === undefined || !this.#isCode(record, digits)) this.#refuseCode(purpose, tried);
    // Two right answers at the same time: one of them removes it.
    const taken = (await this.#store.take(requestHash)) ?? this.#refuseCode(purpose, record);
    await this.#limit.reset(taken);
    return toOneTime(taken);
  }

  /** Ends what a subject has, of one purpose or of all; gives the number. */
  revokeAll(subject: string, purpose?: string): Promise<number> {
    return this.#store.removeAll(subject, purpose);
  }

  async #put(options: NewOneTime, tokenHash: string, codeHash: string | null): Promise<OneTimeRecord> {
    checkOptions(options);
    const now = this.#clock.now();
    const { purpose, subject, lifetime, data = {} } = options;
    const record = { tokenHash, purpose, subject, codeHash, tries: 0, issuedAt: now, expiresAt: now + lifetime * 1_000, data };
    await this.#store.put(record);
    // Also after a clock was set back.
    if (Math.abs(now - this.#prunedAt) >= PRUNE_STEP) {
      this.#prunedAt = now;
      await this.#store.prune(now);
      await this.#attempts.prune(now);
    }
    return record;
  }

  #fits(record: OneTimeRecord | undefined, purpose: string | readonly string[], code: boolean): OneTimeRecord | undefined {
    const meant = record && (typeof purpose === 'string' ? record.purpose === purpose : purpose.includes(record.purpose));
    const fits = meant && (record.codeHash !== null) === code && record.expiresAt > this.#clock.now();
    return fits ? record : undefined;
  }

  #isCode({ purpose, tokenHash, codeHash }: OneTimeRecord, code: string): boolean {
    return [this.#keys.current, ...this.#keys.former].some((key) => sameHash(hashCode(key, purpose, tokenHash, code), codeHash ?? ''));
  }

  // Anybody can invent tokens and requests: those that are nobody's are noted once a minute for each purpose.
  #refuseToken(meant: string | readonly [string, ...string[]]): never {
    const purpose = typeof meant === 'string' ? meant : meant[0];
    const key = `token ${purpose}`;
    this.#refusals.note(key, { type: 'one-time-token.refused', outcome: 'failure', details: { purpose } });
    throw AUTH_ERRORS.ONE_TIME_TOKEN();
  }

  // The same answer as to a wrong code: it must not tell that there is such a subject.
  #refuseSubject({ purpose, subject }: OneTimeRecord): never {
    const details = { purpose, limit: true };
    this.#refusals.note(`limit ${purpose} ${subject}`, { type: 'one-time-code.refused', outcome: 'refused', userId: subject, details });
    throw AUTH_ERRORS.ONE_TIME_CODE();
  }

  #refuseCode(purpose: string, record: OneTimeRecord | undefined): never {
    const key = `code ${purpose}`;
    if (record === undefined) this.#refusals.note(key, { type: 'one-time-code.refused', outcome: 'failure', details: { purpose } });
    else {
      const details = { purpose, tries: record.tries };
      this.#events.note({ type: 'one-time-code.refused', outcome: 'failure', userId: record.subject, details });
    }
    throw AUTH_ERRORS.ONE_TIME_CODE();
  }
}

function checkOptions({ purpose, subject, lifetime, data }: NewOneTime): void {
  check('purpose', isShort(purpose, 64), 'a text of 1 to 64 characters');
  check('subject', isShort(subject, 255), 'a text of 1 to 255 characters');
  check('lifetime', Number.isInteger(lifetime) && lifetime >= 1 && lifetime <= 2_592_000, 'an integer of 1 to 2,592,000 seconds');
  check('data', data === undefined || Buffer.byteLength(JSON.stringify(data)) <= MAX_DATA_BYTES, `at most ${MAX_DATA_BYTES} bytes as JSON`);
}

function check(option: string, ok: boolean, rule: string): void {
  if (!ok) throw AUTH_ERRORS.ONE_TIME_OPTIONS({ option, rule });
}

function isShort(text: unknown, limit: number): boolean {
  return typeof text === 'string' && text !== '' && text.length <= limit;
}

function toOneTime({ subject, data, issuedAt, expiresAt }: OneTimeRecord): OneTime {
  return { subject, data, issuedAt: new Date(issuedAt), expiresAt: new Date(expiresAt) };
}
