import { allOf, CLOCK, EVENTS, Injectable, runUninterrupted, type Clock, type EventBus } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { Passwords } from '../password/passwords.js';
import { KnownDevices } from '../protect/known-devices.js';
import { SecurityEvents } from '../protect/security-events.js';
import type { SignIn, SignInContext } from '../sign-in/sign-ins.js';
import { ACCOUNT_PARTS, type AccountPart } from '../user/account-parts.js';
import { toAccount, type Account, type AccountChanges, type AccountRecord } from './account.js';
import { AccountPasswords, type PasswordChange, type PasswordReset } from './account-passwords.js';
import { ACCOUNT_REMOVED } from './account-removed.js';
import { AccountSessions } from './account-sessions.js';
import { AccountSignIn, type AccountCredentials } from './account-sign-in.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';
import { addressKey, findAddress, readAddress } from './address.js';
import { AddressChanges } from './address-changes.js';
import { inSameTime } from './in-same-time.js';
import { newAccountRecord } from './new-account-record.js';
import { readName } from './read-name.js';
import { readRoles } from './read-roles.js';
import { Registrations, type NewRegistration, type RegistrationProof } from './registrations.js';

/** An account that the application makes, for seeds, administrators and other ways to sign in. */
export interface NewAccount {
  readonly email: string;
  readonly name?: string | null;
  readonly roles?: readonly string[];
  /** Without it the account has none. */
  readonly password?: string;
  /** Its owner has proved elsewhere that the address is theirs, or the application vouches for it. Default: not yet. */
  readonly verified?: boolean;
}

/** Which accounts `Accounts.list` gives. */
export interface ListAccountsOptions {
  /** Only those whose address contains this text, in any letter case. */
  readonly search?: string;
  /** Those after this id: the last of the page before. */
  readonly after?: string;
  /** 1 to 100; 20. */
  readonly limit?: number;
}

/**
 * Accounts: how they begin, what their owners change, and how they end. The routes of `accountRoutes` call it; it needs none of them. Where a
 * method takes a context, that is the request: its session cookie is the session that stays.
 */
