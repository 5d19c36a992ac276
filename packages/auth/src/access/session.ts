import { optionalDep, type Key } from '@plinth/core';
import { defineGuard, noCredential, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { clearSessionCookie, readOneCookie, SESSION_COOKIE, setSessionCookie } from '../session/session-cookie.js';
import { SESSION_GATE } from '../session/session-gate-providers.js';
import type { SessionGate } from '../session/session-gate.js';
import type { OpenSession, UsedSession } from '../session/session-use.js';
import type { Session } from '../session/session.js';
import { USERS, type AuthUser, type UserSource } from '../user/users.js';
import { enterImpersonation, type Impersonating } from './impersonation-state.js';
import { Impersonation } from './impersonation.js';
import { isThenable } from './is-thenable.js';
import { noteActor } from './note-actor.js';
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
  return sessionGuard('session', options.users, refusePending);
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
    deps: [SESSION_GATE, users, optionalDep(Impersonation)],
    security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
    run(context, gate, source, impersonation): SessionFacts<unknown> | Promise<SessionFacts<unknown>> {
      const token = readOneCookie(context);
      if (token === undefined) throw noCredential('You are not signed in: the request has no session cookie.');
      const parts = { context, gate, source, impersonation, check };
      const used = gate.use(token, context);
      return isThenable(used) ? openLater(parts, used) : open(parts, used);
    },
  });
}

interface GateParts {
  readonly context: GuardContext;
  readonly gate: SessionGate;
  readonly source: UserSource<unknown>;
  readonly impersonation: Impersonation | undefined;
  readonly check: (found: Session) => void;
}

async function openLater(parts: GateParts, used: Promise<UsedSession>): Promise<SessionFacts<unknown>> {
  return open(parts, await used);
}

// Straight through where sessions and users are known at once: this runs with every request.
function open(parts: GateParts, used: UsedSession): SessionFacts<unknown> | Promise<SessionFacts<unknown>> {
  // Its client has been sent another cookie, which must not be taken away from it.
  if (used.state === 'replaced') throw AUTH_ERRORS.SESSION_ENDED();
  if (used.state === 'over') ended(parts.context);
  const { session: found } = used;
  parts.check(found);
  if (parts.impersonation !== undefined) return openActing(parts, used, parts.impersonation);
  const user = parts.source.findById(found.userId);
  if (isThenable(user)) return enterLater(parts, used, user);
  return user === undefined || user === null ? endUserless(parts, found) : enter(parts.context, used, user, undefined);
}

async function openActing(parts: GateParts, used: OpenSession, impersonation: Impersonation): Promise<SessionFacts<unknown>> {
  const acting = await impersonation.check(used.session);
  const user = await parts.source.findById(acting?.userId ?? used.session.userId);
  return user === undefined || user === null ? endUserless(parts, used.session) : enter(parts.context, used, user, acting);
}

async function enterLater(parts: GateParts, used: OpenSession, finding: PromiseLike<unknown>): Promise<SessionFacts<unknown>> {
  const user = await finding;
  return user === undefined || user === null ? endUserless(parts, used.session) : enter(parts.context, used, user, undefined);
}

function enter(context: GuardContext, used: OpenSession, user: unknown, acting: Impersonating | undefined): SessionFacts<unknown> {
  const { session: found, renewed } = used;
  if (renewed) setSessionCookie(context, renewed);
  // By the secret, not the id: after a change of rights a session has other CSRF tokens.
  context.byCookie(used.binding);
  noteActor(acting ? `${found.userId} as ${acting.userId}` : found.userId);
  if (acting) enterImpersonation(context, acting);
  return { user, session: found };
}

async function endUserless({ gate, context }: GateParts, found: Session): Promise<never> {
  await gate.revoke(found, context);
  return ended(context);
}

/** Throws `AUTH_SECOND_FACTOR_NEEDED` for a session that opens nothing but the second step. @internal */
export function refusePending({ pending, auth }: Session): void {
  if (pending) throw AUTH_ERRORS.SECOND_FACTOR_NEEDED({}, { extensions: { methods: auth.methods } });
}

function ended(context: GuardContext): never {
  clearSessionCookie(context);
  throw AUTH_ERRORS.SESSION_ENDED();
}
