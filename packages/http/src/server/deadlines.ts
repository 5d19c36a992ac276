import { HTTP_ERRORS } from '../errors.js';
import { forEachOpen } from '../request/open-requests.js';
import type { RouteContext } from '../request/http-context.js';
import { fail } from './fail.js';
import type { ServerState } from './server-state.js';

/** Milliseconds between two looks at the open requests: one timer for all of them instead of one each. */
const PERIOD = 100;

const watched = new WeakMap<ServerState, NodeJS.Timeout>();

/** Sees to it that requests that wait too long are answered with 503 (`HTTP_DEADLINE`), or 408 (`HTTP_REQUEST_TIMEOUT`) while their body arrives, and their signals aborted. */
export function watchDeadlines(server: ServerState): void {
  if (watched.has(server)) return;
  const timer = setInterval(() => {
    if (server.openRequests.count === 0) {
      clearInterval(timer);
      watched.delete(server);
    } else endExpired(server);
  }, PERIOD);
  timer.unref();
  watched.set(server, timer);
}

function endExpired(server: ServerState): void {
  const now = performance.now();
  forEachOpen(server.openRequests, (context) => {
    if (context.expiresAt !== 0 && context.expiresAt <= now) expire(context);
  });
}

function expire(context: RouteContext): void {
  // A client that sends its body drop by drop is told so, and loses its connection: the rest of it may never come.
  if (context.reading) context.last = true;
  const error = context.reading ? HTTP_ERRORS.REQUEST_TIMEOUT() : HTTP_ERRORS.DEADLINE({ ms: context.plan?.timeout });
  fail(context, error);
  context.abort(new DOMException(error.message, 'TimeoutError'));
}
