import diagnostics from 'node:diagnostics_channel';
import { loggable } from '../problem/loggable.js';
import { isWithoutFault } from '../problem/status-of.js';
import type { RouteContext } from '../request/http-context.js';
import { readTraceId } from '../request/trace-parent.js';

/** The part of pino that writes the line of a request. */
export interface InjectableLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What subscribers of `plinth:http.request` get when a request is over. */
export interface HttpRequestEvent {
  readonly id: string;
  readonly method: string;
  /** The pattern, never the path: safe as a label of metrics. Empty without a route. */
  readonly route: string;
  /** 499 when the client had gone before it was answered. */
  readonly status: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Bytes of the answer's body. */
  readonly bytes: number;
  readonly traceId: string | undefined;
  /** What was thrown, for 5xx. */
  readonly error: unknown;
}

const channel = diagnostics.channel('plinth:http.request');

/**
 * Writes the one line of a request and publishes its event. The line has a fixed shape: one call, no child logger. That of a request
 * that failed through a fault of ours also holds `err`, and is written where requests are not logged too.
 */
export function reportRequest(context: RouteContext, code: string | undefined): void {
  const log = context.server.requestLog;
  if (context.failure !== undefined || code === 'INTERNAL') return reportFailure(context, code);
  if (log === null && !channel.hasSubscribers) return;
  const ms = durationOf(context);
  if (log !== null) {
    const { status, bytes, method, route, id } = context;
    const traceId = context.request.headers['traceparent'] === undefined ? undefined : readTraceId(context.header('traceparent'));
    const line = { requestId: id, method, route, status, ms, bytes, code, traceId };
    if (status >= 500) log.error(line, 'request');
    else log.info(line, 'request');
  }
  if (channel.hasSubscribers) publish(context, ms);
}

function reportFailure(context: RouteContext, code: string | undefined): void {
  const { status, bytes, method, route, id, failure, server } = context;
  const ms = durationOf(context);
  const line = { requestId: id, method, route, status, ms, bytes, code, traceId: readTraceId(context.header('traceparent')) };
  const told = code !== undefined && isWithoutFault(code);
  if (!told || server.requestLog !== null) writeFailure(server.requestLog ?? server.logger, line, told ? undefined : loggable(failure));
  if (channel.hasSubscribers) publish(context, ms);
}

// What a handler throws may throw again when it is read: the line is written without it then.
function writeFailure(log: Pick<InjectableLog, 'error'>, line: object, err: unknown): void {
  try {
    log.error({ ...line, err }, 'request');
  } catch {
    log.error(line, 'request');
  }
}

/** Milliseconds since the request was read, to the microsecond. */
function durationOf(context: RouteContext): number {
  return Math.round((performance.now() - context.startedAt) * 1000) / 1000;
}

function publish(context: RouteContext, duration: number): void {
  const event: HttpRequestEvent = {
    id: context.id,
    method: context.method,
    route: context.route,
    status: context.status,
    duration,
    bytes: context.bytes,
    traceId: readTraceId(context.header('traceparent')),
    error: context.failure,
  };
  channel.publish(event);
}
