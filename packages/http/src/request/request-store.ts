import type { Logger, RequestContext } from '@plinth/core';
import { traceOf } from '../trace/trace.js';
import type { RouteContext } from './http-context.js';

/** What follows a request through AsyncLocalStorage, for the routes that need it. Reads from the request only when asked. */
class RequestStore implements RequestContext {
  readonly values = new Map<unknown, unknown>();
  readonly id: string;
  readonly #context: RouteContext;

  constructor(context: RouteContext) {
    this.#context = context;
    this.id = context.id;
  }

  get logger(): Logger | undefined {
    return undefined;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** Kept with the request: who is told of its errors has left the store. */
  get actor(): unknown {
    return this.#context.ownActor;
  }

  set actor(value: unknown) {
    this.#context.ownActor = value;
  }

  get traceId(): string {
    return traceOf(this.#context).traceId;
  }

  get spanId(): string {
    return traceOf(this.#context).spanId;
  }

  /** The same for all requests of ours: they have the span of this one as their parent. */
  get traceparent(): string {
    return traceOf(this.#context).traceparent;
  }

  get tracestate(): string | undefined {
    return traceOf(this.#context).tracestate;
  }

  get aborted(): boolean {
    return this.#context.abortReason !== undefined;
  }

  get deadline(): number {
    return this.#context.deadline;
  }
}

/** The store of a request. */
export function storeOf(context: RouteContext): RequestContext {
  return new RequestStore(context);
}
