import { isAppError, type LogLevel } from '@plinth/core';
import { loggable } from '../problem/loggable.js';
import { isWithoutFault } from '../problem/status-of.js';
import type { RouteContext } from '../request/http-context.js';
import { traceOf } from '../trace/trace.js';
import { logRefusal } from './refusal-log.js';
import { reportError } from './report-error.js';
import { writeLineText } from './line-text.js';
import { endsAreHeard, publishEnd } from './request-events.js';

/** The part of pino that writes the line of a request. */
export type InjectableLog = Readonly<Record<Exclude<LogLevel, 'silent'>, (fields: object, message: string) => void>>;

/**
 * Writes the one line of a request, measures it, and publishes its event. The line has a fixed shape: one call, no child logger. That
 * of a request that failed through a fault of ours also holds `err`, and is written where requests are not logged too.
 */
export function reportRequest(context: RouteContext, code: string | undefined): void {
  const { server, plan } = context;
  const { meter } = server.identity;
  const failed = context.failure !== undefined || code === 'INTERNAL';
  const logged = server.requestLog !== null && (plan === null || plan.logged);
  const heard = endsAreHeard();
  if (!failed && !logged && !heard && meter === null) return;
  const ms = durationOf(context);
  if (meter !== null) meter.record(context, ms);
  if (code === 'HTTP_OVERLOADED') {
    if (logged) logRefusal(context, ms, lineOf);
  } else if (failed) reportFailure(context, code, ms);
  else if (logged) writeLine(context, code, ms);
  if (heard) publishEnd(context, ms, code);
}

function writeLine(context: RouteContext, code: string | undefined, ms: number): void {
  const { status, server, plan } = context;
  const { levels, slow, extra } = server.lines;
  const level = levels[status] ?? 'info';
  if (level === 'silent') return;
  const plain = slow === Infinity && extra === null;
  if (plain && code === undefined && plan !== null && writeLineText(context, plan, level, ms)) return;
  const log = server.requestLog as InjectableLog;
  const line = lineOf(context, code, ms);
  if (plain) return log[level](line, 'request');
  const late = slow !== Infinity && timeToAnswer(context, ms) >= slow;
  const whole = withExtra(context, late ? { ...line, slow: true } : line);
  log[late && (level === 'info' || level === 'debug' || level === 'trace') ? 'warn' : level](whole, 'request');
}

function reportFailure(context: RouteContext, code: string | undefined, ms: number): void {
  const { status, failure, server } = context;
  const expected = code !== undefined && isWithoutFault(code);
  // What the server refuses by its own rules is no error to be told of; that a handler came too late is.
  if (!expected || code === 'HTTP_DEADLINE') reportError(context, failure, code ?? codeOf(failure), code === undefined || status < 500);
  if (expected && (server.requestLog === null || context.plan?.logged === false)) return;
  const line = lineOf(context, code, ms);
  const level = server.lines.levels[status] ?? 'error';
  const log = server.requestLog ?? server.logger;
  // Whatever the levels say, a fault is never silent; of an answer that broke off the status tells nothing.
  const write = level === 'silent' || status < 500 ? 'error' : level;
  writeFailure((fields) => log[write](fields, 'request'), withExtra(context, line), expected ? undefined : loggable(failure));
}

function lineOf(context: RouteContext, code: string | undefined, ms: number): object {
  const { status, bytes, method, route, id } = context;
  const { traceId, spanId } = traceOf(context);
  return { requestId: id, method, route, status, ms, bytes, code, traceId, spanId };
}

function codeOf(failure: unknown): string {
  return isAppError(failure) ? failure.code : 'INTERNAL';
}

// What a handler throws may throw again when it is read: the line is written without it then.
function writeFailure(write: (line: object) => void, line: object, err: unknown): void {
  try {
    write({ ...line, err });
  } catch {
    write(line);
  }
}

// The author's fields come first, so that none of them replaces one of ours.
function withExtra(context: RouteContext, line: object): object {
  const { extra } = context.server.lines;
  if (extra === null) return line;
  try {
    return { ...extra(context), ...line };
  } catch (err) {
    context.server.logger.error({ err: loggable(err), requestId: context.id }, 'fields of requestLog have failed');
    return line;
  }
}

/** Milliseconds until the handler had answered; of a request that it did not answer, all of them. A long stream is not slow. */
function timeToAnswer({ startedAt, handledAt }: RouteContext, ms: number): number {
  return handledAt === 0 ? ms : handledAt - startedAt;
}

/** Milliseconds since the request was read, to the microsecond. */
function durationOf(context: RouteContext): number {
  return Math.round((performance.now() - context.startedAt) * 1000) / 1000;
}
