import { hash } from 'node:crypto';
import { CLOCK, Injectable, type Clock } from '@plinth/core';
import { ONE_TIME_STORE, type OneTimeStore } from '../one-time/one-time-store.js';

/** A session here that was started by one at a provider. */
export interface ProviderSession {
  readonly userId: string;
  readonly sessionId: string;
}

/** As long as the longest session. */
const SESSION_LIFETIME = 30 * 86_400_000;

/** Which session at a provider has started which one here, and which logout tokens have come: hashes, in the store of one-time tokens. */
@Injectable({ deps: [ONE_TIME_STORE, CLOCK] })
export class ProviderSessions {
  readonly #store: OneTimeStore;
  readonly #clock: Clock;

  constructor(store: OneTimeStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Notes that a session at the provider (`sid`) has started a session here. */
  async note(issuer: string, sid: string, session: ProviderSession): Promise<void> {
    await this.#put('oidc.session', keyOf('session', issuer, sid), SESSION_LIFETIME, { ...session });
  }

  /** The session here that a session at the provider has started. */
  async find(issuer: string, sid: string): Promise<ProviderSession | undefined> {
    const record = await this.#store.find(keyOf('session', issuer, sid));
    if (!record || record.expiresAt <= this.#clock.now()) return undefined;
    return { userId: String(record.data['userId']), sessionId: String(record.data['sessionId']) };
  }

  /** Notes the id of a logout token for so many milliseconds. False when it has come before. */
  async noteLogout(issuer: string, id: string, lifetime: number): Promise<boolean> {
    const key = keyOf('logout', issuer, id);
    const before = await this.#store.find(key);
    if (before && before.expiresAt > this.#clock.now()) return false;
    await this.#put('oidc.logout', key, lifetime, {});
    return true;
  }

  async #put(purpose: string, key: string, lifetime: number, data: Readonly<Record<string, unknown>>): Promise<void> {
    const now = this.#clock.now();
    await this.#store.put({
      tokenHash: key,
      purpose,
      subject: key,
      codeHash: null,
      tries: 0,
      issuedAt: now,
      expiresAt: now + lifetime,
      data,
    });
  }
}

function keyOf(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
