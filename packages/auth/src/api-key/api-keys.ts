import { CLOCK, Injectable, newId, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { RefusalNotes } from '../protect/refusal-notes.js';
import { SecurityEvents, type SecurityEvent } from '../protect/security-events.js';
import { createApiKey, faultOf, hashApiKey, hintOf, isMeantAsKey, type ApiKeyFault } from './api-key-format.js';
import { API_KEY_SETTINGS, type ApiKeySettings } from './api-key-settings.js';
import { API_KEY_STORE, type ApiKeyRecord, type ApiKeyStore } from './api-key-store.js';

/** An API key as the application sees it. */
export interface ApiKey {
  /** The handle for lists and for `revoke`; it opens nothing. */
  readonly id: string;
  /** The beginning of the key, such as `pk_live_Ab3d`. */
  readonly hint: string;
  readonly owner: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  /** The last use, to the minute. */
  readonly usedAt?: Date;
}

/** What a new key is. */
export interface NewApiKey {
  /** Whose it is: take it from who is signed in, never from the body of a request. At most 255 characters. */
  readonly owner: string;
  /** What its owner calls it: at most 255 characters. */
  readonly name: string;
  /** What it may do; at most 100 names of at most 100 characters, without blanks, quotes and backslashes (RFC 6749, 3.3). Default: nothing. */
  readonly scopes?: readonly string[];
  /** Seconds until it expires; default: never. */
  readonly lifetime?: number;
}

/** A key just made. */
export interface IssuedApiKey {
  /** For its owner, to be shown once: it is never to be had again. */
  readonly key: string;
  readonly apiKey: ApiKey;
}

const FAULTS: Readonly<Record<ApiKeyFault, string>> = {
  form: 'it has not the form of a key of this service',
  checksum: 'its checksum is wrong, so it was mistyped or cut',
  environment: 'it is for another environment of this service',
};
/** What a client is told with a refusal (RFC 6750, 3). @internal */
export const KEY_CHALLENGE = { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } } as const;
const MINUTE = 60_000;
/** RFC 6749, 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

/**
 * API keys: long-lived secrets of programs. The store has their SHA-256 hash; a typing mistake is told without asking it, and a use is
 * noted once a minute.
 */
@Injectable({ deps: [API_KEY_STORE, API_KEY_SETTINGS, CLOCK, SecurityEvents], from: 'AuthModule of @plinth/auth' })
export class ApiKeys {
  readonly #store: ApiKeyStore;
  readonly #settings: ApiKeySettings;
  readonly #clock: Clock;
  readonly #events: SecurityEvents;
  readonly #refusals: RefusalNotes;
  /** The keys whose use in the minute `#minute` is noted. */
  readonly #noted = new Set<string>();
  #minute = 0;

  constructor(store: ApiKeyStore, settings: ApiKeySettings, clock: Clock, events: SecurityEvents) {
    this.#store = store;
    this.#settings = settings;
    this.#clock = clock;
    this.#events = events;
    this.#refusals = new RefusalNotes(events, clock);
  }

