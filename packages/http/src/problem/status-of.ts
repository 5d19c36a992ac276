import type { AppError, ErrorKind } from '@plinth/core';

const byKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  unsupported: 415,
  'too-many': 429,
  unavailable: 503,
  timeout: 504,
  internal: 500,
};

// Errors of the protocol itself, which the transport-free kinds have no words for.
const byCode: ReadonlyMap<string, number> = new Map([
  ['HTTP_SYNTAX', 400],
  ['HTTP_HOST', 400],
  ['HTTP_PATH', 400],
  ['HTTP_QUERY', 400],
  ['HTTP_QUERY_LIMIT', 400],
  ['HTTP_QUERY_REPEATED', 400],
  ['HTTP_BODY_MISSING', 400],
  ['HTTP_BODY_CUT', 400],
  ['HTTP_TEXT_ENCODING', 400],
  ['HTTP_BODY_FORMAT', 400],
  ['HTTP_MULTIPART', 400],
  ['HTTP_NDJSON', 400],
  ['HTTP_FORM', 400],
  ['HTTP_JSON', 400],
  ['HTTP_JSON_DEPTH', 400],
  ['HTTP_JSON_DUPLICATE_KEY', 400],
  ['HTTP_JSON_FORBIDDEN_KEY', 400],
  ['HTTP_JSON_NUMBER', 400],
  ['HTTP_JSON_TEXT', 400],
  ['HTTP_IDEMPOTENCY_KEY', 400],
  ['HTTP_METHOD', 405],
  ['HTTP_NOT_ACCEPTABLE', 406],
  ['HTTP_PRECONDITION', 412],
  ['HTTP_RANGE', 416],
  ['HTTP_REQUEST_TIMEOUT', 408],
  ['HTTP_URL_TOO_LONG', 414],
  ['HTTP_PARAM_TOO_LONG', 414],
  ['HTTP_EXPECTATION', 417],
  ['HTTP_HOST_NOT_SERVED', 421],
  ['HTTP_TOO_MANY_HEADERS', 431],
  ['HTTP_HEADERS_TOO_LARGE', 431],
  ['HTTP_COOKIE_LIMIT', 431],
  ['HTTP_TRANSFER_ENCODING', 501],
  ['HTTP_VERSION', 505],
]);

/** The status by which an error is answered: 400 for malformed syntax, otherwise that of its kind. */
export function statusOf(error: Pick<AppError, 'code' | 'kind'>): number {
  return byCode.get(error.code) ?? byKind[error.kind] ?? 500;
}

// Answered with a 5xx, but the client's doing or the server's own decision: no stack tells more than the code.
const withoutFault = new Set(['HTTP_VERSION', 'HTTP_TRANSFER_ENCODING', 'HTTP_OVERLOADED', 'HTTP_DEADLINE']);

/** Whether a code tells of the client's doing or of a decision of the server's, whatever its status. */
export function isWithoutFault(code: string): boolean {
  return withoutFault.has(code);
}

/** Whether something went wrong on our side that a developer will want to see the stack of. */
export function isFault(error: Pick<AppError, 'code' | 'kind'>): boolean {
  return statusOf(error) >= 500 && !withoutFault.has(error.code);
}

/** The status of a kind of error. */
export function statusOfKind(kind: ErrorKind): number {
  return byKind[kind];
}
