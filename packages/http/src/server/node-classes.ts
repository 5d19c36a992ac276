import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RouteContext } from '../request/http-context.js';

/** A connection that knows its last request, so that timeouts and parser errors find it. */
export interface PlinthSocket extends Socket {
  plinthRequest?: RouteContext;
}

/** Node's request on such a connection. */
export class PlinthRequest extends IncomingMessage {
  declare socket: PlinthSocket;
}

/** Node's response, which knows its request's context: listeners need no closure. */
export class PlinthResponse extends ServerResponse {
  context: RouteContext | null = null;
}
