import type { IncomingMessage, ServerResponse } from 'node:http';
import { defineOuterAround, type Next, type OuterAround } from '../around/define-around.js';
import { HTTP_ERRORS } from '../errors.js';
import { isThenable } from '../guard/thenable.js';
import { Reply } from '../reply/reply.js';
import type { RouteContext } from '../request/http-context.js';
import { ForeignAnswer } from './foreign-answer.js';
import { tellEnd } from './tell-end.js';

/** Passes on to what comes after; with an error the request fails with it. */
export type MiddlewareNext = (error?: unknown) => void;

/** A middleware of connect, Express and their kin. */
export type ConnectMiddleware = (request: IncomingMessage, response: ServerResponse, next: MiddlewareNext) => unknown;

export interface MiddlewareOptions {
  /** Shown in errors and by `routes`. Default: the name of the function. */
  readonly name?: string;
}

/**
 * A connect-style middleware as an outer around: it runs once for every request, misses included, in the order of `outer`. Headers that
 * it sets reach the reply; it may answer itself. A rewritten `request.url` is not followed, and the body is not its to read
 * (`HTTP_MIDDLEWARE`). One that neither answers nor calls `next()` meets the deadline.
 *
 * @example
 * HttpModule.with({ securityHeaders: false, outer: [fromMiddleware(helmet())] })
 */
export function fromMiddleware(middleware: ConnectMiddleware, options: MiddlewareOptions = {}): OuterAround {
  const name = options.name ?? (middleware.name === '' ? 'middleware' : middleware.name);
  return defineOuterAround({ name, run: (context, next) => run(context as unknown as RouteContext, next, middleware, name) });
}

/** Stands for an answer that was given without us. */
const ANSWERED = new Reply(200, undefined);

function run(context: RouteContext, next: Next, middleware: ConnectMiddleware, name: string): Promise<Reply> {
  const answer = new ForeignAnswer(context);
  return new Promise((resolve, reject) => {
    let passed = false;
    const fail = (error: unknown): void => {
      if (answer.begun) answer.cut(error);
      answer.release();
      reject(error);
    };
    const pass: MiddlewareNext = (error) => {
      if (passed || context.answered)
        return report(context, name, passed ? 'called next() twice' : 'called next() when the request had been answered');
      passed = true;
      if (error !== undefined && error !== null) return fail(error);
      answer.release();
      adoptHeaders(context);
      if (context.request.readableDidRead) return reject(HTTP_ERRORS.MIDDLEWARE({ name, reason: 'has read the body of the request' }));
      next().then(resolve, reject);
    };
    void answer.closed.then(() => resolve(ANSWERED));
    tellEnd(context.request);
    try {
      const waiting = middleware(context.request, context.response, pass);
      if (isThenable(waiting)) waiting.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  });
}

// Framing is the server's.
const ours = new Set(['connection', 'content-length', 'keep-alive', 'trailer', 'transfer-encoding', 'upgrade']);

/** Hands the headers that a middleware has set to the reply that will be written. */
function adoptHeaders(context: RouteContext): void {
  const { response } = context;
  const headers = (context.extraHeaders ??= []);
  for (const name of response.getHeaderNames()) {
    const value = response.getHeader(name);
    response.removeHeader(name);
    if (value === undefined || ours.has(name)) continue;
    const several = Array.isArray(value) || name === 'set-cookie' || name === 'vary';
    if (several) for (const line of Array.isArray(value) ? value : [String(value)]) headers.push(name, line);
    else context.setHeader(name, String(value));
  }
}

function report(context: RouteContext, name: string, reason: string): void {
  const { code, message } = HTTP_ERRORS.MIDDLEWARE({ name, reason });
  context.server.logger.warn({ requestId: context.id, route: context.route, code }, message);
}