@Injectable({
  deps: [
    ACCOUNT_STORE,
    Registrations,
    AccountSignIn,
    AccountPasswords,
    AddressChanges,
    AccountSessions,
    Passwords,
    KnownDevices,
    allOf(ACCOUNT_PARTS),
    SecurityEvents,
    EVENTS,
    CLOCK,
  ],
  from: 'AccountsModule of @plinth/auth/accounts',
})
export class Accounts {
  constructor(
    private readonly store: AccountStore,
    private readonly registrations: Registrations,
    private readonly signIns: AccountSignIn,
    private readonly passwords: AccountPasswords,
    private readonly addresses: AddressChanges,
    private readonly sessions: AccountSessions,
    private readonly hashes: Passwords,
    private readonly devices: KnownDevices,
    private readonly parts: readonly AccountPart[],
    private readonly events: SecurityEvents,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends a mail to the address; the account begins when it is confirmed. Known and unknown addresses get the same answer, after the same
   * work. Throws `AUTH_ACCOUNT_ADDRESS`, `AUTH_ACCOUNT_NAME`, `AUTH_REGISTRATION_CLOSED`, and what `Passwords.hash` throws.
   */
  register(registration: NewRegistration, context: Pick<HttpContext, 'setCookie'>): Promise<void> {
    return this.registrations.register(registration, context);
  }

  /**
   * Makes the account of a registration and signs in. Throws `AUTH_ONE_TIME_TOKEN`; `AUTH_REGISTRATION_PROOF` in another browser than the one
   * that registered, without the password; `AUTH_ACCOUNT_PASSWORD_WRONG`; `AUTH_ACCOUNT_EXISTS` where another registration was first;
   * `AUTH_SESSION_COOKIE`, before anything is done; `AUTH_BUSY`.
   */
  confirmRegistration(proof: RegistrationProof, context: SignInContext): Promise<SignIn> {
    return this.registrations.confirm(proof, context);
  }

  /** Signs in by address and password. Throws `AUTH_CREDENTIALS`, `AUTH_THROTTLED`, `AUTH_THROTTLE_HELD`, `AUTH_SESSION_COOKIE`, `AUTH_BUSY`. */
  signIn(credentials: AccountCredentials, context: SignInContext): Promise<SignIn> {
    return this.signIns.signIn(credentials, context);
  }

  /** Ends a session and the refresh tokens that belong to it. */
  signOut(session: { readonly id: string; readonly userId: string }): Promise<void> {
    return this.sessions.end(session);
  }

  /**
   * Changes the password: other sessions, refresh tokens and mailed links end, and the session of the request has a new token. Throws
   * `AUTH_ACCOUNT_PASSWORD_WRONG`, `AUTH_ACCOUNT_PASSWORD_NONE`, `AUTH_ACCOUNT_CONFLICT`, what `Throttle.begin` and `Passwords.hash`
   * throw, and `AUTH_SESSION_ENDED` when the request had no session of this user: then it is changed, and nobody is signed in.
   */
  async changePassword(id: string, change: PasswordChange, context: SignInContext): Promise<void> {
    await this.passwords.change(await this.#record(id), change, context);
  }

  /** Gives a password to an account that has none; ask for a step-up before. Otherwise like `changePassword`; `AUTH_ACCOUNT_PASSWORD_EXISTS`. */
  async setPassword(id: string, password: string, context: SignInContext): Promise<void> {
    await this.passwords.set(await this.#record(id), password, context);
  }

  /** Sends a link for a new password, good for 15 minutes, to the address of an account; to nobody where there is none. */
  forgotPassword(email: string, context: Partial<Pick<HttpContext, 'ip'>> = {}): Promise<void> {
    return inSameTime(() => this.passwords.forgot(email, context.ip));
  }

  /**
   * Sets the password by the link of a mail, which confirms the address too. Everybody is signed out; second factors stay. Where the address
   * was not confirmed before, passkeys and identities go: whoever added them need not have been its owner. Throws
   * `AUTH_ONE_TIME_TOKEN`, and what `Passwords.hash` throws.
   */
  resetPassword(reset: PasswordReset, context: SignInContext): Promise<void> {
    return this.passwords.reset(reset, context);
  }

  /** The user gives the password again, for a step-up: the session has a new token. Throws as `changePassword` does. */
  async verifyPassword(id: string, password: string, context: SignInContext): Promise<void> {
    await this.passwords.confirm(await this.#record(id), password, context);
    await this.sessions.confirm(id, 'pwd', context);
  }

  /**
   * Sends a link to a new address, and word to the present one; ask for a step-up before. An address that somebody has gets no mail, and
   * nothing else tells. Throws `AUTH_ACCOUNT_ADDRESS`.
   */
  async changeEmail(id: string, email: string): Promise<void> {
    const record = await this.#record(id);
    await inSameTime(() => this.addresses.begin(record, email));
  }

  /**
   * Changes the address by the link of the mail, for the user who asked for it: other sessions and mailed links end. Throws
   * `AUTH_ONE_TIME_TOKEN`, `AUTH_ACCOUNT_EXISTS` where somebody has the address by now, `AUTH_SESSION_ENDED` as `changePassword`.
   */
  async confirmEmail(id: string, token: string, context: SignInContext): Promise<void> {
    await this.addresses.confirm(await this.#record(id), token, context);
  }

  /** Changes the name. Throws `AUTH_ACCOUNT_NAME`, `AUTH_ACCOUNT_NONE`. */
  rename(id: string, name: string | null): Promise<Account> {
    return this.#change(id, { name: readName(name) });
  }

  /**
   * Removes the account and everything that is its own: all `ACCOUNT_PARTS`, in one transaction where the stores can. No device is known for
   * its address any more (but where the caller has a transaction of SQLite). Throws `AUTH_ACCOUNT_NONE`.
   */
  async remove(id: string): Promise<void> {
    const removed = await runUninterrupted(() =>
      this.store.transaction(async () => {
        for (const part of this.parts) await part.remove(id);
        const record = await this.store.find(id);
        if (!record || !(await this.store.remove(id))) throw AUTH_ERRORS.ACCOUNT_NONE({ id });
        return record;
      }),
    );
    this.events.note({ type: 'account.removed', outcome: 'success', userId: id });
    this.bus.publish(ACCOUNT_REMOVED, { userId: id, at: this.clock.date() });
    // What requests that were under way have added since each part was removed: nobody would ever remove that.
    await runUninterrupted(async () => {
      for (const part of this.parts) await part.remove(id);
      // Known by the name: whoever has the address next is to hear of the devices of this owner.
      await this.#forgetDevices(removed.email);
    });
  }

  /** Makes an account. Throws `AUTH_ACCOUNT_EXISTS`, `AUTH_ACCOUNT_ADDRESS`, `AUTH_ACCOUNT_NAME`, `AUTH_ACCOUNT_ROLES`, and what `Passwords.hash` throws. */
  async create({ email, name, roles, password, verified = false }: NewAccount): Promise<Account> {
    // Looked at before the hash: what is wrong is said at once.
    const account = newAccountRecord({ email, name, roles, passwordHash: null, verified }, this.clock.date());
    const context = account.name === null ? [email] : [email, account.name];
    const record = password === undefined ? account : { ...account, passwordHash: await this.hashes.hash(password, { context }) };
    if (!(await this.store.insert(record))) throw AUTH_ERRORS.ACCOUNT_EXISTS();
    this.events.note({ type: 'account.created', outcome: 'success', userId: record.id });
    return toAccount(record);
  }

  /**
   * Makes an account without a password and sends its owner a link to choose one: random, good once and for 24 hours (ASVS 5.0, 6.4.1). For
   * an account that was never confirmed, another link. Throws as `create` does.
   */
  async invite(account: Omit<NewAccount, 'password' | 'verified'>): Promise<Account> {
    const found = await this.store.findByKey(readAddress(account.email).key);
    if (found && (found.passwordHash !== null || found.emailVerifiedAt !== null)) throw AUTH_ERRORS.ACCOUNT_EXISTS();
    const invited = found ? toAccount(found) : await this.create(account);
    await this.passwords.invite(await this.#record(invited.id));
    this.events.note({ type: 'account.invited', outcome: 'success', userId: invited.id });
    return invited;
  }

  /** Closes an account: nobody can sign in to it, and everybody is signed out (ASVS 5.0, 7.4.2). Throws `AUTH_ACCOUNT_NONE`. */
  async disable(id: string): Promise<Account> {
    return runUninterrupted(async () => {
      const account = await this.store.transaction(async () => {
        const disabled = await this.#change(id, { disabledAt: this.clock.date() });
        await this.sessions.endAll(id);
        return disabled;
      });
      // Of a sign-in at the same time, which would be open again with the account.
      await this.sessions.endAll(id);
      this.events.note({ type: 'account.disabled', outcome: 'success', userId: id });
      return account;
    });
  }

  /** Opens a closed account again. Throws `AUTH_ACCOUNT_NONE`. */
  async enable(id: string): Promise<Account> {
    const account = await this.#change(id, { disabledAt: null });
    this.events.note({ type: 'account.enabled', outcome: 'success', userId: id });
    return account;
  }

  /**
   * Gives an account these roles and no others. They hold from the next request on, in sessions that are open too, since guards look the
   * user up each time (ASVS 5.0, 8.3.2). Throws `AUTH_ACCOUNT_ROLES`, `AUTH_ACCOUNT_NONE`.
   */
  async setRoles(id: string, roles: readonly string[]): Promise<Account> {
    const account = await this.#change(id, { roles: readRoles(roles) });
    this.events.note({
      type: 'account.roles-changed',
      outcome: 'success',
      userId: id,
      details: { roles: account.roles.join(' ').slice(0, 500) },
    });
    return account;
  }

  /** The account with this id, closed ones too. */
  async find(id: string): Promise<Account | undefined> {
    const record = await this.store.find(id);
    return record && toAccount(record);
  }

  /** The account with this address, in any letter case, closed ones too. */
  async findByEmail(email: string): Promise<Account | undefined> {
    const address = findAddress(email);
    const record = address && (await this.store.findByKey(address.key));
    return record && toAccount(record);
  }

  /** A page of accounts, closed ones too, those made first before the others. */
  async list({ search, after, limit = 20 }: ListAccountsOptions = {}): Promise<readonly Account[]> {
    const most = Number.isInteger(limit) ? Math.min(Math.max(limit, 1), 100) : 20;
    const which = { ...(search !== undefined && search !== '' && { search: addressKey(search) }), ...(after !== undefined && { after }) };
    return (await this.store.list({ ...which, limit: most })).map(toAccount);
  }

  async #change(id: string, changes: AccountChanges): Promise<Account> {
    await this.store.update(id, changes);
    return toAccount(await this.#record(id));
  }

  // Where the caller has a transaction and SQLite one connection that writes, nothing can be counted: no reason to keep the account.
  async #forgetDevices(email: string): Promise<void> {
    try {
      await this.devices.forget(email);
    } catch (error) {
      if (!AUTH_ERRORS.IN_TRANSACTION.is(error)) throw error;
    }
  }

  async #record(id: string): Promise<AccountRecord> {
    const record = await this.store.find(id);
    if (!record) throw AUTH_ERRORS.ACCOUNT_NONE({ id });
    return record;
  }
}
