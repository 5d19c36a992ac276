import { defineErrors } from '@plinth/core';
import { BODY_ERRORS } from './errors/body-errors.js';
import { BROWSER_ERRORS } from './errors/browser-errors.js';
import { FETCH_ERRORS } from './errors/fetch-errors.js';
import { GUARD_ERRORS } from './errors/guard-errors.js';
import { LIMIT_ERRORS } from './errors/limit-errors.js';
import { REPLY_ERRORS } from './errors/reply-errors.js';
import { REQUEST_ERRORS } from './errors/request-errors.js';
import { ROUTE_ERRORS } from './errors/route-errors.js';
import { SERVER_ERRORS } from './errors/server-errors.js';
import { UPLOAD_ERRORS } from './errors/upload-errors.js';

/**
 * Every error this package gives to a caller, to an author at run time, or to a person who starts the application. Each stands in the
 * file of its area, in `errors/`.
 */
export const HTTP_ERRORS = defineErrors('HTTP', {
  ...REQUEST_ERRORS,
  ...BODY_ERRORS,
  ...UPLOAD_ERRORS,
  ...GUARD_ERRORS,
  ...BROWSER_ERRORS,
  ...LIMIT_ERRORS,
  ...REPLY_ERRORS,
  ...FETCH_ERRORS,
  ...ROUTE_ERRORS,
  ...SERVER_ERRORS,
});
