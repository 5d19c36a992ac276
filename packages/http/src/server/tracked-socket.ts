import type { Socket } from 'node:net';
import type { RouteContext } from '../request/http-context.js';

/** A connection that knows its last request, so that timeouts and parser errors find it. */
export interface TrackedSocket extends Socket {
  plinthRequest?: RouteContext;
}
