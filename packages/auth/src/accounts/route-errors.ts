import { AUTH_ERRORS } from '../errors.js';

/** What routes answer that take a password to check it. */
export const throttled = [AUTH_ERRORS.THROTTLED, AUTH_ERRORS.THROTTLE_HELD, AUTH_ERRORS.BUSY];

/** What routes answer that take a new password. */
export const ofPasswords = [
  AUTH_ERRORS.PASSWORD_TOO_SHORT,
  AUTH_ERRORS.PASSWORD_TOO_LONG,
  AUTH_ERRORS.PASSWORD_MALFORMED,
  AUTH_ERRORS.PASSWORD_COMMON,
  AUTH_ERRORS.PASSWORD_CONTEXT,
  AUTH_ERRORS.PASSWORD_BREACHED,
];
