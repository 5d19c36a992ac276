import { EVENTS, Injectable, type EventBus } from '@plinth/core';
import { NEW_DEVICE, type NewDeviceSignIn } from '../protect/sign-in-notices.js';
import { ACCOUNT_CHANGED, type AccountChanged } from '../user/account-changed.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';
import { AccountMailer } from './account-mailer.js';

/** The first sign-in comes with the account: nobody needs to be told of it. */
const FIRST_SIGN_IN = 60_000;

/** Tells owners by mail of changes to how they sign in, and of sign-ins from devices that are not known (ASVS 5.0, 6.3.5 and 6.3.7). */
@Injectable({ deps: [EVENTS, ACCOUNT_STORE, AccountMailer] })
export class AccountNotices {
  readonly #store: AccountStore;
  readonly #mailer: AccountMailer;

  constructor(bus: EventBus, store: AccountStore, mailer: AccountMailer) {
    this.#store = store;
    this.#mailer = mailer;
    bus.on(ACCOUNT_CHANGED, (event) => this.#changed(event), { name: 'AccountNotices' });
    bus.on(NEW_DEVICE, (event) => this.#newDevice(event), { name: 'AccountNotices' });
  }

  async #changed({ userId, change, at, device, detail }: AccountChanged): Promise<void> {
    // The former address is told of that, by who changes it.
    if (change === 'email-changed') return;
    const record = await this.#store.find(userId);
    if (record) this.#mailer.post('changed', { email: record.email, name: record.name, change, at, device, detail });
  }

  async #newDevice({ userId, at, device }: NewDeviceSignIn): Promise<void> {
    const record = await this.#store.find(userId);
    if (!record || Math.abs(at.getTime() - record.createdAt.getTime()) < FIRST_SIGN_IN) return;
    this.#mailer.post('newDevice', { email: record.email, name: record.name, at, device });
  }
}
