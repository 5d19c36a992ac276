import { allOf, CLOCK, EVENTS, Injectable, runUninterrupted, type Clock, type EventBus } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { OneTimeTokens, type OneTime } from '../one-time/one-time-tokens.js';
import { Passwords } from '../password/passwords.js';
import { SecurityEvents } from '../protect/security-events.js';
import { Throttle } from '../protect/throttle.js';
import { deviceOf } from '../session/session-device.js';
import type { SignInContext } from '../sign-in/sign-ins.js';
import { hashOpaqueToken } from '../token/opaque-token.js';
import { ACCOUNT_CHANGED, type AccountChange } from '../user/account-changed.js';
import { ACCOUNT_PARTS, type AccountPart } from '../user/account-parts.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';
import type { AccountRecord } from './account.js';
import { AccountMailer } from './account-mailer.js';
import { AccountSessions } from './account-sessions.js';
import { findAddress } from './address.js';
import { MailLimit } from './mail-limit.js';
import { INVITATION, NOBODY, nobody, RESET } from './purposes.js';

/** A change of a password by somebody who knows the present one. */
export interface PasswordChange {
  readonly current: string;
  readonly password: string;
}

/** What the link of a mail gives, and the new password. */
export interface PasswordReset {
  readonly token: string;
  readonly password: string;
}

/** Seconds. */
const RESET_LIFETIME = 900;
const INVITATION_LIFETIME = 86_400;
/** By any of these links a password is set, which ends them all. */
const LINKS = [RESET, INVITATION] as const;

/** Passwords of accounts: changed, set, forgotten and asked for again. */
@Injectable({
  deps: [
    ACCOUNT_STORE,
    OneTimeTokens,
    Passwords,
    Throttle,
    MailLimit,
    AccountMailer,
    AccountSessions,
    allOf(ACCOUNT_PARTS),
    SecurityEvents,
    EVENTS,
    CLOCK,
  ],
})
export class AccountPasswords {
  constructor(
    private readonly store: AccountStore,
    private readonly tokens: OneTimeTokens,
    private readonly passwords: Passwords,
    private readonly throttle: Throttle,
    private readonly limit: MailLimit,
    private readonly mailer: AccountMailer,
    private readonly sessions: AccountSessions,
    private readonly parts: readonly AccountPart[],
    private readonly events: SecurityEvents,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** See `Accounts.changePassword`. */
  async change(record: AccountRecord, { current, password }: PasswordChange, context: SignInContext): Promise<void> {
    await this.confirm(record, current, context);
    await this.#replace(record, password, context);
  }

  /** See `Accounts.setPassword`. */
  async set(record: AccountRecord, password: string, context: SignInContext): Promise<void> {
    if (record.passwordHash !== null) throw AUTH_ERRORS.ACCOUNT_PASSWORD_EXISTS();
    await this.#replace(record, password, context);
  }

  /** Throws unless this is the password of the account; wrong ones count as failed sign-ins. */
  async confirm(record: AccountRecord, password: string, context: SignInContext): Promise<void> {
    const { id, email, passwordHash } = record;
    if (passwordHash === null) throw AUTH_ERRORS.ACCOUNT_PASSWORD_NONE();
    const attempt = await this.throttle.begin(email, context);
    const { ok } = await this.passwords.verify(password, passwordHash).catch(async (error: unknown) => {
      await attempt.undo().catch(() => undefined);
      throw error;
    });
    this.events.note({ type: 'password.verified', outcome: ok ? 'success' : 'failure', userId: id, ip: context.ip });
    if (!ok) throw AUTH_ERRORS.ACCOUNT_PASSWORD_WRONG();
    await attempt.passed();
  }

  /** See `Accounts.forgotPassword`. What is done and written is the same whether there is such an account or not. */
  async forgot(email: string, ip: string | undefined): Promise<void> {
    const address = findAddress(email) ?? { email, key: email };
    const allowed = await this.limit.take('reset', address.email);
    const found = await this.store.findByKey(address.key);
    const record = found?.disabledAt === null ? found : undefined;
    const who = { ...(record && { userId: record.id }), ...(ip !== undefined && { ip }) };
    // One outcome, for the log writes some of them and not others.
    this.events.note({ type: 'password.forgotten', outcome: 'success', ...who, details: { known: record !== undefined } });
    // Beyond the limit the token that was mailed stays good: who asks in the name of another must not end it.
    const token = await this.#issue(RESET, allowed ? record : undefined, address, RESET_LIFETIME);
    const { email: to, name } = record ?? { email: address.email, name: null };
    const facts = { email: to, name, link: this.mailer.linkTo('reset', token), minutes: RESET_LIFETIME / 60 };
    if (record && allowed) this.mailer.post('reset', facts);
    else this.mailer.pretend('reset', facts);
  }

  /** Sends the mail by which somebody for whom an account was made chooses its password (ASVS 5.0, 6.4.1). */
  async invite(record: AccountRecord): Promise<void> {
    const token = await this.#issue(INVITATION, record, { key: record.emailKey }, INVITATION_LIFETIME);
    const { email, name } = record;
    this.mailer.post('invitation', { email, name, link: this.mailer.linkTo('reset', token), minutes: INVITATION_LIFETIME / 60 });
  }

  /** See `Accounts.resetPassword`. */
  async reset({ token, password }: PasswordReset, context: SignInContext): Promise<void> {
    const record = await this.#ownerOf(await this.tokens.find(LINKS, token));
    const passwordHash = await this.#hash(record, password);
    const emailVerifiedAt = record.emailVerifiedAt ?? this.clock.date();
    await runUninterrupted(async () => {
      await this.store.transaction(async () => {
        // One of two at the same time gets it; and it is used up only together with the change.
        await this.tokens.take(LINKS, token);
        if ((await this.store.update(record.id, { passwordHash, emailVerifiedAt })) !== 'done') throw AUTH_ERRORS.ONE_TIME_TOKEN();
        if (record.emailVerifiedAt === null) await this.#removeWays(record.id);
        await this.sessions.endAll(record.id);
      });
      // Those who signed in while this was being done, with the former password.
      await this.sessions.endAll(record.id);
      this.#tell(record, 'password-reset', 'password.reset', context);
      await this.throttle.reset(record.email);
    });
  }

  // Whoever had an account before its address was proved may be a stranger, who has left passkeys and identities of theirs in it.
  async #removeWays(userId: string): Promise<void> {
    for (const part of this.parts) if (part.waysToSignIn) await part.remove(userId);
  }

