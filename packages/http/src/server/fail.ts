import type { AppError } from '@plinth/core';
import { variesByOrigin } from '../cors/cors-feature.js';
import type { ErrorPage } from '../dev/development.js';
import { HTTP_ERRORS } from '../errors.js';
import { dropRepresentation } from '../problem/drop-representation.js';
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
import { reportError } from './report-error.js';

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
  dropRepresentation(context);
  if (statusOf(error) >= 500) context.failure = thrown;
  const { development } = context.server;
  if (development !== null) {
    development.report(context, error);
    const page = development.page(context, error);
    if (page !== undefined) return writeLater(context, error, page);
  }
  writeError(context, error);
  finish(context, error.code);
}

function writeLater(context: RouteContext, error: AppError, page: Promise<ErrorPage | undefined>): void {
  const write = (found: ErrorPage | undefined) => {
    if (context.response.destroyed) return finish(context, error.code);
    if (found === undefined) writeError(context, error);
    else writePage(context, error, found);
    finish(context, error.code);
  };
  page.then(write, () => write(undefined)).catch((cause: unknown) => giveUp(context, cause));
}

function writePage(context: RouteContext, error: AppError, { html, policy }: ErrorPage): void {
  const { security, requestIdHeader } = context.server;
  const head = createHead(statusOf(error), {
    contentType: 'text/html; charset=utf-8',
    length: true,
    requestId: requestIdHeader,
    noStore: true,
    security,
  });
  context.bytes = Buffer.byteLength(html);
  context.last = true;
  writeHead(context, head, context.bytes, [...errorFields(context, error), 'Content-Security-Policy', policy]);
  context.response.end(html);
}

function writeError(context: RouteContext, error: AppError): void {
  const { status, contentType, text } = errorText(context.server, error, context);
  const length = Buffer.byteLength(text);
  const { security, requestIdHeader } = context.server;
  const head = createHead(status, { contentType, length: true, requestId: requestIdHeader, noStore: true, security });
  if (context.bodyLength > SHORT_BODY && !context.request.complete) context.last = true;
  context.bytes = length;
  writeHead(context, head, length, errorFields(context, error));
  context.response.end(text);
}

const PLAIN = '{"type":"about:blank","title":"Internal error","status":500,"code":"INTERNAL"}';

/** An error that could not be told, or not be written: the shortest answer there is; a broken connection if one has been begun. */
function giveUp(context: RouteContext, cause: unknown): void {
  const { response, server } = context;
  context.answered = true;
  context.status = 500;
  context.failure ??= cause;
  try {
    if (response.headersSent) {
      // What was written by hand to its end is an answer.
      if (!response.writableEnded) response.destroy();
    } else
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

function errorFields(context: RouteContext, error: AppError): string[] {
  const { server } = context;
  // What a route says of its answers to pages of other origins holds for its errors.
  const fields: string[] = variesByOrigin(context) ? ['Vary', 'Origin'] : [];
  if (context.plan !== null && context.plan.fields !== null) fields.push(...context.plan.fields);
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
  if (context.left || context.status === 499 || error.code === HTTP_ERRORS.BODY_CUT.code) return;
  // A second thing that is wrong with a request that was refused already tells nothing new.
  if (context.status < 500 && statusOf(error) < 500) return;
  if (statusOf(error) >= 500) reportError(context, thrown, error.code, true);
  context.server.logger.warn(
    { requestId: context.id, route: context.route, code: error.code, err: loggable(thrown) },
    'failed after it had been answered',
  );
}
