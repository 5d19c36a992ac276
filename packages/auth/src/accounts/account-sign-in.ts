import { Injectable, runUninterrupted } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { Passwords } from '../password/passwords.js';
import { Throttle } from '../protect/throttle.js';
import { clearSessionCookie, readOneCookie } from '../session/session-cookie.js';
import { Sessions } from '../session/sessions.js';
import { SignIns, type SignIn, type SignInContext } from '../sign-in/sign-ins.js';
import { PasswordSignIn } from '../user/password-sign-in.js';
import type { SignInRecord, SignInSource } from '../user/users.js';
import { toAccount, type Account, type AccountRecord } from './account.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';
import { findAddress } from './address.js';

/** What a user signs in with. */
export interface AccountCredentials {
  readonly email: string;
  readonly password: string;
  /** "Remember me": the longer lifetimes. */
  readonly remember?: boolean | undefined;
}

/** Signing in by address and password. */
@Injectable({ deps: [ACCOUNT_STORE, PasswordSignIn, Throttle, SignIns, Passwords, Sessions] })
export class AccountSignIn {
  constructor(
    private readonly store: AccountStore,
    private readonly passwords: PasswordSignIn,
    private readonly throttle: Throttle,
    private readonly signIns: SignIns,
    private readonly hashes: Passwords,
    private readonly sessions: Sessions,
  ) {}

  /** See `Accounts.signIn`. A closed account answers as one that does not exist. */
  async signIn({ email, password, remember = false }: AccountCredentials, context: SignInContext): Promise<SignIn> {
    // Before an attempt is counted: whoever comes with several cookies cannot be signed in.
    readOneCookie(context);
    const name = findAddress(email)?.email ?? email;
    // The device is known when the sign-in is complete, with the second factor.
    const options = { throttle: this.throttle, context, trust: false };
    const open = new OpenAccounts(this.store);
    const { id, email: address } = await this.passwords.check(open, name, password, options);
    // Hashes take long, and wait for each other: a reset meanwhile has ended the sessions that there were, and this would be one more.
    const hash = await this.#present(id, password, open.checked);
    const signIn = await this.signIns.complete({ userId: id, name: address, methods: ['pwd'], remember }, context);
    await runUninterrupted(() => this.#keepOnly(signIn, hash, context));
    return signIn;
  }

  /** The hash that the account has by now. Throws `AUTH_CREDENTIALS` where this is not its password any more. */
  async #present(id: string, password: string, checked: string | null): Promise<string> {
    const record = await this.store.find(id);
    if (record?.disabledAt !== null || record.passwordHash === null) throw AUTH_ERRORS.CREDENTIALS();
    // Another may be a better one of the same password, which another sign-in has made.
    const same = record.passwordHash === checked || (await this.hashes.verify(password, record.passwordHash)).ok;
    if (!same) throw AUTH_ERRORS.CREDENTIALS();
    return record.passwordHash;
  }

  // Once more when there is a session: what ends sessions has either seen it, or has changed the account before.
  async #keepOnly({ session }: SignIn, hash: string, context: SignInContext): Promise<void> {
    const record = await this.store.find(session.userId);
    if (record?.disabledAt === null && record.passwordHash === hash) return;
    await this.sessions.revoke(session.userId, session.id);
    clearSessionCookie(context);
    throw AUTH_ERRORS.CREDENTIALS();
  }
}

/** The accounts that somebody may sign in to, for one attempt. */
class OpenAccounts implements SignInSource<Account> {
  readonly #store: AccountStore;
  #found: AccountRecord | undefined;
  #replaced: string | undefined;

  constructor(store: AccountStore) {
    this.#store = store;
  }

  /** The hash that the password was checked against, or the better one that has taken its place. */
  get checked(): string | null {
    return this.#replaced ?? this.#found?.passwordHash ?? null;
  }

  async findForSignIn(email: string): Promise<SignInRecord<Account> | undefined> {
    const key = findAddress(email)?.key ?? email;
    const record = await this.#store.findByKey(key);
    this.#found = record?.disabledAt === null ? record : undefined;
    return this.#found && { user: toAccount(this.#found), passwordHash: this.#found.passwordHash };
  }

  // Only where it is still the hash that was checked: a password that was changed meanwhile must not come back.
  async updatePasswordHash(id: string, passwordHash: string): Promise<void> {
    const done = await this.#store.update(id, { passwordHash }, { passwordHash: this.#found?.passwordHash ?? null });
    if (done === 'done') this.#replaced = passwordHash;
  }
}
