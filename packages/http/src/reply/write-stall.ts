import type { RouteContext } from '../request/http-context.js';

/**
 * Starts the write-stall limit where an answer did not fit into the socket's buffers. The socket's timer starts again with each
 * progress; when it fires, `create-server` ends the connection. Answers that went out at once cost one comparison.
 */
export function watchStall(context: RouteContext): void {
  const { socket } = context.request;
  if (socket.writableLength > 0 && typeof socket.setTimeout === 'function') socket.setTimeout(context.server.limits.writeStall);
}
