import diagnostics from 'node:diagnostics_channel';
import type { RouteContext } from '../request/http-context.js';
import { traceOf } from '../trace/trace.js';
import type { ServerIdentity } from './server-identity.js';

/** What subscribers of `plinth:http.request.start` get when the route of a request is known, before anything of it has run. */
export interface HttpRequestStartEvent {
  readonly id: string;
  readonly method: string;
  /** The pattern, never the path: safe as a label of metrics. Empty without a route. */
  readonly route: string;
  readonly traceId: string;
  /** Of the request itself; requests that it causes name it as their parent. */
  readonly spanId: string;
  /** The span of the caller; `undefined` where the trace begins here. */
  readonly parentSpanId: string | undefined;
  /** The trace flags: 1 is "sampled". */
  readonly traceFlags: number;
  /** Whose request it is: that of `HTTP_SERVER`. */
  readonly server: ServerIdentity;
}

/** What subscribers of `plinth:http.request` get when a request is over, one that was refused before its route was known included. */
export interface HttpRequestEvent extends HttpRequestStartEvent {
  /** 499 when the client had gone before it was answered. */
  readonly status: number;
  /** Milliseconds from the head of the request to the end of the answer. */
  readonly duration: number;
  /** Milliseconds of the handler alone; `undefined` where it was not called. */
  readonly handlerDuration: number | undefined;
  /** Bytes of the answer's body. */
  readonly bytes: number;
  /** The code of the problem that was the answer. */
  readonly code: string | undefined;
  /** What was thrown, for 5xx and for answers that broke off. */
  readonly error: unknown;
}

const started = diagnostics.channel('plinth:http.request.start');
const ended = diagnostics.channel('plinth:http.request');

/** Whether somebody listens to the ends of requests. */
export function endsAreHeard(): boolean {
  return ended.hasSubscribers;
}

/** Tells subscribers of a beginning; costs nothing without them. */
export function publishStart(context: RouteContext): void {
  if (started.hasSubscribers) started.publish(beginningOf(context));
}

/** Tells subscribers of an end. `duration` in milliseconds. */
export function publishEnd(context: RouteContext, duration: number, code: string | undefined): void {
  const { status, bytes, failure } = context;
  const event: HttpRequestEvent = {
    ...beginningOf(context),
    status,
    duration,
    handlerDuration: handlerTime(context),
    bytes,
    code,
    error: failure,
  };
  ended.publish(event);
}

/** Milliseconds of the handler alone; `undefined` where it was not called or not measured. */
export function handlerTime({ calledAt, handledAt }: RouteContext): number | undefined {
  if (calledAt === 0) return undefined;
  // A handler that threw ended where its request did.
  return Math.round(((handledAt === 0 ? performance.now() : handledAt) - calledAt) * 1000) / 1000;
}

function beginningOf(context: RouteContext): HttpRequestStartEvent {
  const { id, method, route, server } = context;
  const { traceId, spanId, parentId, flags } = traceOf(context);
  return { id, method, route, traceId, spanId, parentSpanId: parentId, traceFlags: flags, server: server.identity };
}
