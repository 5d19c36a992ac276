import type { Class, Dep, ErrorKind } from '@plinth/core';
import type { Schema } from '@plinth/validation';
import type { AnyAround, InnerAround } from '../around/define-around.js';
import type { AnyGuard } from '../guard/define-guard.js';
import type { MediaType } from './media-type.js';

/** What a route accepts and gives. Every part is optional; what is not declared is not read, and not typed in the handler. */
export interface Contract {
  /** Values of the path's parameters. Without it each is a string. Needed when the controller's prefix holds parameters that the handler reads. */
  readonly params?: Schema;
  /** The query string. Strings are coerced to the types of the schema. */
  readonly query?: Schema;
  /** Request headers, names in lower case. Other headers stay readable by `header(name)`. */
  readonly headers?: Schema;
  /** Cookies. Other cookies stay readable by `cookie(name)`. */
  readonly cookies?: Schema;
  /** The request body. JSON unless `accepts` says otherwise; `{}` takes anything. */
  readonly body?: Schema;
  /** The body formats that are read; every other media type is refused with 415. Default `json`. */
  readonly accepts?: BodyFormat | readonly BodyFormat[];
  /** What is sent: a schema (status 200), or a map from status to schema, media type, or `null` for no body. Without it a handler may send nothing (204) or a text (200). */
  readonly returns?: Returns;
  /** Says that anybody may call this route. A route with neither a guard nor `open: true` stops the boot. */
  readonly open?: true;
  /** Arounds of this route, outermost first, inside those of the controller and the application. */
  readonly around?: readonly InnerAround[];
  /** What happens to keys that the schemas do not declare. Default: that of `HttpModule`. */
  readonly unknown?: 'reject' | 'strip' | 'keep';
  readonly limits?: RouteLimits;
  /** Errors that the handler throws, for the documentation. */
  readonly errors?: readonly DeclaredError[];
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** Unique and stable name of the operation. Default: controller and method, or the method and path. */
  readonly operationId?: string;
  readonly deprecated?: boolean;
  /** Leaves the route out of the OpenAPI document. */
  readonly hidden?: true;
  readonly examples?: ContractExamples;
  /** `false` keeps a plain function's requests out of the request context (AsyncLocalStorage). */
  readonly context?: false;
}

/** `json`: application/json; `form`: application/x-www-form-urlencoded; `text`: text/plain as a string; `bytes`: application/octet-stream as a Buffer. */
export type BodyFormat = 'json' | 'form' | 'text' | 'bytes';

export type Returns = Schema | MediaType | ReturnsByStatus;

/** Status to schema, to `media(...)`, or to `null` for a reply without a body. */
export interface ReturnsByStatus {
  readonly [status: number]: Schema | MediaType | null;
}

/** Limits of one route; each default is that of the server. */
export interface RouteLimits {
  /** Bytes of the body. */
  readonly body?: number;
  /** Milliseconds until the handler's deadline: then 503, and `signal` is aborted. */
  readonly timeout?: number;
}

/** An error that a route documents. An error of `defineErrors` is one as it stands: `errors: [ORDER_ERRORS.NOT_FOUND]`. */
export interface DeclaredError {
  readonly code: string;
  /** Gives the status by the table of problem kinds, unless `status` is given. */
  readonly kind?: ErrorKind;
  readonly status?: number;
  readonly description?: string;
}

/** Examples for the documentation; not checked against the schemas at run time. */
export interface ContractExamples {
  readonly body?: unknown;
  readonly returns?: { readonly [status: number]: unknown };
}

/**
 * One route as plain data: what decorators and the functions `get`, `post`, ... produce, and what the server, the OpenAPI document,
 * typed clients and tools read.
 */
export interface RouteDefinition {
  /** Upper case. */
  readonly method: string;
  /** Begins with `/`; holds the controller's prefix, but not that of `HttpModule`. */
  readonly path: string;
  readonly contract: Contract;
  /** Run left to right before the body is read. */
  readonly guards: readonly AnyGuard[];
  /** Inner arounds of the controller and the route, outermost first. */
  readonly around: readonly AnyAround[];
  readonly handler: RouteFunction | ControllerMethod;
  /** Dependencies of a plain function, passed after the context. */
  readonly deps?: readonly Dep[];
  /** The route does not exist in production. */
  readonly developmentOnly?: true;
  /** `file:line` of the decorator or the function call. */
  readonly definedAt?: string;
}

/** A plain function as a handler: the context, then the values of `deps`. */
export type RouteFunction = (context: never, ...dependencies: never[]) => unknown;

/** A method of a controller as a handler. */
export interface ControllerMethod {
  readonly controller: Class;
  readonly property: string | symbol;
}

/** Whether the handler is a controller's method. */
export function isControllerMethod(handler: RouteDefinition['handler']): handler is ControllerMethod {
  return typeof handler !== 'function';
}
