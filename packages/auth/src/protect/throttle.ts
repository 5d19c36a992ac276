import { createHmac } from 'node:crypto';
import { APP_KEY, CLOCK, Injectable, runUninterrupted, type AppKey, type Clock } from '@plinth/core';
import { clientKey, type HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { countedName } from './account-name.js';
import { ATTEMPT_STORE, type AttemptPolicy, type AttemptStore } from './attempt-store.js';
import { KnownDevices } from './known-devices.js';
import { RefusalNotes } from './refusal-notes.js';
import { SecurityEvents } from './security-events.js';
import { THROTTLE_SETTINGS, type ThrottleSettings } from './throttle-settings.js';

/** What an attempt reads of its request. */
export type AttemptContext = Pick<HttpContext, 'ip' | 'cookie'>;

/** What may be said of an attempt before it is made. */
export interface AttemptOptions {
  /** A second factor of this account was proved in this request: the limit of failures in a row does not hold it, the waits do. */
  readonly proven?: boolean;
}

/** An attempt that may be made. It counts as failed until `passed` says otherwise. */
export interface CountedAttempt {
  /** The device has signed in to this account before. */
  readonly known: boolean;
  /** It succeeded: its failures are forgotten. */
  passed(): Promise<void>;
  /** It was not made, for a reason that is not the caller's: nothing is counted. */
  undo(): Promise<void>;
}

const PRUNE_STEP = 10 * 60_000;

/**
 * Slows down whoever guesses passwords (ASVS 5.0, 6.3.1; NIST SP 800-63B, 5.2.2): for each account, whether there is such a one or not,
 * and for each client. A device that has signed in before has counts of its own, so that strangers cannot lock out the owner.
 * Nothing here depends on whether the account exists.
 */
@Injectable({ deps: [ATTEMPT_STORE, THROTTLE_SETTINGS, KnownDevices, APP_KEY, CLOCK, SecurityEvents], from: 'AuthModule of @plinth/auth' })
export class Throttle {
  readonly #store: AttemptStore;
  readonly #settings: ThrottleSettings;
  readonly #devices: KnownDevices;
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #notes: RefusalNotes;
  #prunedAt = Number.NEGATIVE_INFINITY;

  constructor(
    store: AttemptStore,
    settings: ThrottleSettings,
    devices: KnownDevices,
    appKey: AppKey,
    clock: Clock,
    events: SecurityEvents,
  ) {
    this.#store = store;
    this.#settings = settings;
    this.#devices = devices;
    this.#key = appKey.derive('auth.throttle');
    this.#clock = clock;
    this.#notes = new RefusalNotes(events, clock);
  }

  /**
   * Counts an attempt to sign in with this name before anything is hashed. Throws `AUTH_THROTTLED` with the seconds to wait, and
   * `AUTH_THROTTLE_HELD` after too many failures in a row.
   */
  begin(name: string, context: AttemptContext, options: AttemptOptions = {}): Promise<CountedAttempt> {
    // Whoever hangs up must not have had a free attempt.
    return runUninterrupted(async () => {
      await this.#pruneNow();
      return (await this.#ofDevice(name, context)) ?? this.#ofStranger(name, context, options);
    });
  }

  /** Makes the device of this request known for this name: call it when a sign-in is complete, second factor and all. */
  trust(name: string, context: Pick<HttpContext, 'cookie' | 'setCookie'>): Promise<void> {
    return this.#devices.trust(name, context);
  }

  /** Forgets the failures of an account, and the devices that are known for it: call it when its password was reset by its owner. */
  async reset(name: string): Promise<void> {
    await runUninterrupted(async () => {
      await this.#store.clear(this.#keyOf('a', countedName(name)));
      await this.#devices.forget(name);
    });
  }

  async #ofDevice(name: string, context: AttemptContext): Promise<CountedAttempt | undefined> {
    const device = await this.#devices.find(name, context);
    if (device === undefined) return undefined;
    const key = this.#keyOf('d', `${device} ${countedName(name)}`);
    const taken = await this.#store.take(key, this.#settings.account, this.#clock.now());
    // After so many failures nobody's device: it waits with the strangers.
    if (!taken.allowed && taken.wait === 0) return undefined;
    if (!taken.allowed) this.#refuse('device', key, taken.wait, context);
    return { known: true, passed: () => this.#store.clear(key), undo: () => this.#store.release(key) };
  }

  async #ofStranger(name: string, context: AttemptContext, { proven = false }: AttemptOptions): Promise<CountedAttempt> {
    const { account, client } = this.#settings;
    const clients = this.#keyOf('c', clientKey(context.ip));
    const names = this.#keyOf('a', countedName(name));
    await this.#take('client', clients, client, context);
    await this.#take('account', names, proven ? { ...account, limit: 0 } : account, context);
    return {
      known: false,
      passed: async () => void (await Promise.all([this.#store.clear(names), this.#store.release(clients)])),
      undo: async () => void (await Promise.all([this.#store.release(names), this.#store.release(clients)])),
    };
  }

  async #take(what: string, key: string, policy: AttemptPolicy, context: AttemptContext): Promise<void> {
    const taken = await this.#store.take(key, policy, this.#clock.now());
    if (!taken.allowed) this.#refuse(what, key, taken.wait, context);
  }

  #refuse(what: string, key: string, wait: number, { ip }: AttemptContext): never {
    this.#notes.note(key, { type: wait > 0 ? 'throttle.refused' : 'throttle.held', outcome: 'refused', ip, details: { counted: what } });
    if (wait === 0) throw AUTH_ERRORS.THROTTLE_HELD();
    const seconds = Math.max(1, Math.ceil(wait / 1_000));
    throw AUTH_ERRORS.THROTTLED({ seconds }, { retryAfter: seconds });
  }

  // Names are personal: the store learns a keyed hash, which cannot be tried out.
  #keyOf(kind: string, text: string): string {
    return `${kind}:${createHmac('sha256', this.#key).update(`${kind} ${text}`).digest('base64url')}`;
  }

  // Attempts clean up, at most every ten minutes: no timer, nothing to stop.
  async #pruneNow(): Promise<void> {
    const now = this.#clock.now();
    if (Math.abs(now - this.#prunedAt) < PRUNE_STEP) return;
    this.#prunedAt = now;
    await this.#store.prune(now);
  }
}
