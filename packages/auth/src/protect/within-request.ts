import { createContext, currentContext, runInContext } from '@plinth/core';
import type { HttpContext } from '@plinth/http';

/**
 * Runs a function in the context of a request whose route has not entered it, so that the lines and events of it carry the request's id.
 * Where a context has been entered, or there is no request, it just runs.
 */
export function withinRequest<T>(request: Pick<HttpContext, 'id'> | undefined, run: () => T): T {
  if (request === undefined || currentContext() !== undefined) return run();
  return runInContext(createContext({ id: request.id }), run);
}
