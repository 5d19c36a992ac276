import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import { fail } from '../server/fail.js';

/**
 * Lets code that is not ours read the body up to a limit in bytes. An announced size above it is refused before anything is read
 * (`HTTP_BODY_TOO_LARGE`); one that comes in chunks is counted as it arrives, answered so too, and ends what reads it.
 */
export function limitBody(context: RouteContext, limit: number): void {
  const { request } = context;
  if (context.bodyLength > limit && context.bodyLength !== Infinity) {
    context.last = true;
    throw HTTP_ERRORS.BODY_TOO_LARGE({ limit });
  }
  if (context.expectsContinue) context.response.writeContinue();
  if (context.bodyLength !== Infinity) return;
  let size = 0;
  const { push } = request;
  // Counted where it comes in, not by a listener: that would make it flow before anybody reads it.
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    size += chunk?.byteLength ?? 0;
    if (size <= limit) return push.call(request, chunk, encoding);
    if (!context.answered) {
      context.last = true;
      fail(context, HTTP_ERRORS.BODY_TOO_LARGE({ limit }));
      // What waits for the rest must end: there will be none.
      request.emit('aborted');
      push.call(request, null);
    }
    return false;
  };
}
