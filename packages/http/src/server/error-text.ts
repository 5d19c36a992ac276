import type { AppError } from '@plinth/core';
import type { HttpContext } from '../contract/context-of.js';
import type { ProblemDetails } from '../problem/problem-details.js';
import { toProblem } from '../problem/to-problem.js';
import { checkHeader } from '../reply/check-header.js';
import type { RouteContext } from '../request/http-context.js';
import type { ServerState } from './server-state.js';

/** An error as it goes out. */
export interface ErrorText {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** An error as status, media type and text: problem details, or what the application's `errorBody` makes of them. */
export function errorText(server: ServerState, error: AppError, context: RouteContext | undefined): ErrorText {
  const problem = toProblem(error, { production: server.production, id: context?.id });
  if (server.errorBody !== undefined) {
    try {
      const {
        body,
        contentType = 'application/json; charset=utf-8',
        status = problem.status,
      } = server.errorBody(problem, error, context as HttpContext | undefined);
      const text = JSON.stringify(body) as string | undefined;
      checkHeader('content-type', contentType);
      if (text === undefined || !Number.isInteger(status) || status < 200 || status > 599)
        throw new TypeError(`errorBody gave no body, or the status ${status}`);
      return { status, contentType, text };
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
