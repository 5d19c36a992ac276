import { CLOCK, EVENTS, Injectable, runUninterrupted, type Clock, type EventBus } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { OneTimeTokens } from '../one-time/one-time-tokens.js';
import { KnownDevices } from '../protect/known-devices.js';
import { SecurityEvents } from '../protect/security-events.js';
import { deviceOf } from '../session/session-device.js';
import type { SignInContext } from '../sign-in/sign-ins.js';
import { hashOpaqueToken } from '../token/opaque-token.js';
import { ACCOUNT_CHANGED } from '../user/account-changed.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';
import type { AccountRecord } from './account.js';
import { AccountMailer } from './account-mailer.js';
import { AccountSessions } from './account-sessions.js';
import { readAddress } from './address.js';
import { MailLimit } from './mail-limit.js';
import { NEW_ADDRESS, NOBODY, nobody } from './purposes.js';

/** What a change of address keeps until it is confirmed. */
interface Waiting {
  readonly email: string;
  /** The key of the address at the time: a change since then makes this one void. */
  readonly from: string;
}

/** Seconds: a day, for mail can be slow. */
const LIFETIME = 86_400;

/** Changes of the address of an account, which must be confirmed from the new one by who is signed in. */
@Injectable({
  deps: [ACCOUNT_STORE, OneTimeTokens, MailLimit, AccountMailer, AccountSessions, KnownDevices, SecurityEvents, EVENTS, CLOCK],
})
export class AddressChanges {
  constructor(
    private readonly store: AccountStore,
    private readonly tokens: OneTimeTokens,
    private readonly limit: MailLimit,
    private readonly mailer: AccountMailer,
    private readonly sessions: AccountSessions,
    private readonly devices: KnownDevices,
    private readonly events: SecurityEvents,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** See `Accounts.changeEmail`. Whether somebody has the new address changes neither the answer nor what is done for it. */
  async begin(record: AccountRecord, email: string): Promise<void> {
    const address = readAddress(email);
    const allowed = await this.limit.take('address', address.email);
    const owner = await this.store.findByKey(address.key);
    const free = owner === undefined || owner.id === record.id;
    const data = { email: address.email, from: record.emailKey } satisfies Waiting;
    const keyHash = hashOpaqueToken(address.key);
    // Where somebody has it, too, in the place of the link before, but sent to nobody: that the former still works would tell.
    const [purpose, subject] = allowed ? [NEW_ADDRESS, record.id] : [NOBODY, nobody(keyHash)];
    const { token } = await this.tokens.issue({ purpose, subject, lifetime: LIFETIME, data });
    this.events.note({ type: 'email.change-asked', outcome: 'success', userId: record.id });
    if (!allowed) return;
    this.mailer.post('emailChangeAsked', { email: record.email, name: record.name, newEmail: address.email });
    const facts = { email: address.email, link: this.mailer.linkTo('email', token), minutes: LIFETIME / 60 };
    if (free) this.mailer.post('emailChange', facts);
    else this.mailer.pretend('emailChange', facts);
  }

  /** See `Accounts.confirmEmail`. */
  async confirm(record: AccountRecord, token: string, context: SignInContext): Promise<void> {
    const { subject, data } = await this.tokens.find(NEW_ADDRESS, token);
    const { email, from } = data as unknown as Waiting;
    // Of another user: a stranger whose address was given by mistake has no say over this account, nor it over theirs.
    if (subject !== record.id || from !== record.emailKey) throw AUTH_ERRORS.ONE_TIME_TOKEN();
    const { key } = readAddress(email);
    const kept = await runUninterrupted(() =>
      this.store.transaction(async () => {
        await this.tokens.take(NEW_ADDRESS, token);
        const result = await this.store.update(record.id, { email, emailKey: key, emailVerifiedAt: this.clock.date() });
        if (result === 'taken') throw AUTH_ERRORS.ACCOUNT_EXISTS();
        if (result === 'none') throw AUTH_ERRORS.ONE_TIME_TOKEN();
        return this.sessions.endOthers(record.id, context);
      }),
    );
    this.events.note({ type: 'email.changed', outcome: 'success', userId: record.id, ip: context.ip });
    this.mailer.post('emailChanged', { email: record.email, name: record.name, newEmail: email });
    this.bus.publish(ACCOUNT_CHANGED, {
      userId: record.id,
      change: 'email-changed',
      at: this.clock.date(),
      device: deviceOf(context),
    });
    // Devices are known by the name that was signed in with.
    await this.devices.trust(email, context);
    this.sessions.send(kept, context);
  }
}
