import { token } from '@plinth/core';
import type { RouteContext } from '../request/http-context.js';
import type { OpenRequests } from '../request/open-requests.js';

/** Measures requests that are over. @internal */
export interface RequestMeter {
  /** `duration` in milliseconds. */
  record(context: RouteContext, duration: number): void;
}

/** Which server a request belongs to, for a process with several applications: events carry it, and `HTTP_SERVER` has it. */
export class ServerIdentity {
  /** @internal */ meter: RequestMeter | null = null;
  /** @internal Whether the time of handlers is taken for every request. */ timed = false;
  /** @internal */ openRequests: OpenRequests | null = null;

  /** Requests that wait for something at this moment: their handler, their body, or their client. */
  get inFlight(): number {
    return this.openRequests?.count ?? 0;
  }
}

/** The identity of the application's server, there before the server is. */
export const SERVER_IDENTITY = token<ServerIdentity>('SERVER_IDENTITY', { from: 'HttpModule of @plinth/http' });
