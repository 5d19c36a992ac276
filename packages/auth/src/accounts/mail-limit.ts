import { createHmac } from 'node:crypto';
import { APP_KEY, CLOCK, Injectable, runUninterrupted, type AppKey, type Clock } from '@plinth/core';
import { countedName } from '../protect/account-name.js';
import { ATTEMPT_STORE, type AttemptPolicy, type AttemptStore } from '../protect/attempt-store.js';
import { ACCOUNT_SETTINGS, type AccountSettings } from './accounts-settings.js';

const HOUR = 3_600_000;
/** Less than links for new passwords are good for: whoever asks in the name of an owner always leaves one that works. */
const RESET_STEP = 600_000;

/** What somebody has asked for. */
export type MailKind = 'registration' | 'reset' | 'address';

/**
 * Counts the mails that an address gets because somebody asked, so that nobody can fill the mailbox of another. Each kind by itself: who
 * registers the address of another, again and again, must not keep its owner from a link for a new password. Whether there is an account
 * makes no difference to it, and it none to the answer.
 */
@Injectable({ deps: [ATTEMPT_STORE, ACCOUNT_SETTINGS, APP_KEY, CLOCK] })
export class MailLimit {
  readonly #store: AttemptStore;
  readonly #policy: AttemptPolicy;
  readonly #resetPolicy: AttemptPolicy;
  readonly #key: Buffer;
  readonly #clock: Clock;

  constructor(store: AttemptStore, settings: AccountSettings, appKey: AppKey, clock: Clock) {
    this.#store = store;
    const free = Array.from({ length: settings.mailsPerHour }, () => 0);
    this.#policy = { delays: [...free, HOUR], limit: 0, forget: HOUR, since: 'first' };
    this.#resetPolicy = { ...this.#policy, delays: [...free, RESET_STEP] };
    this.#key = appKey.derive('auth.mail-limit');
    this.#clock = clock;
  }

  /** Whether this address may get one more mail of this kind within the hour. Other spellings of it count as the same. */
  async take(kind: MailKind, email: string): Promise<boolean> {
    const counted = JSON.stringify([kind, countedName(email)]);
    const key = `m:${createHmac('sha256', this.#key).update(counted).digest('base64url')}`;
    const policy = kind === 'reset' ? this.#resetPolicy : this.#policy;
    const taken = await runUninterrupted(() => this.#store.take(key, policy, this.#clock.now()));
    return taken.allowed;
  }
}
