import { guarded, post, SIGN_IN_LIMIT } from '@plinth/http';
import { session } from '../access/session.js';
import { signingOut } from '../access/signing-out.js';
import { stepUp } from '../access/step-up.js';
import { AUTH_ERRORS } from '../errors.js';
import { clearSite } from '../session/session-cookie.js';
import { signInAnswer, toSignInAnswer } from '../sign-in/sign-in-answer.js';
import type { Account } from './account.js';
import type { AccountRoutes } from './account-route-record.js';
import { accountBodies as bodies, nothingSaid, ownAccount, type OwnAccount } from './account-schemas.js';
import { Accounts } from './accounts.js';
import { passwordRoutes } from './password-routes.js';
import { ofPasswords, throttled } from './route-errors.js';

/** Where the routes of accounts are. */
export interface AccountRouteOptions {
  /** What their paths begin with; `/account`. */
  readonly prefix?: string;
}

const tags = ['Account'];
const rateLimit = SIGN_IN_LIMIT;
const deps = [Accounts] as const;
const signedIn = guarded(session);
const sensitive = guarded(session, stepUp());

/**
 * The routes by which people register, sign in, and look after their accounts. List them in the `routes` of a module: all, those you
 * want, or some in the place of others.
 *
 * @example
 * @Module({ imports: [AuthModule, AccountsModule.with({ imports: [mail] })], routes: Object.values(accountRoutes()) })
 * class AppModule {}
 */
export function accountRoutes({ prefix = '/account' }: AccountRouteOptions = {}): AccountRoutes {
  return {
    ...registrationRoutes(prefix),
    ...signInRoutes(prefix),
    ...profileRoutes(prefix),
    ...passwordRoutes(prefix),
    ...emailRoutes(prefix),
  };
}

function registrationRoutes(prefix: string): Pick<AccountRoutes, 'register' | 'confirmRegistration'> {
  return {
    register: post(
      `${prefix}/register`,
      {
        open: true,
        summary: 'Register an address: the account begins when the mail is confirmed',
        tags,
        body: bodies.register,
        returns: { 202: nothingSaid },
        rateLimit,
        errors: [AUTH_ERRORS.ACCOUNT_ADDRESS, AUTH_ERRORS.ACCOUNT_NAME, AUTH_ERRORS.REGISTRATION_CLOSED, AUTH_ERRORS.BUSY, ...ofPasswords],
      },
      async (context, accounts) => {
        await accounts.register(context.body, context);
        return {};
      },
      { deps },
    ),
    confirmRegistration: post(
      `${prefix}/register/confirm`,
      {
        open: true,
        summary: 'Confirm a registration by the link of the mail, and sign in',
        tags,
        body: bodies.confirmRegistration,
        returns: signInAnswer,
        rateLimit,
        errors: [
          AUTH_ERRORS.ONE_TIME_TOKEN,
          AUTH_ERRORS.REGISTRATION_PROOF,
          AUTH_ERRORS.ACCOUNT_PASSWORD_WRONG,
          AUTH_ERRORS.ACCOUNT_EXISTS,
          AUTH_ERRORS.SESSION_COOKIE,
          AUTH_ERRORS.BUSY,
        ],
      },
      async (context, accounts) => toSignInAnswer(await accounts.confirmRegistration(context.body, context)),
      { deps },
    ),
  };
}

function signInRoutes(prefix: string): Pick<AccountRoutes, 'signIn' | 'signOut' | 'verify'> {
  return {
    signIn: post(
      `${prefix}/sign-in`,
      {
        open: true,
        summary: 'Sign in by address and password',
        tags,
        body: bodies.signIn,
        returns: signInAnswer,
        rateLimit,
        errors: [AUTH_ERRORS.CREDENTIALS, AUTH_ERRORS.SESSION_COOKIE, ...throttled],
      },
      async (context, accounts) => toSignInAnswer(await accounts.signIn(context.body, context)),
      { deps },
    ),
    signOut: guarded(signingOut).post(
      `${prefix}/sign-out`,
      { summary: 'Sign out of this browser', tags, returns: { 204: null } },
      async (context, accounts) => {
        await accounts.signOut(context.session);
        clearSite(context);
      },
      { deps },
    ),
    verify: signedIn.post(
      `${prefix}/verify`,
      {
        summary: 'Give the password again, for what needs a recent proof',
        tags,
        body: bodies.password,
        returns: { 204: null },
        rateLimit,
        errors: [AUTH_ERRORS.ACCOUNT_PASSWORD_WRONG, AUTH_ERRORS.ACCOUNT_PASSWORD_NONE, ...throttled],
      },
      (context, accounts) => accounts.verifyPassword(context.user.id, context.body.password, context),
      { deps },
    ),
  };
}

function profileRoutes(prefix: string): Pick<AccountRoutes, 'me' | 'update' | 'remove'> {
  return {
    me: signedIn.get(
      prefix,
      { summary: 'Who is signed in', tags, returns: ownAccount },
      async (context, accounts) => toOwn((await accounts.find(context.user.id)) ?? unknown(context.user.id)),
      { deps },
    ),
    update: signedIn.patch(
      prefix,
      { summary: 'Change your name', tags, body: bodies.update, returns: ownAccount, errors: [AUTH_ERRORS.ACCOUNT_NAME] },
      async (context, accounts) => toOwn(await accounts.rename(context.user.id, context.body.name)),
      { deps },
    ),
    remove: sensitive.del(
      prefix,
      { summary: 'Remove your account and everything in it', tags, returns: { 204: null } },
      async (context, accounts) => {
        await accounts.remove(context.user.id);
        clearSite(context);
      },
      { deps },
    ),
  };
}

function emailRoutes(prefix: string): Pick<AccountRoutes, 'changeEmail' | 'confirmEmail'> {
  const path = `${prefix}/email`;
  return {
    changeEmail: sensitive.post(
      path,
      {
        summary: 'Ask for a mail to a new address',
        tags,
        body: bodies.email,
        returns: { 202: nothingSaid },
        rateLimit,
        errors: [AUTH_ERRORS.ACCOUNT_ADDRESS],
      },
      async (context, accounts) => {
        await accounts.changeEmail(context.user.id, context.body.email);
        return {};
      },
      { deps },
    ),
    confirmEmail: signedIn.post(
      `${path}/confirm`,
      {
        summary: 'Change your address by the link of the mail',
        tags,
        body: bodies.token,
        returns: { 204: null },
        rateLimit,
        errors: [AUTH_ERRORS.ONE_TIME_TOKEN, AUTH_ERRORS.ACCOUNT_EXISTS],
      },
      (context, accounts) => accounts.confirmEmail(context.user.id, context.body.token, context),
      { deps },
    ),
  };
}

function toOwn({ id, email, name, roles, createdAt, hasPassword }: Account): OwnAccount {
  return { id, email, name, roles: [...roles], createdAt: createdAt.toISOString(), hasPassword };
}

// The guard has just found the user: where USERS is of another kind than these accounts, that is a mistake of the program.
function unknown(id: string): never {
  throw AUTH_ERRORS.ACCOUNT_NONE({ id });
}
