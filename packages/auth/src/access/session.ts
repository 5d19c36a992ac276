import { currentContext, optionalDep, type Key } from '@plinth/core';
import { defineGuard, noCredential, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { clearSessionCookie, readSessionCookie, SESSION_COOKIE, setSessionCookie } from '../session/session-cookie.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { USERS, type AuthUser, type UserSource } from '../user/users.js';
import { enterImpersonation } from './impersonation-state.js';
import { Impersonation } from './impersonation.js';
import type { GuardUsers, UserOf } from './user-of.js';

/** What `session` adds to the handler's context. */
export interface SessionFacts<User> {
  readonly user: User;
  readonly session: Session;
}

/**
 * A guard that takes the session cookie and adds its user, whom `users.findById` finds. Unsafe methods must come from this site.
 * Refuses with `HTTP_NO_CREDENTIAL`, `AUTH_SESSION_COOKIE` or `AUTH_SESSION_ENDED` (401), with `AUTH_SECOND_FACTOR_NEEDED` (403) when the
 * session waits for one; the server then with `HTTP_CROSS_SITE` (403). Sends the new cookie of a remembered session after a rest.
 *
 * @example
 * const signedIn = guarded(sessionOf({ users: Users }));
 */
export function sessionOf<Source extends UserSource<unknown>>(options: GuardUsers<Source>): Guard<SessionFacts<UserOf<Source>>>;
export function sessionOf(options: GuardUsers<UserSource<unknown>>): Guard<SessionFacts<unknown>> {
  return sessionGuard('session', options.users, (found) => {
    if (found.pending) throw AUTH_ERRORS.SECOND_FACTOR_NEEDED({}, { extensions: { methods: found.auth.methods } });
  });
}

/** `sessionOf` for the users that the application provides as `USERS`. */
export const session: Guard<SessionFacts<AuthUser>> = sessionOf({ users: USERS });

/**
 * A guard for the second step of a sign-in: takes the cookie of a session that was started with `pending: true`, and no other.
 * Refuses with `HTTP_NO_CREDENTIAL`, `AUTH_SESSION_COOKIE`, `AUTH_SESSION_ENDED` (401), and `AUTH_NOTHING_PENDING` (403).
 *
 * @example
 * const halfWay = guarded(sessionPendingOf({ users: Users }));
 */
export function sessionPendingOf<Source extends UserSource<unknown>>(options: GuardUsers<Source>): Guard<SessionFacts<UserOf<Source>>>;
export function sessionPendingOf(options: GuardUsers<UserSource<unknown>>): Guard<SessionFacts<unknown>> {
  return sessionGuard('sessionPending', options.users, (found) => {
    if (!found.pending) throw AUTH_ERRORS.NOTHING_PENDING();
  });
}

/** `sessionPendingOf` for the users that the application provides as `USERS`. */
export const sessionPending: Guard<SessionFacts<AuthUser>> = sessionPendingOf({ users: USERS });

function sessionGuard(name: string, users: Key<UserSource<unknown>>, check: (found: Session) => void): Guard<SessionFacts<unknown>> {
  return defineGuard({
    name,
    deps: [Sessions, users, optionalDep(Impersonation)],
    security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
    async run(context, sessions, source, impersonation): Promise<SessionFacts<unknown>> {
      const token = readOneCookie(context);
      if (token === undefined) throw noCredential('You are not signed in: the request has no session cookie.');
      const used = await sessions.use(token);
      // Its client has been sent another cookie, which must not be taken away from it.
      if (used.state === 'replaced') throw AUTH_ERRORS.SESSION_ENDED();
      if (used.state === 'over') ended(context);
      const { session: found, renewed } = used;
      check(found);
      const acting = await impersonation?.check(found);
      const user = await source.findById(acting?.userId ?? found.userId);
      if (user === undefined || user === null) {
        await sessions.revoke(found.userId, found.id);
        ended(context);
      }
      if (renewed) setSessionCookie(context, renewed);
      // By the secret, not the id: after a change of rights a session has other CSRF tokens.
      context.byCookie(used.binding);
      const current = currentContext();
      if (current) current.actor = acting ? `${found.userId} as ${acting.userId}` : found.userId;
      if (acting) enterImpersonation(context, acting);
      return { user, session: found };
    },
  });
}

// With several cookies the browser could never sign in again: they are taken away.
function readOneCookie(context: GuardContext): string | undefined {
  try {
    return readSessionCookie(context);
  } catch (error) {
    clearSessionCookie(context);
    throw error;
  }
}

function ended(context: GuardContext): never {
  clearSessionCookie(context);
  throw AUTH_ERRORS.SESSION_ENDED();
}
