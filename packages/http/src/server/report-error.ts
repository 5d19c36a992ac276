import { loggable } from '../problem/loggable.js';
import type { RouteContext } from '../request/http-context.js';
import { traceOf } from '../trace/trace.js';

/** Where and for whom an error happened. */
export interface ErrorInfo {
  readonly requestId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly method: string;
  /** The pattern of the route; empty without one. */
  readonly route: string;
  /** What the client was answered, or had been answered when it happened. */
  readonly status: number;
  /** The code of the problem; `INTERNAL` for what is no `AppError`. */
  readonly code: string;
  /** The fact `user` of the guards, else the actor of the request context. */
  readonly user: unknown;
  /** Whether an answer had been begun before: the client was not told. */
  readonly late: boolean;
}

/** Is told of errors, as error trackers are. Nobody waits for it. */
export type ErrorReporter = (error: unknown, info: ErrorInfo) => void;

/** Tells the application's `onError` of an error, once per request. What it throws is logged. */
export function reportError(context: RouteContext, error: unknown, code: string, late: boolean): void {
  const { onError } = context.server;
  if (onError === null || context.reported) return;
  context.reported = true;
  try {
    const { id, method, route, status, ownActor } = context;
    const { traceId, spanId } = traceOf(context);
    const user = (context as { readonly user?: unknown }).user ?? ownActor;
    const told: unknown = onError(error, { requestId: id, traceId, spanId, method, route, status, code, user, late });
    // A function that is async all the same must not end the process.
    if (told instanceof Promise) told.catch((cause: unknown) => logFailure(context, cause));
  } catch (cause) {
    logFailure(context, cause);
  }
}

function logFailure({ server, id }: RouteContext, cause: unknown): void {
  server.logger.error({ err: loggable(cause), requestId: id }, 'onError has failed');
}
