import { guarded, post, SIGN_IN_LIMIT } from '@plinth/http';
import { session } from '../access/session.js';
import { stepUp } from '../access/step-up.js';
import { AUTH_ERRORS } from '../errors.js';
import type { AccountRoutes } from './account-route-record.js';
import { accountBodies as bodies, nothingSaid } from './account-schemas.js';
import { Accounts } from './accounts.js';
import { ofPasswords, throttled } from './route-errors.js';

const tags = ['Account'];
const rateLimit = SIGN_IN_LIMIT;
const deps = [Accounts] as const;

/** The routes by which passwords are changed, forgotten and set. */
export function passwordRoutes(prefix: string): Pick<AccountRoutes, 'changePassword' | 'forgotPassword' | 'resetPassword' | 'setPassword'> {
  const path = `${prefix}/password`;
  return {
    changePassword: guarded(session).post(
      path,
      {
        summary: 'Change your password: other browsers are signed out',
        tags,
        body: bodies.changePassword,
        returns: { 204: null },
        rateLimit,
        errors: [
          AUTH_ERRORS.ACCOUNT_PASSWORD_WRONG,
          AUTH_ERRORS.ACCOUNT_PASSWORD_NONE,
          AUTH_ERRORS.ACCOUNT_CONFLICT,
          ...throttled,
          ...ofPasswords,
        ],
      },
      (context, accounts) => accounts.changePassword(context.user.id, context.body, context),
      { deps },
    ),
    forgotPassword: post(
      `${path}/forgot`,
      {
        open: true,
        summary: 'Ask for a mail with a link for a new password',
        tags,
        body: bodies.email,
        returns: { 202: nothingSaid },
        rateLimit,
      },
      async (context, accounts) => {
        await accounts.forgotPassword(context.body.email, context);
        return {};
      },
      { deps },
    ),
    resetPassword: post(
      `${path}/reset`,
      {
        open: true,
        summary: 'Set a new password by the link of a mail: everybody is signed out',
        tags,
        body: bodies.resetPassword,
        returns: { 204: null },
        rateLimit,
        errors: [AUTH_ERRORS.ONE_TIME_TOKEN, AUTH_ERRORS.BUSY, ...ofPasswords],
      },
      (context, accounts) => accounts.resetPassword(context.body, context),
      { deps },
    ),
    setPassword: guarded(session, stepUp()).post(
      `${path}/set`,
      {
        summary: 'Give your account a password, where it has none',
        tags,
        body: bodies.password,
        returns: { 204: null },
        rateLimit,
        errors: [AUTH_ERRORS.ACCOUNT_PASSWORD_EXISTS, AUTH_ERRORS.ACCOUNT_CONFLICT, AUTH_ERRORS.BUSY, ...ofPasswords],
      },
      (context, accounts) => accounts.setPassword(context.user.id, context.body.password, context),
      { deps },
    ),
  };
}
