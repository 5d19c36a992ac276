import type { AppError } from '@plinth/core';
import type { JsonSchema } from '@plinth/validation';
import type { InnerAround, OuterAround } from '../around/define-around.js';
import type { HttpContext } from '../contract/context-of.js';
import type { CompressOptions } from '../compress/compress-options.js';
import type { SealedCookie } from '../cookies/define-cookie.js';
import type { CorsOptions } from '../cors/cors-options.js';
import type { CsrfOptions } from '../csrf/csrf-options.js';
import type { Accepts } from '../contract/contract.js';
import type { ProblemDetails } from '../problem/problem-details.js';
import type { RateLimitOptions } from '../rate-limit/rate-limit-options.js';
import type { RedirectsOptions } from '../reply/redirect-feature.js';
import type { FirewallOptions } from '../request/read-path.js';
import type { SecurityHeaderOptions } from '../security-headers/options.js';
import type { TrustOption } from '../request/trust-proxy.js';
import type { HealthOptions } from '../health/health-options.js';
import type { AdminOptions } from '../admin/admin-options.js';
import type { TraceOptions } from '../trace/trace-options.js';
import type { OverloadOptions } from './load-watch.js';
import type { ErrorReporter } from './report-error.js';
import type { RequestLogOptions } from './request-log-options.js';
import type { TlsOptions } from './tls.js';
import type { VersioningOptions } from '../versioning/versioning-options.js';
import type { UploadOptions } from './upload-options.js';

/** An application's own error body; for the errors of the parser too. */
export interface ErrorAnswer {
  /** Written as JSON. */
  readonly body: object;
  /** Default `application/json; charset=utf-8`. */
  readonly contentType?: string;
  /** Default: the status of the problem. */
  readonly status?: number;
}

/** Makes an application's own error body. `context` is absent for requests that could not be parsed. Must not throw. */
export type ErrorBody = (problem: ProblemDetails, error: AppError, context: HttpContext | undefined) => ErrorAnswer;

/** The schema of an application's own error body, for the documentation. */
export interface ErrorSchema {
  readonly schema: JsonSchema;
  readonly contentType: string;
}

/** Limits of every route; a contract's `limits` win over `body` and `timeout`. */
export interface HttpLimits {
  /** Bytes of a body. Default: that of its format (JSON 1 MiB, text 256 KiB, form 64 KiB, bytes 1 MiB). */
  readonly body?: number;
  /** Milliseconds for guards and handler, then 503 (`HTTP_DEADLINE`). Default 30,000. */
  readonly timeout?: number;
  /** Characters of the request target. Default 8,192. */
  readonly url?: number;
  /** Number of request headers. Default 100. */
  readonly headers?: number;
  /** Characters of a path parameter. Default 1,024. */
  readonly param?: number;
  /** Bytes of the request line and headers together. Default 16 KiB. */
  readonly headerBytes?: number;
  /** Milliseconds for the headers of a request. Default 10,000. */
  readonly headersTimeout?: number;
  /** Milliseconds for a whole request, body included. Default 30,000. */
  readonly requestTimeout?: number;
  /** Milliseconds that an idle connection is kept. Default 65,000: longer than load balancers keep theirs. */
  readonly keepAliveTimeout?: number;
  /** Milliseconds without progress of a client that does not read its answer. Default 60,000. */
  readonly writeStall?: number;
  /** Requests that may wait for something at the same time; above it 503 (`HTTP_OVERLOADED`). Default 1,000. */
  readonly inFlight?: number;
}

/** What `HttpModule.with` takes. Everything has a default. */
export interface HttpOptions {
  /** Put before the path of every route but the health routes, such as `/api`. */
  readonly prefix?: string;
  /** What happens to keys that a schema does not declare. Default `reject`. */
  readonly unknown?: 'reject' | 'strip' | 'keep';
  readonly limits?: HttpLimits;
  /** The body formats of routes that say nothing themselves. Default `json`. */
  readonly accepts?: Accepts;
  /** Where multipart forms put their files, and their limits. */
  readonly uploads?: UploadOptions;
  /** Arounds of every route, outermost first; inside them those of controllers and routes. */
  readonly around?: readonly InnerAround[];
  /** Arounds before the guards, outermost first. */
  readonly outer?: readonly OuterAround[];
  readonly errorBody?: ErrorBody;
  readonly errorSchema?: ErrorSchema;
  /** Changes to the security headers, by part or by the name of a header; `false` writes none at all. */
  readonly securityHeaders?: SecurityHeaderOptions | false;
  /** Origins whose pages may call the service. Off until declared; a contract's `cors` wins part by part. */
  readonly cors?: CorsOptions;
  /** Protection of unsafe requests against other sites (CSRF); on, unless `false`. */
  readonly csrf?: CsrfOptions | false;
  /** The signed and encrypted cookies that the service reads and writes (`defineCookie`). They need `APP_KEY`. */
  readonly cookies?: readonly SealedCookie<unknown>[];
  /** Compression of replies, negotiated with the client. Default off. */
  readonly compress?: boolean | CompressOptions;
  /** Replies to GET get an ETag, and 304 where the client has them; `weak`: a weak one. Default off. */
  readonly etag?: boolean | 'weak';
  /** Whether a client whose `Accept` takes none of the declared media types gets 406. Default false: it gets what there is. */
  readonly negotiate?: boolean;
  /** Where redirects may lead besides this service. */
  readonly redirects?: RedirectsOptions;
  /** What of odd paths is let through to the router. Default: nothing. */
  readonly firewall?: FirewallOptions;
  /** The rate limit of every client. Default 600 a minute with a burst of 100; `false`: none but those that routes declare. */
  readonly rateLimit?: RateLimitOptions | false;
  /** `false`: no `X-Request-Id` header. Requests have an id all the same. */
  readonly requestIdHeader?: boolean;
  /** `false`: no log line per request; or what the lines say and which there are. Faults of ours are logged all the same. */
  readonly requestLog?: boolean | RequestLogOptions;
  /** Is told of each error that is answered with a 5xx, or happens after an answer was begun: for error trackers. */
  readonly onError?: ErrorReporter;
  /** How requests take part in traces. */
  readonly trace?: TraceOptions;
  /** Metrics, health details and routes on a port of their own, on this machine only unless `host` says otherwise. Off without a port here or in `ADMIN_PORT`. */
  readonly admin?: AdminOptions;
  /** `false`: no health routes; the path before `/live`, `/ready` and `/startup`; or path and guards. Default `/health`. */
  readonly health?: false | string | HealthOptions;
  /** The proxies whose forwarded headers are believed; `APP_TRUST_PROXY` stands over it. Default: none. */
  readonly trust?: TrustOption;
  /** When requests are refused (`HTTP_OVERLOADED`) because the process cannot keep up; `false`: never but by `limits.inFlight`. */
  readonly overload?: OverloadOptions | false;
  /** Serves https: certificate and key. `TLS_CERT` and `TLS_KEY` stand over it. */
  readonly tls?: TlsOptions;
  /**
   * A slash at the end of a path. `distinct`: another path, which leads nowhere; `redirect`: answered with 308 to where it leads;
   * `ignore`: as if it weren't there. Default `distinct`.
   */
  readonly trailingSlash?: 'distinct' | 'redirect' | 'ignore';
  /** `false`: the fixed text of paths matches in upper and lower case (A to Z). Default true. */
  readonly caseSensitive?: boolean;
  /** Where requests say which version of the API they want. Without it no route has a version. */
  readonly versioning?: VersioningOptions;
}
