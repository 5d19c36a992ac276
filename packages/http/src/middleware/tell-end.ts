import type { IncomingMessage } from 'node:http';

/**
 * A request without a body has ended before anybody saw it (`optimizeEmptyRequests`), and says so no more. Code that waits for its end
 * is told all the same.
 */
export function tellEnd(request: IncomingMessage): void {
  if (!request.readableEnded) return;
  request.on('newListener', (event: string, listener: () => void) => {
    if (event === 'end') process.nextTick(() => listener.call(request));
  });
}
