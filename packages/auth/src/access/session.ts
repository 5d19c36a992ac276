import { currentContext, type Key } from '@plinth/core';
import { defineGuard, noCredential, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { clearSessionCookie, readSessionCookie, SESSION_COOKIE } from '../session/session-cookie.js';
import { hashSessionToken } from '../session/session-token.js';
import { Sessions, type Session } from '../session/sessions.js';
import { USERS, type AuthUser, type UserSource } from '../user/users.js';
import type { GuardUsers, UserOf } from './user-of.js';

/** What `session` adds to the handler's context. */
export interface SessionFacts<User> {
  readonly user: User;
  readonly session: Session;
}

/**
 * A guard that takes the session cookie and adds its user, whom `users.findById` finds. Unsafe methods must come from this site.
 * Refuses with `HTTP_NO_CREDENTIAL`, `AUTH_SESSION_COOKIE` or `AUTH_SESSION_ENDED` (401); the server then with `HTTP_CROSS_SITE` (403).
 *
 * @example
 * const signedIn = guarded(sessionOf({ users: Users }));
 */
export function sessionOf<Source extends UserSource<unknown>>(options: GuardUsers<Source>): Guard<SessionFacts<UserOf<Source>>>;
export function sessionOf(options: GuardUsers<UserSource<unknown>>): Guard<SessionFacts<unknown>> {
  const users: Key<UserSource<unknown>> = options.users;
  return defineGuard({
    name: 'session',
    deps: [Sessions, users],
    security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
    async run(context, sessions, source): Promise<SessionFacts<unknown>> {
      const token = readOneCookie(context);
      if (token === undefined) throw noCredential('You are not signed in: the request has no session cookie.');
      const session = (await sessions.read(token)) ?? ended(context);
      const user = await source.findById(session.userId);
      if (user === undefined || user === null) {
        await sessions.end(token);
        ended(context);
      }
      // By the secret, not the id: a rotated session has other CSRF tokens.
      context.byCookie(hashSessionToken(token));
      const current = currentContext();
      if (current) current.actor = session.userId;
      return { user, session };
    },
  });
}

/** `sessionOf` for the users that the application provides as `USERS`. */
export const session: Guard<SessionFacts<AuthUser>> = sessionOf({ users: USERS });

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
