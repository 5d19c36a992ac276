import type { AppError } from '@plinth/core';
import type { JsonSchema } from '@plinth/validation';
import type { InnerAround, OuterAround } from '../around/define-around.js';
import type { HttpContext } from '../contract/context-of.js';
import type { ProblemDetails } from '../problem/problem-details.js';

/** An application's own error body; for the errors of the parser too. */
export interface ErrorAnswer {
  /** Written as JSON. */
  readonly body: object;
  /** Default `application/json; charset=utf-8`. */
  readonly contentType?: string;
  /** Default: the status of the problem. */
  readonly status?: number;
}

/** Makes an application's own error body. `context` is absent for requests that could not be parsed. Must not throw. */
export type ErrorBody = (problem: ProblemDetails, error: AppError, context: HttpContext | undefined) => ErrorAnswer;

/** The schema of an application's own error body, for the documentation. */
export interface ErrorSchema {
  readonly schema: JsonSchema;
  readonly contentType: string;
}

/** Limits of every route; a contract's `limits` win over `body` and `timeout`. */
export interface HttpLimits {
  /** Bytes of a body. Default: that of its format (JSON 1 MiB, text 256 KiB, form 64 KiB, bytes 1 MiB). */
  readonly body?: number;
  /** Milliseconds for guards and handler, then 503 (`HTTP_DEADLINE`). Default 30,000. */
  readonly timeout?: number;
  /** Characters of the request target. Default 8,192. */
  readonly url?: number;
  /** Number of request headers. Default 100. */
  readonly headers?: number;
  /** Characters of a path parameter. Default 1,024. */
  readonly param?: number;
  /** Bytes of the request line and headers together. Default 16 KiB. */
  readonly headerBytes?: number;
  /** Milliseconds for the headers of a request. Default 10,000. */
  readonly headersTimeout?: number;
  /** Milliseconds for a whole request, body included. Default 30,000. */
  readonly requestTimeout?: number;
  /** Milliseconds that an idle connection is kept. Default 65,000: longer than load balancers keep theirs. */
  readonly keepAliveTimeout?: number;
  /** Milliseconds without progress of a client that does not read its answer. Default 60,000. */
  readonly writeStall?: number;
  /** Requests that may wait for something at the same time; above it 503 (`HTTP_OVERLOADED`). Default 1,000. */
  readonly inFlight?: number;
}

/** What `HttpModule.with` takes. Everything has a default. */
export interface HttpOptions {
  /** Put before the path of every route but the health routes, such as `/api`. */
  readonly prefix?: string;
  /** What happens to keys that a schema does not declare. Default `reject`. */
  readonly unknown?: 'reject' | 'strip' | 'keep';
  readonly limits?: HttpLimits;
  /** Arounds of every route, outermost first; inside them those of controllers and routes. */
  readonly around?: readonly InnerAround[];
  /** Arounds before the guards, outermost first. */
  readonly outer?: readonly OuterAround[];
  readonly errorBody?: ErrorBody;
  readonly errorSchema?: ErrorSchema;
  /** Headers that replace or add to the default block, by name; `false` writes none at all. */
  readonly securityHeaders?: Readonly<Record<string, string>> | false;
  /** `false`: no `X-Request-Id` header. Requests have an id all the same. */
  readonly requestIdHeader?: boolean;
  /** `false`: no log line per request. Errors are logged all the same. */
  readonly requestLog?: boolean;
  /** `false`: no health routes; or the path before `/live` and `/ready`. Default `/health`. */
  readonly health?: false | string;
  /** `redirect`: a path that leads nowhere but would with, or without, a slash at its end is answered with 308. Default `distinct`. */
  readonly trailingSlash?: 'distinct' | 'redirect';
}
