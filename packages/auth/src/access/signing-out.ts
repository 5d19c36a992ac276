import { defineGuard, noCredential, type Guard } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { clearSessionCookie, readOneCookie, SESSION_COOKIE } from '../session/session-cookie.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { noteActor } from './note-actor.js';
import { refusePending } from './session.js';

/**
 * A guard for the route that signs out: takes any cookie of a session that is open, also where another request has just changed its token,
 * and while it acts as another user. Refuses with `HTTP_NO_CREDENTIAL`, `AUTH_SESSION_COOKIE`, `AUTH_SESSION_ENDED` (401), and
 * `AUTH_SECOND_FACTOR_NEEDED` (403). @internal
 */
export const signingOut: Guard<{ readonly session: Session }> = defineGuard({
  name: 'signingOut',
  deps: [Sessions],
  security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
  async run(context, sessions) {
    const token = readOneCookie(context);
    if (token === undefined) throw noCredential('You are not signed in: the request has no session cookie.');
    const found = await sessions.ofToken(token);
    if (!found) {
      clearSessionCookie(context);
      throw AUTH_ERRORS.SESSION_ENDED();
    }
    const { session, binding } = found;
    refusePending(session);
    context.byCookie(binding);
    noteActor(session.userId);
    return { session };
  },
});
