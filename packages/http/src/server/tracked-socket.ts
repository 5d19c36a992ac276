import type { Socket } from 'node:net';
import type { RouteContext } from '../request/http-context.js';

/** A connection that knows its last request, so that timeouts and parser errors find it. */
export interface TrackedSocket extends Socket {
  plinthRequest?: RouteContext;
  /** Whether an answer has said that no other follows on the connection. */
  plinthEnding?: boolean;
  /** Whether requests behind it are held back for the moment in which the port is closed. */
  plinthHeld?: boolean;
}
