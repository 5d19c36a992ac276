import type { RouteContext } from '../request/http-context.js';
import type { TrackedSocket } from '../server/tracked-socket.js';

/**
 * Whether an answer is the last of its connection, and says so; asked once, when its head is written. Where the server stops it is that
 * to the newest request: those that a client has sent together are all answered. What comes after it is not served (RFC 9112, 9.6).
 */
export function endsConnection(context: RouteContext): boolean {
  const socket = context.request.socket as TrackedSocket;
  const newest = socket.plinthRequest === context && socket.plinthHeld !== true;
  if (!context.last && !(context.server.closing && newest)) return false;
  socket.plinthEnding = true;
  return true;
}
