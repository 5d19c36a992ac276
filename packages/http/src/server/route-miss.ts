import { HTTP_ERRORS } from '../errors.js';
import { writeHead } from '../reply/write-head.js';
import type { RouteContext } from '../request/http-context.js';
import { createHead } from '../route/reply-plan.js';
import type { RoutePlan } from '../route/route-plan.js';
import type { Router } from '../router/router.js';

/** What is done where no route answers. */
export interface MissOptions {
  readonly trailingSlash: 'distinct' | 'redirect';
}

/**
 * Where a path has no route for the method: OPTIONS is answered (204, with Allow unless it asks for "*"), a slash too many or too few redirected if that
 * is switched on; else throws `HTTP_METHOD` (405 with Allow) or `HTTP_NO_ROUTE`.
 */
export function answerMiss(context: RouteContext, router: Router<RoutePlan>, options: MissOptions): undefined {
  const { method, path } = context;
  // The server as a whole (RFC 9110, 9.3.7): it is there; what is allowed depends on the resource.
  if (path === '') return answerEmpty(context, 204, []);
  const methods = router.methodsOf(path);
  if (methods.length === 0) {
    const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
    if (options.trailingSlash === 'redirect' && other !== '' && router.methodsOf(other).length > 0) return redirect(context);
    throw HTTP_ERRORS.NO_ROUTE();
  }
  const allowed = [...new Set([...methods, 'OPTIONS'])].sort().join(', ');
  if (method !== 'OPTIONS') throw HTTP_ERRORS.METHOD({ method, allowed }, { headers: { allow: allowed } });
  return answerEmpty(context, 204, ['Allow', allowed]);
}

// The raw path, so that nothing is decoded into a Location; it starts with one slash only, so it can't name another host.
function redirect(context: RouteContext): undefined {
  const { url } = context;
  const question = url.indexOf('?');
  const raw = question === -1 ? url : url.slice(0, question);
  const search = question === -1 ? '' : url.slice(question);
  if (!raw.startsWith('/')) throw HTTP_ERRORS.NO_ROUTE();
  return answerEmpty(context, 308, ['Location', (raw.endsWith('/') ? raw.slice(0, -1) : `${raw}/`) + search]);
}

function answerEmpty(context: RouteContext, status: number, fields: readonly string[]): undefined {
  const { security, requestIdHeader } = context.server;
  context.answered = true;
  writeHead(context, createHead(status, { length: status !== 204, requestId: requestIdHeader, noStore: false, security }), 0, fields);
  context.response.end();
  return undefined;
}
