import type { Key } from '@plinth/core';
import { guarded, SIGN_IN_LIMIT, type HttpContext, type RouteDefinition } from '@plinth/http';
import { impersonationOf } from '../access/impersonation-state.js';
import { sessionOf, sessionPendingOf } from '../access/session.js';
import { stepUp } from '../access/step-up.js';
import type { UserOf } from '../access/user-of.js';
import { AUTH_ERRORS } from '../errors.js';
import { RecoveryCodes } from '../mfa/recovery-codes.js';
import { Totp } from '../mfa/totp.js';
import { readSessionCookie, setSessionCookie } from '../session/session-cookie.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { USERS, type AuthUser, type UserSource } from '../user/users.js';
import { RECOVERY_CODE } from './second-factors.js';
import { FactorChanges } from './factor-changes.js';
import { codeBody, newRecoveryCodes, secondFactorStatus, totpEnrolment } from './second-factor-schemas.js';
import { SecondFactorSettings } from './second-factor-settings.js';
import { SecondStepLimit } from './second-step-limit.js';
import { signInAnswer, toSignInAnswer } from './sign-in-answer.js';
import { SignIns } from './sign-ins.js';

/** Where the routes of second factors are, and whose they are. */
export interface SecondFactorRouteOptions<Source extends UserSource<unknown> = UserSource<AuthUser>> {
  /** What their paths begin with; `/account`. */
  readonly prefix?: string;
  /** The provider of users. Default: `USERS`. */
  readonly users?: Key<Source>;
  /** What authenticator apps show beside the issuer. Default: the user's `email`, or the id where there is none. */
  readonly accountName?: (user: UserOf<Source>) => string;
}

/** The routes of `secondFactorRoutes`, by name. */
export interface SecondFactorRoutes {
  /** GET /account/second-factor: which factors are set up. */
  readonly status: RouteDefinition;
  /** POST /account/second-factor/totp: begins to set up an authenticator app. After a step-up. */
  readonly enrolTotp: RouteDefinition;
  /** POST /account/second-factor/totp/confirm: puts it in use by its first code. */
  readonly confirmTotp: RouteDefinition;
  /** DELETE /account/second-factor/totp: removes it. After a step-up. */
  readonly disableTotp: RouteDefinition;
  /** POST /account/second-factor/recovery-codes: new recovery codes. After a step-up. */
  readonly makeRecoveryCodes: RouteDefinition;
  /** POST /account/second-factor/verify: a step-up by a code of the app. */
  readonly verifyTotp: RouteDefinition;
  /** POST /account/sign-in/totp: the second step of a sign-in, by a code of the app. */
  readonly signInTotp: RouteDefinition;
  /** POST /account/sign-in/recovery-code: the second step of a sign-in, by a recovery code. */
  readonly signInRecoveryCode: RouteDefinition;
}

const tags = ['Second factor'];
const settingsLimit = { name: 'second-factor', limit: 20, per: '1m', whenDown: 'closed' } as const;
// By account as well: the answer to the first code holds recovery codes.
const confirmLimit = [SIGN_IN_LIMIT, { name: 'second-factor-confirm', by: 'user', limit: 10, per: '10m', whenDown: 'closed' }] as const;
const codeErrors = [AUTH_ERRORS.SECOND_FACTOR_CODE, AUTH_ERRORS.SECOND_FACTOR_LIMIT];
/** Ten minutes to begin after a proof, and ten that an authenticator waits for its first code. */
const CONFIRM_AGE = 1_200;

/**
 * Routes by which users set up authenticator apps and recovery codes, sign in with their codes, and prove with them again who they are.
 * List them in the `routes` of a module: all, or those you want.
 *
 * @example
 * @Module({ imports: [AuthModule], routes: Object.values(secondFactorRoutes()) })
 * class AccountModule {}
 */
export function secondFactorRoutes<Source extends UserSource<unknown> = UserSource<AuthUser>>(
  options: SecondFactorRouteOptions<Source> = {},
): SecondFactorRoutes {
  const { prefix = '/account', accountName } = options;
  const users: Key<UserSource<unknown>> = options.users ?? USERS;
  const nameOf = accountName ? (user: unknown) => accountName(user as UserOf<Source>) : emailOf;
  return { ...settingsRoutes(`${prefix}/second-factor`, users, nameOf), ...signInRoutes(`${prefix}/sign-in`, users) };
}

