import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import { watchDeadlines } from './deadlines.js';
import { fail } from './fail.js';
import { finish } from './finish.js';

/** Lets a request wait for something: from now on it counts as open, has a deadline, and ends when its client goes. */
export function wait(context: RouteContext, waiting: Promise<void>): void {
  context.open();
  watchDeadlines(context.server);
  context.response.on('close', () => onClose(context));
  waiting.then(undefined, (error: unknown) => fail(context, error));
}

/** The connection ended before the answer did: nobody waits any more, and the handler's signal says so. */
function onClose(context: RouteContext): void {
  if (context.response.writableFinished) return;
  // After a failure of ours it is the server that has left.
  context.left = context.failure === undefined;
  context.abort(new DOMException('The client has closed the connection.', 'AbortError'));
  if (context.answered) return;
  context.answered = true;
  context.status = 499;
  finish(context, context.request.complete ? undefined : HTTP_ERRORS.BODY_CUT.code);
}
