import { AppError, isAppError } from '@plinth/core';
import type { ProblemDetails } from './problem-details.js';
import { isFault, statusOf } from './status-of.js';

/** How much a problem may tell. */
export interface ProblemOptions {
  /** Production: 5xx say nothing about their cause. */
  readonly production: boolean;
  readonly id?: string | undefined;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  414: 'URL too long',
  415: 'Unsupported media type',
  422: 'Invalid request',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  501: 'Not implemented',
  503: 'Unavailable',
  504: 'Timeout',
  505: 'HTTP version not supported',
};

const genericDetails: Readonly<Record<number, string>> = {
  500: 'Something went wrong on our side. Quote the id of this request when you report it.',
  501: 'This is not implemented here.',
  503: 'The service cannot answer right now. Try again later.',
  504: 'A service that is needed for the answer did not answer in time.',
};

// Members that an error's extensions must not replace.
const members = new Set(['type', 'title', 'status', 'detail', 'code', 'instance', 'issues', 'help', 'stack', '__proto__']);

/** Whatever was thrown as an `AppError`: anything that isn't one becomes `INTERNAL` with itself as the cause. */
export function toAppError(thrown: unknown): AppError {
  try {
    // Reading them all here means that no later step meets a getter or a trap that throws.
    if (isAppError(thrown))
      return typeof thrown.code === 'string' && typeof thrown.detail === 'string'
        ? thrown
        : internal('An error without code and detail was thrown.', thrown);
    return internal(describeThrown(thrown), thrown);
  } catch {
    return internal('A value that cannot be inspected was thrown.', undefined);
  }
}

function internal(detail: string, cause: unknown): AppError {
  return new AppError({ code: 'INTERNAL', kind: 'internal', detail, cause });
}

/** An error as problem details. In production a 5xx carries only its code, a generic sentence and the id of the request. */
export function toProblem(error: AppError, { production, id }: ProblemOptions): ProblemDetails {
  const status = statusOf(error);
  const hidden = production && status >= 500;
  const detail = hidden && status !== 501 && status !== 505 ? (genericDetails[status] ?? genericDetails[500]) : error.detail;
  return {
    type: 'about:blank',
    title: (!hidden && error.title) || (titles[status] ?? 'Error'),
    status,
    ...(detail !== undefined && { detail }),
    code: error.code,
    ...(id !== undefined && { instance: `urn:request:${id}` }),
    ...(!hidden && error.issues !== undefined && { issues: error.issues }),
    ...(!hidden && error.extensions !== undefined && extensionsOf(error.extensions)),
    ...(!production && error.help !== undefined && { help: error.help }),
    ...(!production && isFault(error) && { stack: stackOf(error) }),
  };
}

/** The headers that an error asks for, besides those of every error answer. */
export function problemHeaders(error: AppError): readonly (readonly [name: string, value: string])[] {
  const headers: [string, string][] = [];
  if (error.retryAfter !== undefined) headers.push(['Retry-After', String(Math.max(0, Math.ceil(error.retryAfter)))]);
  for (const [name, value] of Object.entries(error.headers ?? {}))
    for (const line of typeof value === 'string' ? [value] : value) headers.push([name, line]);
  return headers;
}

function extensionsOf(extensions: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extensions).filter(([name]) => !members.has(name)));
}

function describeThrown(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return thrown === undefined || thrown === null ? `${String(thrown)} was thrown.` : `A value of type ${typeof thrown} was thrown.`;
}

function stackOf(error: AppError): readonly string[] {
  const lines: string[] = [];
  // What wraps an unknown throw has only frames of ours: the author's begin with the cause.
  let current: unknown = error.code === 'INTERNAL' && error.cause instanceof Error ? error.cause : error;
  for (let depth = 0; current instanceof Error && depth < 5; depth++) {
    const stack = (current.stack ?? String(current)).split('\n').map((line) => line.trim());
    lines.push(...(depth === 0 ? stack : [`Caused by: ${stack[0] ?? ''}`, ...stack.slice(1)]));
    current = current.cause;
  }
  return lines;
}
