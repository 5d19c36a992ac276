import { defineGuard, noCredential, type Guard } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { IMPERSONATION_DATA, Sessions } from '../session/sessions.js';
import { readSessionCookie, SESSION_COOKIE } from '../session/session-cookie.js';
import type { Session } from '../session/session.js';

/** What `impersonated` adds to the handler's context. */
export interface ImpersonatedFacts {
  readonly session: Session;
}

/**
 * A guard for the route that ends an impersonation: takes the cookie of a session that acts as another user, be its time over, and no
 * other. Refuses with `HTTP_NO_CREDENTIAL`, `AUTH_SESSION_ENDED` (401), `AUTH_IMPERSONATION_NONE` (403).
 *
 * @example
 * const acting = guarded(impersonated);
 */
export const impersonated: Guard<ImpersonatedFacts> = defineGuard({
  name: 'impersonated',
  deps: [Sessions],
  security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
  async run(context, sessions): Promise<ImpersonatedFacts> {
    const token = readSessionCookie(context);
    if (token === undefined) throw noCredential('You are not signed in: the request has no session cookie.');
    const used = await sessions.use(token);
    if (used.state !== 'open') throw AUTH_ERRORS.SESSION_ENDED();
    if (used.session.data[IMPERSONATION_DATA] === undefined) throw AUTH_ERRORS.IMPERSONATION_NONE();
    context.byCookie(used.binding);
    return { session: used.session };
  },
});
