import type { Logger } from '../logging/logger.js';
import { currentContext, runInContext, type RequestContext } from './request-context.js';

/**
 * Runs a function, and everything it starts, for the current request, but whether or not anybody still waits for it: with its id, actor
 * and values, without its signal and deadline. For what must be done once it has been begun: giving back a lock, telling others of a
 * commit. Outside of a request it just runs.
 */
export function runUninterrupted<T>(run: () => T): T {
  const context = currentContext();
  return context === undefined ? run() : runInContext(new Uninterrupted(context), run);
}

class Uninterrupted implements RequestContext {
  readonly #context: RequestContext;
  readonly id: string;
  readonly values: Map<unknown, unknown>;
  readonly signal = undefined;
  readonly aborted = false;
  readonly deadline = undefined;

  constructor(context: RequestContext) {
    this.#context = context;
    this.id = context.id;
    this.values = context.values;
  }

  get traceId(): string | undefined {
    return this.#context.traceId;
  }

  get spanId(): string | undefined {
    return this.#context.spanId;
  }

  get traceparent(): string | undefined {
    return this.#context.traceparent;
  }

  get tracestate(): string | undefined {
    return this.#context.tracestate;
  }

  get logger(): Logger | undefined {
    return this.#context.logger;
  }

  get actor(): unknown {
    return this.#context.actor;
  }

  set actor(value: unknown) {
    this.#context.actor = value;
  }
}