function settingsRoutes(
  path: string,
  users: Key<UserSource<unknown>>,
  nameOf: (user: unknown) => string | undefined,
): Omit<SecondFactorRoutes, 'signInTotp' | 'signInRecoveryCode'> {
  const signedIn = guarded(sessionOf({ users }));
  const sensitive = guarded(sessionOf({ users }), stepUp());
  const confirming = guarded(sessionOf({ users }), stepUp({ maxAge: CONFIRM_AGE }));
  return {
    status: signedIn.get(
      path,
      { summary: 'Which second factors are set up', tags, returns: secondFactorStatus },
      (context, settings) => settings.status(userIdOf(context)),
      { deps: [SecondFactorSettings] },
    ),
    enrolTotp: sensitive.post(
      `${path}/totp`,
      {
        summary: 'Begin to set up an authenticator app',
        tags,
        returns: totpEnrolment,
        rateLimit: settingsLimit,
        errors: [AUTH_ERRORS.STEP_UP_NEEDED],
      },
      ({ session: { userId }, user }, totp) => totp.enrol(userId, (nameOf(user) ?? userId).toWellFormed()),
      { deps: [Totp] },
    ),
    confirmTotp: confirming.post(
      `${path}/totp/confirm`,
      {
        summary: 'Put the authenticator app in use by its first code; every other session ends',
        tags,
        body: codeBody,
        returns: newRecoveryCodes,
        rateLimit: confirmLimit,
        errors: [AUTH_ERRORS.SECOND_FACTOR_CODE, AUTH_ERRORS.TOTP_ENROLMENT, AUTH_ERRORS.STEP_UP_NEEDED],
      },
      async (context, settings) => ({ recoveryCodes: [...(await settings.confirmTotp(context.body.code, context))] }),
      { deps: [SecondFactorSettings] },
    ),
    disableTotp: sensitive.del(
      `${path}/totp`,
      {
        summary: 'Remove the authenticator app; every other session ends',
        tags,
        returns: { 204: null },
        rateLimit: settingsLimit,
        errors: [AUTH_ERRORS.STEP_UP_NEEDED],
      },
      (context, settings) => settings.disableTotp(context),
      { deps: [SecondFactorSettings] },
    ),
    makeRecoveryCodes: sensitive.post(
      `${path}/recovery-codes`,
      {
        summary: 'Make new recovery codes, which end those before; every other session ends',
        tags,
        returns: newRecoveryCodes,
        rateLimit: settingsLimit,
        errors: [AUTH_ERRORS.RECOVERY_WITHOUT_FACTOR, AUTH_ERRORS.STEP_UP_NEEDED],
      },
      async (context, settings) => ({ recoveryCodes: [...(await settings.makeRecoveryCodes(context))] }),
      { deps: [SecondFactorSettings] },
    ),
    verifyTotp: signedIn.post(
      `${path}/verify`,
      {
        summary: 'Prove again who you are, by a code of the authenticator app',
        tags,
        body: codeBody,
        returns: { 204: null },
        rateLimit: SIGN_IN_LIMIT,
        errors: codeErrors,
      },
      async (context, totp, sessions) => {
        await totp.verify(context.session.userId, context.body.code);
        const confirmed = await sessions.confirm(readSessionCookie(context) ?? '', { methods: ['otp'] });
        if (!confirmed) throw AUTH_ERRORS.SESSION_ENDED();
        setSessionCookie(context, confirmed);
      },
      { deps: [Totp, Sessions] },
    ),
  };
}

function signInRoutes(path: string, users: Key<UserSource<unknown>>): Pick<SecondFactorRoutes, 'signInTotp' | 'signInRecoveryCode'> {
  const halfWay = guarded(sessionPendingOf({ users }));
  const contract = {
    tags,
    body: codeBody,
    returns: signInAnswer,
    rateLimit: SIGN_IN_LIMIT,
    errors: [...codeErrors, AUTH_ERRORS.SECOND_STEP_TRIES],
  } as const;
  return {
    signInTotp: halfWay.post(
      `${path}/totp`,
      { ...contract, summary: 'Complete a sign-in by a code of the authenticator app' },
      async (context, limit, totp, signIns) => {
        const { session, body } = context;
        await limit.check(session, () => totp.verify(session.userId, body.code));
        return toSignInAnswer(await signIns.completeSecondFactor(['otp'], context));
      },
      { deps: [SecondStepLimit, Totp, SignIns] },
    ),
    signInRecoveryCode: halfWay.post(
      `${path}/recovery-code`,
      { ...contract, summary: 'Complete a sign-in by a recovery code' },
      async (context, limit, codes, changes, signIns) => {
        const { session, body } = context;
        const left = await limit.check(session, () => codes.use(session.userId, body.code));
        changes.tell('recovery-code-used', session.userId, context, String(left));
        // A one-time password on paper (RFC 8176, `otp`), which stands in for any factor that was lost: `stepUp` must know it as that.
        return toSignInAnswer(await signIns.completeSecondFactor(['otp', RECOVERY_CODE], context));
      },
      { deps: [SecondStepLimit, RecoveryCodes, FactorChanges, SignIns] },
    ),
  };
}

// Whoever acts as another user looks at what that one has.
function userIdOf(context: HttpContext & { readonly session: Session }): string {
  return impersonationOf(context)?.userId ?? context.session.userId;
}

function emailOf(user: unknown): string | undefined {
  const { email } = user as { readonly email?: unknown };
  return typeof email === 'string' ? email : undefined;
}