  async #replace(record: AccountRecord, password: string, context: SignInContext): Promise<void> {
    const passwordHash = await this.#hash(record, password);
    await runUninterrupted(async () => {
      const kept = await this.store.transaction(async () => {
        const only = { passwordHash: record.passwordHash };
        if ((await this.store.update(record.id, { passwordHash }, only)) !== 'done') throw AUTH_ERRORS.ACCOUNT_CONFLICT();
        return this.sessions.endOthers(record.id, context);
      });
      await this.sessions.endAll(record.id, kept?.session.id);
      this.#tell(record, 'password-changed', 'password.changed', context);
      this.sessions.send(kept, context);
    });
  }

  async #issue(
    kind: (typeof LINKS)[number],
    record: AccountRecord | undefined,
    { key }: { readonly key: string },
    lifetime: number,
  ): Promise<string> {
    // A hash on both ways: what has to be done is the same.
    const [purpose, keyHash] = [record ? kind : NOBODY, hashOpaqueToken(key)];
    const issued = await this.tokens.issue({ purpose, subject: record?.id ?? nobody(keyHash), lifetime, data: { keyHash } });
    return issued.token;
  }

  // A token that was sent to an address is worth nothing once the account has another.
  async #ownerOf({ subject, data }: OneTime): Promise<AccountRecord> {
    const record = await this.store.find(subject);
    const good = record?.disabledAt === null && hashOpaqueToken(record.emailKey) === data['keyHash'];
    if (!record || !good) throw AUTH_ERRORS.ONE_TIME_TOKEN();
    return record;
  }

  #hash({ email, name }: AccountRecord, password: string): Promise<string> {
    return this.passwords.hash(password, { context: name === null ? [email] : [email, name] });
  }

  #tell({ id }: AccountRecord, change: AccountChange, type: string, context: SignInContext): void {
    this.events.note({ type, outcome: 'success', userId: id, ip: context.ip });
    this.bus.publish(ACCOUNT_CHANGED, { userId: id, change, at: this.clock.date(), device: deviceOf(context) });
  }
}
