import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { variesByOrigin } from '../cors/cors-feature.js';
import { toProblem } from '../problem/to-problem.js';
import { writeAscii } from '../reply/write-head.js';
import { watchStall } from '../reply/write-stall.js';
import type { RouteContext } from '../request/http-context.js';
import { createHead, type Head } from '../route/reply-plan.js';
import { fail, SHORT_BODY } from './fail.js';
import { finish } from './finish.js';
import { endsAreHeard } from './request-events.js';
import type { ServerState } from './server-state.js';

/** Answers a request for which there is no room with 503 (`HTTP_OVERLOADED`). Never throws. */
export type LoadRefuser = (context: RouteContext) => void;

/** Seconds of Retry-After: another number in each answer, so that those who were refused do not come back all at once. */
const WAITS = [1, 2, 3, 4, 5] as const;
/** Stands in the prebuilt body for the id of the request. */
const ID = '@';
const VARY = ['Vary', 'Origin'] as const;

/**
 * Makes the refuser of a server. What refusing takes is taken from what could be answered, so head and body are made at boot but for the
 * id: with an error, its stack and its problem details a refusal took nearly three times as long. Where the application writes its errors
 * itself, and in development, which shows them, they go the way of all errors.
 */
export function createLoadRefuser(state: ServerState): LoadRefuser {
  if (state.errorBody !== undefined || state.development !== null) return (context) => fail(context, overloaded());
  const { production, security, requestIdHeader } = state;
  const [before = '', after = ''] = JSON.stringify(toProblem(overloaded(), { production, id: ID })).split(ID);
  const heads = WAITS.map((seconds) =>
    createHead(503, {
      contentType: 'application/problem+json; charset=utf-8',
      length: true,
      requestId: requestIdHeader,
      noStore: true,
      security: [...security, 'Retry-After', String(seconds)],
    }),
  );
  return (context) => {
    try {
      refuse(context, heads[drawWait()] as Head, before + context.id + after);
    } catch (error) {
      fail(context, error);
    }
  };
}

function refuse(context: RouteContext, head: Head, text: string): void {
  const { request, response } = context;
  if (response.destroyed || request.socket.destroyed) {
    context.answered = true;
    context.status = 499;
    return finish(context, HTTP_ERRORS.OVERLOADED.code);
  }
  // Only who listens to the ends of requests gets to see it.
  if (endsAreHeard()) context.failure = overloaded();
  if (context.bodyLength > SHORT_BODY && !request.complete) context.last = true;
  context.bytes = text.length;
  writeAscii(context, head, text, variesByOrigin(context) ? VARY : null);
  watchStall(context);
  finish(context, HTTP_ERRORS.OVERLOADED.code);
}

function overloaded(): AppError {
  return HTTP_ERRORS.OVERLOADED({}, { retryAfter: WAITS[drawWait()] });
}

function drawWait(): number {
  return Math.floor(Math.random() * WAITS.length);
}
