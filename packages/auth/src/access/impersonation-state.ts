import { defineGuard, type Guard, type HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';

/** Somebody who acts as somebody else. */
export interface Impersonating {
  /** The real person: whose session it is. */
  readonly actorId: string;
  /** Whom they act as: the `user` of the guards. */
  readonly userId: string;
  readonly reason: string;
  readonly since: Date;
  /** From then on the session refuses everything until the impersonation is ended. */
  readonly until: Date;
}

type Request = HttpContext['request'];

// By request and not in the request context, which routes may go without.
const running = new WeakMap<Request, Impersonating>();
const permitted = new WeakSet<Request>();
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A guard for routes that may be used while acting as somebody else although they change something, or want a step-up. It stands to the
 * left of `session`.
 *
 * @example
 * const supportToo = guarded(impersonable, session);
 */
export const impersonable: Guard = defineGuard({
  name: 'impersonable',
  run(context): void {
    permitted.add(context.request);
  },
});

/** Notes that a request acts as somebody else; refuses it with `AUTH_IMPERSONATING` (403) where it could change something. @internal */
export function enterImpersonation(context: HttpContext, impersonating: Impersonating): void {
  running.set(context.request, impersonating);
  if (!SAFE.has(context.method)) refuseImpersonated(context);
  context.log.info({ actor: impersonating.actorId, user: impersonating.userId }, 'this request acts as another user');
}

/** Throws `AUTH_IMPERSONATING` while acting as somebody else, but for routes that are `impersonable`. @internal */
export function refuseImpersonated(context: HttpContext): void {
  if (running.has(context.request) && !permitted.has(context.request)) throw AUTH_ERRORS.IMPERSONATING();
}

/** As whom a request acts, if not as its own user: for handlers and services that must tell. */
export function impersonationOf(context: HttpContext): Impersonating | undefined {
  return running.get(context.request);
}
