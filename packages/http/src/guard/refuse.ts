import { isAppError, type AppError, type AppErrorExtras } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';

/** What a refusal may say besides its reason. */
export interface RefusalOptions {
  /** A challenge for `WWW-Authenticate` (RFC 9110, 11.6.1), such as `Bearer realm="api"`. */
  readonly challenge?: string;
  readonly cause?: unknown;
}

/** The request carries no credential (401, `HTTP_NO_CREDENTIAL`). `optional(guard)` lets it pass. */
export function noCredential(reason = 'This request carries no credential.', options: RefusalOptions = {}): AppError {
  return HTTP_ERRORS.NO_CREDENTIAL({ reason }, extrasOf(options));
}

/** The credential is not valid (401, `HTTP_UNAUTHENTICATED`). */
export function unauthenticated(reason = 'The credential of this request is not valid.', options: RefusalOptions = {}): AppError {
  return HTTP_ERRORS.UNAUTHENTICATED({ reason }, extrasOf(options));
}

/** The caller is known, but may not do this (403, `HTTP_FORBIDDEN`). */
export function forbidden(reason = 'You may not do this.', options: Pick<RefusalOptions, 'cause'> = {}): AppError {
  return HTTP_ERRORS.FORBIDDEN({ reason }, extrasOf(options));
}

/** Whether an error refuses the caller: unauthenticated or forbidden. Others, such as an unreachable database, are failures. */
export function isRefusal(error: unknown): error is AppError {
  return isAppError(error) && (error.kind === 'unauthenticated' || error.kind === 'forbidden');
}

/** The challenges that an error carries, in order. */
export function challengesOf(error: AppError): readonly string[] {
  const header = error.headers?.['www-authenticate'];
  if (header === undefined) return [];
  return typeof header === 'string' ? [header] : header;
}

/** Extras of an error that carries these challenges, each a `WWW-Authenticate` header of its own. */
export function challenging(challenges: readonly string[]): AppErrorExtras {
  return challenges.length === 0 ? {} : { headers: { 'www-authenticate': challenges.length === 1 ? challenges[0]! : challenges } };
}

function extrasOf(options: RefusalOptions): AppErrorExtras {
  return {
    ...(options.cause !== undefined && { cause: options.cause }),
    ...challenging(options.challenge === undefined ? [] : [options.challenge]),
  };
}
