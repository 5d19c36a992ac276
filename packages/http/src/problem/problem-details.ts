import type { Issue } from '@plinth/validation';

/** Where an issue was found: which part of the request its pointer goes into. */
export type RequestPart = 'params' | 'query' | 'headers' | 'cookies' | 'body';

/** One thing wrong with a request. */
export interface RequestIssue extends Issue {
  readonly in: RequestPart;
}

/** The body of an error answer: problem details (RFC 9457), as `application/problem+json`. */
export interface ProblemDetails {
  /** Always `about:blank`: the stable identifier is `code`. */
  readonly type: string;
  /** The same for every occurrence of a code. */
  readonly title: string;
  readonly status: number;
  /** What happened this time. Generic for 5xx in production. */
  readonly detail?: string;
  /** Stable; documented. */
  readonly code: string;
  /** `urn:request:<id>`: the id that the log line and `X-Request-Id` carry. */
  readonly instance?: string;
  /** Every issue found, for `HTTP_INVALID` and other errors with issues. */
  readonly issues?: readonly Issue[];
  /** Cure for the developer; not in production. */
  readonly help?: string;
  /** Stack and causes; not in production, for 5xx only. */
  readonly stack?: readonly string[];
  /** Members added by the error (`AppError.extensions`). */
  readonly [extension: string]: unknown;
}
