import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RouteDefinition } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import { isThenable } from '../guard/thenable.js';
import type { RouteContext } from '../request/http-context.js';
import { ForeignAnswer } from './foreign-answer.js';
import type { MiddlewareNext } from './from-middleware.js';
import { limitBody } from './limited-body.js';
import { bodyLimitOf, mountRoute, type MountOptions } from './mount-options.js';
import { mountedTarget } from './mounted-path.js';
import { tellEnd } from './tell-end.js';

/** A listener of Node's server, such as an Express application. `next` is called for what it does not answer. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next: MiddlewareNext) => unknown;

/**
 * Hands every method at and below a path to a listener of Node's server, such as an Express application. It sees `request.url` without
 * that path, and the whole one as `originalUrl`. Early checks, rate limits, guards, deadline and log line are those of any route;
 * a route of the application below the path wins for its method.
 *
 * @example
 * const legacy = mountNode('/legacy', express().use(oldRoutes), { guards: [session] });
 */
export function mountNode(path: string, handler: NodeHandler, options: MountOptions): RouteDefinition {
  return mountRoute(path, options, (context) => run(context, handler, bodyLimitOf(context, options)), mountNode);
}

function run(context: RouteContext, handler: NodeHandler, limit: number): Promise<void> {
  const target = mountedTarget(context);
  limitBody(context, limit);
  const request = context.request as IncomingMessage & { originalUrl?: string };
  const { url = '' } = request;
  const answer = new ForeignAnswer(context);
  const done = new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => {
      if (answer.begun) answer.cut(error);
      answer.release();
      dropHeaders(context.response);
      reject(error);
    };
    const pass: MiddlewareNext = (error) => {
      if (!context.answered) fail(error ?? HTTP_ERRORS.NO_ROUTE());
    };
    void answer.closed.then(resolve);
    tellEnd(request);
    request.originalUrl = url;
    request.url = target;
    try {
      const waiting = handler(request, context.response, pass);
      if (isThenable(waiting)) waiting.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  });
  return done.finally(() => {
    request.url = url;
  });
}

// The error is ours to write.
function dropHeaders(response: ServerResponse): void {
  if (!response.headersSent) for (const name of response.getHeaderNames()) response.removeHeader(name);
}
