import type { AppError } from '@plinth/core';
import { statusOf } from '../problem/status-of.js';
import { problemHeaders, toAppError, toProblem } from '../problem/to-problem.js';
import type { ProblemDetails } from '../problem/problem-details.js';
import { checkHeader } from '../reply/check-header.js';
import { discardStream } from '../reply/stream.js';
import { writeHead } from '../reply/write-head.js';
import type { HttpContext } from '../contract/context-of.js';
import type { RouteContext } from '../request/http-context.js';
import { createHead } from '../route/reply-plan.js';
import { finish } from './finish.js';
import type { ServerState } from './server-state.js';

/** Bytes of a body that nobody reads: a shorter one may pass by, a longer one must not keep its connection. */
export const SHORT_BODY = 64 * 1024;

/** An error as it goes out. */
export interface ErrorText {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Answers a request with a problem, unless it has been answered. Whatever was thrown, nothing of it leaks, and nothing is thrown here. */
export function fail(context: RouteContext, thrown: unknown): void {
  discardStream(context.payload);
  if (context.answered) return reportLate(context, thrown);
  context.answered = true;
  const error = toAppError(thrown);
  if (context.response.destroyed || context.request.socket.destroyed) {
    // The client has gone: there is nobody to answer, and nothing of ours went wrong.
    context.status = 499;
    return finish(context, error.code);
  }
  if (statusOf(error) >= 500) {
    context.failure = thrown;
    report(context, error);
  }
  const { status, contentType, text } = errorText(context.server, error, context);
  const length = Buffer.byteLength(text);
  const { security, requestIdHeader } = context.server;
  const head = createHead(status, { contentType, length: true, requestId: requestIdHeader, noStore: true, security });
  if (context.bodyLength > SHORT_BODY && !context.request.complete) context.last = true;
  context.bytes = length;
  writeHead(context, head, length, errorFields(context.server, error));
  context.response.end(text);
  finish(context, error.code);
}

/** An error as status, media type and text: problem details, or what the application's `errorBody` makes of them. */
export function errorText(server: ServerState, error: AppError, context: RouteContext | undefined): ErrorText {
  const problem = toProblem(error, { production: server.production, id: context?.id });
  if (server.errorBody !== undefined) {
    try {
      const { body, contentType = 'application/json; charset=utf-8', status = problem.status } = server.errorBody(problem, error, context as HttpContext | undefined);
      return { status, contentType, text: JSON.stringify(body) };
    } catch (cause) {
      server.logger.error({ err: cause, code: problem.code }, 'errorBody failed; the problem itself was sent');
    }
  }
  return { status: problem.status, contentType: 'application/problem+json; charset=utf-8', text: stringify(problem) };
}

// Extensions are the author's: a circular one must not turn a 4xx into a crash.
function stringify(problem: ProblemDetails): string {
  try {
    return JSON.stringify(problem);
  } catch {
    const { type, title, status, detail, code, instance } = problem;
    return JSON.stringify({ type, title, status, detail, code, instance });
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

function report(context: RouteContext, error: AppError): void {
  const { id, method, route } = context;
  context.server.logger.error({ requestId: id, method, route, code: error.code, err: error.code === 'INTERNAL' ? (error.cause ?? error) : error }, error.message);
}

function reportLate(context: RouteContext, thrown: unknown): void {
  if (context.status === 499) return;
  const error = toAppError(thrown);
  context.server.logger.warn({ requestId: context.id, route: context.route, code: error.code, err: thrown }, 'failed after it had been answered');
}
