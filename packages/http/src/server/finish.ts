import { isAppError, runUninterrupted } from '@plinth/core';
import type { RouteContext } from '../request/http-context.js';
import { reportError } from './report-error.js';
import { reportRequest } from './request-log.js';

/** The last thing of every request, once: it leaves the open ones, its scope is released, its line is written. */
export function finish(context: RouteContext, code: string | undefined): void {
  if (context.finished) return;
  context.finished = true;
  context.close();
  context.expiresAt = 0;
  const { scope } = context;
  if (scope !== null) {
    context.scope = null;
    release(context, () => scope.dispose());
  }
  reportRequest(context, code);
}

function release(context: RouteContext, dispose: () => Promise<void> | void): void {
  const report = (err: unknown) => {
    reportError(context, err, isAppError(err) ? err.code : 'INTERNAL', true);
    context.server.logger.error({ err, requestId: context.id, route: context.route }, 'releasing the instances of a request failed');
  };
  try {
    // Also for a request whose client has gone: what it holds must be given back.
    runUninterrupted(dispose)?.catch(report);
  } catch (error) {
    report(error);
  }
}
