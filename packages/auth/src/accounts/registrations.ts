import { timingSafeEqual } from 'node:crypto';
import { CLOCK, Injectable, runUninterrupted, type Clock } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { OneTimeTokens } from '../one-time/one-time-tokens.js';
import { Passwords } from '../password/passwords.js';
import { SecurityEvents } from '../protect/security-events.js';
import { readOneCookie } from '../session/session-cookie.js';
import { SignIns, type SignIn, type SignInContext } from '../sign-in/sign-ins.js';
import { createOpaqueToken, hashOpaqueToken } from '../token/opaque-token.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';
import type { AccountRecord } from './account.js';
import { AccountMailer } from './account-mailer.js';
import { ACCOUNT_SETTINGS, type AccountSettings } from './accounts-settings.js';
import { readAddress } from './address.js';
import { MailLimit } from './mail-limit.js';
import { newAccountRecord } from './new-account-record.js';
import { NOBODY, REGISTER } from './purposes.js';
import { readName } from './read-name.js';

/** What somebody gives to get an account. */
export interface NewRegistration {
  readonly email: string;
  readonly password: string;
  readonly name?: string | null | undefined;
}

/** What the link in the mail gives; the password where it is opened in another browser than the one that registered. */
export interface RegistrationProof {
  readonly token: string;
  readonly password?: string | undefined;
}

/** What a registration keeps until it is confirmed. Nobody has the address before. */
interface Waiting {
  readonly email: string;
  readonly name: string | null;
  readonly passwordHash: string;
  /** The hash of the secret in the browser that registered. */
  readonly browser: string;
}

/** The cookie of the browser that registered. It opens nothing by itself. */
const REGISTRATION_COOKIE = '__Host-registration';
const DAY = 86_400;

/**
 * Registration by confirmed address. Before the confirmation there is no account: nobody can take an address that is not theirs. And who
 * confirms must have chosen the password: a stranger who registers your address, with a password of theirs, cannot have you open it.
 */
@Injectable({
  deps: [ACCOUNT_STORE, OneTimeTokens, Passwords, MailLimit, AccountMailer, SignIns, ACCOUNT_SETTINGS, SecurityEvents, CLOCK],
})
export class Registrations {
  constructor(
    private readonly store: AccountStore,
    private readonly tokens: OneTimeTokens,
    private readonly passwords: Passwords,
    private readonly limit: MailLimit,
    private readonly mailer: AccountMailer,
    private readonly signIns: SignIns,
    private readonly settings: AccountSettings,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  /** See `Accounts.register`. Whether there is such an account changes neither the answer nor what is done for it. */
  async register({ email, password, name }: NewRegistration, context: Pick<HttpContext, 'setCookie'>): Promise<void> {
    if (!this.settings.open) throw AUTH_ERRORS.REGISTRATION_CLOSED();
    const address = readAddress(email);
    const given = readName(name);
    const passwordHash = await this.passwords.hash(password, { context: given === null ? [email] : [email, given] });
    const allowed = await this.limit.take('registration', address.email);
    const known = await this.store.findByKey(address.key);
    const browser = createOpaqueToken();
    const token = await this.#issue({ email: address.email, name: given, passwordHash, browser: hashOpaqueToken(browser) }, known);
    setCookie(context, browser, DAY);
    const link = this.mailer.linkTo('confirm', token);
    if (!allowed) return;
    // To the address that is stored: one that differs from it in a letter's form may be the mailbox of somebody else.
    if (known) this.mailer.post('alreadyRegistered', { email: known.email, name: known.name, link: this.mailer.home });
    else this.mailer.post('confirm', { email: address.email, link, minutes: DAY / 60 });
  }

  /** See `Accounts.confirmRegistration`. */
  async confirm({ token, password }: RegistrationProof, context: SignInContext): Promise<SignIn> {
    // First, for an account that was made could not be confirmed once more.
    readOneCookie(context);
    const { data } = await this.tokens.find(REGISTER, token);
    const { email, name, passwordHash, browser } = data as unknown as Waiting;
    await this.#prove({ passwordHash, browser }, password, context);
    const record = newAccountRecord({ email, name, passwordHash, verified: true }, this.clock.date());
    await runUninterrupted(() =>
      this.store.transaction(async () => {
        await this.tokens.take(REGISTER, token);
        if (!(await this.store.insert(record))) throw AUTH_ERRORS.ACCOUNT_EXISTS();
      }),
    );
    this.events.note({ type: 'account.registered', outcome: 'success', userId: record.id, ip: context.ip });
    setCookie(context, '', 0);
    // The link in the mail is the proof, which RFC 8176 has no name for.
    return this.signIns.complete({ userId: record.id, name: email, methods: password === undefined ? ['email'] : ['pwd'] }, context);
  }

  // For an address that somebody has, a token that is good for nothing: the store has the same to do.
  async #issue(waiting: Waiting, known: AccountRecord | undefined): Promise<string> {
    const kept = known ? { ...waiting, passwordHash: '-'.repeat(waiting.passwordHash.length) } : waiting;
    const data: Readonly<Record<string, unknown>> = { ...kept };
    const issued = await this.tokens.issue({ purpose: known ? NOBODY : REGISTER, subject: waiting.browser, lifetime: DAY, data });
    return issued.token;
  }

  async #prove(
    { passwordHash, browser }: Pick<Waiting, 'passwordHash' | 'browser'>,
    password: string | undefined,
    context: SignInContext,
  ): Promise<void> {
    const secret = context.cookie(REGISTRATION_COOKIE) ?? '';
    if (password === undefined) {
      if (timingSafeEqual(Buffer.from(hashOpaqueToken(secret)), Buffer.from(browser))) return;
      throw AUTH_ERRORS.REGISTRATION_PROOF();
    }
    if (!(await this.passwords.verify(password, passwordHash)).ok) throw AUTH_ERRORS.ACCOUNT_PASSWORD_WRONG();
  }
}

function setCookie(context: Pick<HttpContext, 'setCookie'>, value: string, maxAge: number): void {
  context.setCookie(REGISTRATION_COOKIE, value, { maxAge, secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
}
