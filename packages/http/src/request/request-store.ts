import type { Logger, RequestContext } from '@plinth/core';
import type { RouteContext } from './http-context.js';
import { readTraceId } from './trace-parent.js';

/** What follows a request through AsyncLocalStorage, for the routes that need it. Reads from the request only when asked. */
class RequestStore implements RequestContext {
  readonly values = new Map<unknown, unknown>();
  readonly id: string;
  readonly traceId: string | undefined;
  actor: unknown = undefined;
  readonly #context: RouteContext;

  constructor(context: RouteContext) {
    this.#context = context;
    this.id = context.id;
    this.traceId = readTraceId(context.header('traceparent'));
  }

  get logger(): Logger | undefined {
    return undefined;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  get deadline(): number {
    return this.#context.deadline;
  }
}

/** The store of a request. */
export function storeOf(context: RouteContext): RequestContext {
  return new RequestStore(context);
}