  /** Makes a key. Throws `AUTH_API_KEY_OPTIONS`. */
  async create(options: NewApiKey): Promise<IssuedApiKey> {
    checkOptions(options);
    const { owner, name, scopes = [], lifetime } = options;
    const now = this.#clock.now();
    const key = createApiKey(this.#settings);
    const record: ApiKeyRecord = {
      id: newId(),
      keyHash: hashApiKey(key),
      hint: hintOf(key),
      owner,
      name,
      scopes: [...new Set(scopes)],
      createdAt: now,
      expiresAt: lifetime === undefined ? null : now + lifetime * 1_000,
      usedAt: null,
    };
    await this.#store.insert(record);
    this.#events.note({ type: 'api-key.created', outcome: 'success', userId: owner, details: { key: record.id } });
    return { key, apiKey: toApiKey(record) };
  }

  /**
   * The key that this text is, and notes its use. Throws `AUTH_API_KEY_MALFORMED` for a text that can be no key of this service,
   * `AUTH_API_KEY_INVALID` for one that is unknown or revoked, `AUTH_API_KEY_EXPIRED`.
   */
  async verify(key: string): Promise<ApiKey> {
    const fault = faultOf(key, this.#settings);
    if (fault !== undefined) throw AUTH_ERRORS.API_KEY_MALFORMED({ reason: FAULTS[fault] }, KEY_CHALLENGE);
    const keyHash = hashApiKey(key);
    const record = await this.#store.find(keyHash);
    if (!record) {
      this.#noteRefusal('unknown', { details: { hint: hintOf(key) } });
      throw AUTH_ERRORS.API_KEY_INVALID({}, KEY_CHALLENGE);
    }
    const now = this.#clock.now();
    if (record.expiresAt !== null && record.expiresAt <= now) {
      this.#noteRefusal(record.id, { userId: record.owner, details: { key: record.id } });
      throw AUTH_ERRORS.API_KEY_EXPIRED({}, KEY_CHALLENGE);
    }
    const usedAt = now - (now % MINUTE);
    await this.#note(record, usedAt);
    return toApiKey({ ...record, usedAt: Math.max(usedAt, record.usedAt ?? 0) });
  }

  /** Whether a text means to be a key of this service, and no token of another kind. */
  recognises(text: string): boolean {
    return isMeantAsKey(text, this.#settings);
  }

  /** The keys of an owner, the newest first, those that have expired too. */
  async list(owner: string): Promise<readonly ApiKey[]> {
    return (await this.#store.list(owner)).map(toApiKey);
  }

  /** Ends the owner's key with this id. False when there is none. */
  async revoke(owner: string, id: string): Promise<boolean> {
    const ended = await this.#store.remove(owner, id);
    if (ended) this.#events.note({ type: 'api-key.revoked', outcome: 'success', userId: owner, details: { key: id } });
    return ended;
  }

  /** Ends every key of an owner; gives their number. */
  async revokeAll(owner: string): Promise<number> {
    const count = await this.#store.removeAll(owner);
    if (count > 0) this.#events.note({ type: 'api-key.revoked', outcome: 'success', userId: owner, details: { count } });
    return count;
  }

  // Anybody can invent keys: those that are unknown are noted once a minute, all together.
  #noteRefusal(key: string, facts: Pick<SecurityEvent, 'userId' | 'details'>): void {
    this.#refusals.note(key, { type: 'api-key.refused', outcome: 'failure', ...facts });
  }

  // A key that is used all the time is written once a minute, also when many requests come at once.
  async #note({ keyHash, usedAt: noted }: ApiKeyRecord, usedAt: number): Promise<void> {
    if (this.#minute !== usedAt) {
      this.#minute = usedAt;
      this.#noted.clear();
    }
    if (this.#noted.has(keyHash) || (noted !== null && noted >= usedAt)) return;
    this.#noted.add(keyHash);
    try {
      await this.#store.touch(keyHash, usedAt);
    } catch (error) {
      this.#noted.delete(keyHash);
      throw error;
    }
  }
}

function checkOptions({ owner, name, scopes = [], lifetime }: NewApiKey): void {
  check('owner', isShort(owner), 'a text of 1 to 255 characters');
  check('name', isShort(name), 'a text of 1 to 255 characters');
  check('scopes', scopes.length <= 100 && scopes.every((scope) => SCOPE.test(scope)), 'at most 100 names that RFC 6749, 3.3 allows');
  check(
    'lifetime',
    lifetime === undefined || (Number.isInteger(lifetime) && lifetime >= 1 && lifetime <= 3_153_600_000),
    'an integer of 1 to 3,153,600,000 seconds',
  );
}

function check(option: string, ok: boolean, rule: string): void {
  if (!ok) throw AUTH_ERRORS.API_KEY_OPTIONS({ option, rule });
}

function isShort(text: unknown): boolean {
  return typeof text === 'string' && text !== '' && text.length <= 255;
}

function toApiKey({ id, hint, owner, name, scopes, createdAt, expiresAt, usedAt }: ApiKeyRecord): ApiKey {
  const times = { ...(expiresAt !== null && { expiresAt: new Date(expiresAt) }), ...(usedAt !== null && { usedAt: new Date(usedAt) }) };
  return { id, hint, owner, name, scopes, createdAt: new Date(createdAt), ...times };
}
