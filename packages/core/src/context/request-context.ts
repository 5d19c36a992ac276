import { AsyncLocalStorage } from 'node:async_hooks';
import { token } from '../di/token.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';
import type { Logger } from '../logging/logger.js';

/** What belongs to one request, job or command, and follows it through awaits, timers and callbacks. */
export interface RequestContext {
  /** Id of the request; stands in each of its log lines. */
  readonly id: string;
  /** Trace id (W3C Trace Context, 32 hexadecimal digits). */
  readonly traceId?: string | undefined;
  /** Id of the request's own span in the trace (16 hexadecimal digits). */
  readonly spanId?: string | undefined;
  /** `traceparent` and `tracestate` (W3C Trace Context) for requests that this one causes. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly logger?: Logger | undefined;
  /** Who acts; set by guards. */
  actor?: unknown;
  /** Aborts when the caller has gone or the deadline has passed. */
  readonly signal?: AbortSignal | undefined;
  /** Whether `signal` is aborted, without one being made for the question. Absent: ask `signal`. */
  readonly aborted?: boolean | undefined;
  /** Moment at which the answer is of no use any more, in milliseconds since 1970. */
  readonly deadline?: number | undefined;
  /** Values by key; see `contextKey`. */
  readonly values: Map<unknown, unknown>;
}

/** Access to the context of the request that is being worked on. */
export interface RequestContexts {
  /** The context, or undefined outside of a request. */
  current(): RequestContext | undefined;
  /** The context. Throws `CORE_CONTEXT_NONE` outside of a request. */
  require(): RequestContext;
  /** The value of a key; undefined when it was not set, or outside of a request. */
  get<T>(key: ContextKey<T>): T | undefined;
  /** Sets a value for the rest of the request. Throws `CORE_CONTEXT_NONE` outside of one. */
  set<T>(key: ContextKey<T>, value: T): void;
}

/** A typed key of `RequestContext.values`. */
export interface ContextKey<T> {
  readonly name: string;
  /** Only in types: what the key holds. */
  readonly type?: (value: T) => T;
}

/** The context of the current request; whoever depends on it makes its routes enter AsyncLocalStorage. */
export const REQUEST_CONTEXT = token<RequestContexts>('REQUEST_CONTEXT');

const storage = new AsyncLocalStorage<RequestContext>();

/** The context of the current request, or undefined outside of one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs a function, and everything it starts, in a context; returns what it returns. */
export function runInContext<T>(context: RequestContext, run: () => T): T {
  return storage.run(context, run);
}

/** Runs a function outside of any request: for work that must outlive the request that causes it. */
export function runOutsideContext<T>(run: () => T): T {
  return storage.exit(run);
}

/** Makes a context, without values unless some are given. */
export function createContext(context: Omit<RequestContext, 'values'> & { readonly values?: Map<unknown, unknown> }): RequestContext {
  return { ...context, values: context.values ?? new Map() };
}

/** A typed key for values of the request context. Each call makes another key, whatever its name. */
export function contextKey<T>(name: string): ContextKey<T> {
  return Object.freeze({ name });
}

/** What `REQUEST_CONTEXT` gives. */
export const requestContexts: RequestContexts = Object.freeze({
  current: currentContext,
  require: () => requireContext('the context'),
  get: <T>(key: ContextKey<T>) => storage.getStore()?.values.get(key) as T | undefined,
  set: <T>(key: ContextKey<T>, value: T) => void requireContext(`"${key.name}"`).values.set(key, value),
});

function requireContext(name: string): RequestContext {
  const context = storage.getStore();
  if (context === undefined) throw SERVICE_ERRORS.CONTEXT_NONE({ name });
  return context;
}
