import type { AppError } from '@plinth/core';
import { loggable } from '../problem/loggable.js';
import { statusOf } from '../problem/status-of.js';
import { problemHeaders, toAppError } from '../problem/to-problem.js';
import { checkHeader } from '../reply/check-header.js';
import { discardStream } from '../reply/stream.js';
import { writeHead } from '../reply/write-head.js';
import type { RouteContext } from '../request/http-context.js';
import { createHead } from '../route/reply-plan.js';
import { errorText } from './error-text.js';
import { finish } from './finish.js';
import type { ServerState } from './server-state.js';

/** Bytes of a body that nobody reads: a shorter one may pass by, a longer one must not keep its connection. */
export const SHORT_BODY = 64 * 1024;

/** Answers a request with a problem, unless it has been answered. Whatever was thrown, nothing of it leaks, and nothing is thrown here. */
export function fail(context: RouteContext, thrown: unknown): void {
  try {
    answer(context, thrown);
  } catch (cause) {
    giveUp(context, cause);
  }
}

function answer(context: RouteContext, thrown: unknown): void {
  discardStream(context.payload);
  const error = toAppError(thrown);
  if (context.answered) return reportLate(context, error, thrown);
  context.answered = true;
  if (context.response.destroyed || context.request.socket.destroyed) {
    // The client has gone: there is nobody to answer, and nothing of ours went wrong.
    context.status = 499;
    return finish(context, error.code);
  }
  if (statusOf(error) >= 500) context.failure = thrown;
  writeError(context, error);
  finish(context, error.code);
}

function writeError(context: RouteContext, error: AppError): void {
  const { status, contentType, text } = errorText(context.server, error, context);
  const length = Buffer.byteLength(text);
  const { security, requestIdHeader } = context.server;
  const head = createHead(status, { contentType, length: true, requestId: requestIdHeader, noStore: true, security });
  if (context.bodyLength > SHORT_BODY && !context.request.complete) context.last = true;
  context.bytes = length;
  writeHead(context, head, length, errorFields(context.server, error));
  context.response.end(text);
}

const PLAIN = '{"type":"about:blank","title":"Internal error","status":500,"code":"INTERNAL"}';

/** An error that could not be told, or not be written: the shortest answer there is; a broken connection if one has been begun. */
function giveUp(context: RouteContext, cause: unknown): void {
  const { response, server } = context;
  context.answered = true;
  context.status = 500;
  try {
    if (response.headersSent) response.destroy();
    else
      response
        .writeHead(500, {
          'Content-Type': 'application/problem+json; charset=utf-8',
          'Content-Length': PLAIN.length,
          'Cache-Control': 'no-store',
          Connection: 'close',
        })
        .end(PLAIN);
    server.logger.error({ err: loggable(cause), requestId: context.id }, 'an error could not be written');
    finish(context, 'INTERNAL');
  } catch {
    response.destroy();
  }
}

function errorFields(server: ServerState, error: AppError): string[] {
  const fields: string[] = [];
  for (const [name, value] of problemHeaders(error)) {
    try {
      checkHeader(name, value);
      fields.push(name, value);
    } catch (cause) {
      server.logger.error({ err: cause, code: error.code }, 'a header of an error was left out');
    }
  }
  return fields;
}

function reportLate(context: RouteContext, error: AppError, thrown: unknown): void {
  if (context.status === 499) return;
  context.server.logger.warn(
    { requestId: context.id, route: context.route, code: error.code, err: loggable(thrown) },
    'failed after it had been answered',
  );
}
