import type { Class, Dep, ErrorKind } from '@plinth/core';
import type { Schema } from '@plinth/validation';
import type { AnyAround, InnerAround } from '../around/define-around.js';
import type { CompressOptions } from '../compress/compress-options.js';
import type { CorsOptions } from '../cors/cors-options.js';
import type { AnyGuard } from '../guard/define-guard.js';
import type { CacheOptions } from '../reply/cache-control.js';
import type { RouteRateLimits } from '../rate-limit/rate-limit-options.js';
import type { SecurityHeaderOptions } from '../security-headers/options.js';
import type { BodyReader } from '../request/body-plan.js';
import type { Deprecation } from '../versioning/deprecation.js';
import type { RouteVersion } from '../versioning/versioning-options.js';
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
  /** The body formats that are read; every other media type is refused with 415. Default: that of the controller, the module or the server, else `json`. */
  readonly accepts?: Accepts;
  /** What is sent: a schema (status 200), or a map from status to schema, media type, or `null` for no body. Without it a handler may send nothing (204) or a text (200). */
  readonly returns?: Returns;
  /** Says that anybody may call this route. A route with neither a guard nor `open: true` stops the boot. */
  readonly open?: true;
  /** Arounds of this route, outermost first, inside those of the controller and the application. */
  readonly around?: readonly InnerAround[];
  /** What happens to keys that the schemas do not declare. Default: that of `HttpModule`. */
  readonly unknown?: 'reject' | 'strip' | 'keep';
  readonly limits?: RouteLimits;
  /** Under overload `low` is refused first and `high` last. Default `normal`. Health routes are never refused. */
  readonly priority?: 'low' | 'normal' | 'high';
  /** Changes to the security headers of this route's replies, part by part over those of `HttpModule`; `false` writes none. */
  readonly securityHeaders?: SecurityHeaderOptions | false;
  /** Origins whose pages may call this route, part by part over those of `HttpModule`; `false`: none. */
  readonly cors?: Partial<CorsOptions> | false;
  /** `false`: other sites may send unsafe requests here with the cookies of a user. For payment providers that post back, and the like. */
  readonly csrf?: false;
  /** Rate limits of this route; `false`: none, not even that of the server. */
  readonly rateLimit?: RouteRateLimits;
  /** What caches may do with the success replies of this route. Without it: nothing is said, and `no-store` behind a guard. */
  readonly cache?: CacheOptions;
  /** Replies to GET get an ETag, and 304 where the client has them; `weak`: a weak one. Default: that of `HttpModule`. */
  readonly etag?: boolean | 'weak';
  /** Compression of this route's replies, part by part over that of `HttpModule`. Said here, it holds for replies with cookies too. */
  readonly compress?: boolean | CompressOptions;
  /** Whether a client whose `Accept` takes none of the declared media types gets 406. Default: that of `HttpModule`. */
  readonly negotiate?: boolean;
  /** Errors that the handler throws, for the documentation. */
  readonly errors?: readonly DeclaredError[];
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** Unique and stable name of the operation. Default: controller and method, or the method and path. */
  readonly operationId?: string;
  /** Should not be used any more; with a date it says so in the headers `Deprecation`, `Sunset` and `Link`. */
  readonly deprecated?: boolean | Deprecation;
  /** The versions of the API that this route belongs to; `neutral`: all. Default: that of the controller or the module, else all. */
  readonly version?: RouteVersion;
  /** Leaves the route out of the OpenAPI document. */
  readonly hidden?: true;
  readonly examples?: ContractExamples;
  /** `false` keeps a plain function's requests out of the request context (AsyncLocalStorage). */
  readonly context?: false;
}

/**
 * `json`: application/json; `form`: application/x-www-form-urlencoded; `text`: text/plain as a string; `bytes`: application/octet-stream as a
 * Buffer; `ndjson`: application/x-ndjson, whose handler gets an async iterable of values, each checked by the schema.
 */
export type BodyFormat = 'json' | 'form' | 'text' | 'bytes' | 'ndjson';

/** A format by name, or one of `defineBodyReader`. */
export type Accepted = BodyFormat | BodyReader;

/** One format or several. */
export type Accepts = Accepted | readonly Accepted[];

export type Returns = Schema | MediaType | ReturnsByStatus;

/** Status to schema, to `media(...)`, or to `null` for a reply without a body. */
export interface ReturnsByStatus {
  readonly [status: number]: Schema | MediaType | null;
}

/** Limits of one route; each default is that of the server. */
export interface RouteLimits {
  /** Bytes of the body. */
  readonly body?: number;
  /** Bytes of one line of NDJSON. Default 64 KiB. */
  readonly line?: number;
  /** Milliseconds for the body to arrive: then 408. Default: that of the server; 5 minutes for uploads and NDJSON. */
  readonly bodyTimeout?: number;
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
  /** The route answers what no other route at or below its path does: see `notFound`. */
  readonly missed?: true;
  /** The route hands everything at and below its path to a handler that is not ours: see `mountFetch`. */
  readonly mounted?: true;
  /** The route answers at its path, there with a slash at the end, and everywhere below: see `staticFiles`. What is below is the parameter `rest`. */
  readonly below?: true;
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
