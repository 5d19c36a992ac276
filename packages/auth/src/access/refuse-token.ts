import { isAppError, type AppError } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';

/** Throws a refusal with its challenge, and anything else as it is. */
export function refuseToken(error: unknown, scheme: string): never {
  throw isAppError(error) && error.kind === 'unauthenticated' ? tokenRefusal(error, scheme) : error;
}

/** The refusal of a valid token whose user is gone. */
export function userGone(scheme: string): AppError {
  return tokenRefusal(AUTH_ERRORS.TOKEN_INVALID({}, { cause: new Error('its user is gone') }), scheme);
}

// RFC 6750, section 3.1: the client learns that the token is at fault, not why.
function tokenRefusal(error: AppError, scheme: string): AppError {
  const make = AUTH_ERRORS.TOKEN_EXPIRED.is(error) ? AUTH_ERRORS.TOKEN_EXPIRED : AUTH_ERRORS.TOKEN_INVALID;
  return make({}, { cause: error.cause, headers: { 'www-authenticate': `${scheme} error="invalid_token"` } });
}
