// contract, controllers, guards, arounds, replies
import './contract/module-parts.js';
export type {
  Accepted,
  Accepts,
  BodyFormat,
  Contract,
  ContractExamples,
  ControllerMethod,
  DeclaredError,
  Returns,
  ReturnsByStatus,
  RouteDefinition,
  RouteFunction,
  RouteLimits,
} from './contract/contract.js';
export { isControllerMethod } from './contract/contract.js';
export type { AroundContext, ContextOf, GuardContext, HttpContext } from './contract/context-of.js';
export type { ResultOf } from './contract/result-of.js';
export type { PathParams } from './contract/path-params.js';
export {
  isMediaType,
  media,
  schemaOfMedia,
  typesOfMedia,
  type EncodedType,
  type MediaBody,
  type MediaType,
} from './contract/media-type.js';
export { bareStatus, readReturns, type StatusMap } from './contract/read-returns.js';
export { Controller, type ControllerOptions } from './controller/controller.js';
export {
  Delete,
  Get,
  Head,
  Options,
  Patch,
  Post,
  Put,
  Query,
  Route,
  type RouteDecorator,
  type Verb,
  type Verbs,
} from './controller/verbs.js';
export {
  del,
  get,
  notFound,
  patch,
  post,
  put,
  query,
  route,
  type MissedRequest,
  type MissFunctionOf,
  type Handler,
  type RouteFunctionOf,
  type RouteFunctions,
} from './controller/route-functions.js';
export { guarded, type Guarded } from './controller/guarded.js';
export { checkController, readRoutes } from './controller/read-routes.js';
export {
  defineGuard,
  type AllFacts,
  type AnyGuard,
  type FactsOf,
  type Guard,
  type GuardOptions,
  type NeedsOf,
} from './guard/define-guard.js';
export { allSecurity, type GuardSecurity, type SecurityAlternatives, type SecurityScheme } from './guard/security.js';
export { anyOf } from './guard/any-of.js';
export { optional } from './guard/optional.js';
export { forbidden, noCredential, unauthenticated, type RefusalOptions } from './guard/refuse.js';
export {
  defineAround,
  defineOuterAround,
  type AnyAround,
  type Around,
  type AroundOptions,
  type InnerAround,
  type Next,
  type OuterAround,
} from './around/define-around.js';
export { catchError, type Caught, type CatchOptions, type ErrorTest } from './around/catch-error.js';
export type { Deprecation } from './versioning/deprecation.js';
export type {
  HeaderVersioning,
  MediaTypeVersioning,
  OwnVersioning,
  PathVersioning,
  RouteVersion,
  VersioningOptions,
} from './versioning/versioning-options.js';
export { accepted, created, noContent, ok, Reply, reply, type ReplyCookie, type ReplyHeaders, type ReplyOptions } from './reply/reply.js';
export { file, FileBody, type FileOptions, type FilePlace } from './reply/file.js';
export { ndjson, type LineSource } from './reply/ndjson.js';
export { alternatives, type AlternativeWriter } from './reply/alternatives.js';
export { download } from './reply/content-disposition.js';
export { cacheControl, type CacheOptions } from './reply/cache-control.js';
export { redirect, type RedirectOptions, type RedirectStatus } from './reply/redirect.js';
export type { RedirectsOptions } from './reply/redirect-feature.js';
export { url, type UrlOptions, type UrlParams, type UrlValue } from './reply/url.js';
export { negotiate } from './request/negotiate.js';
export type { Coding, CompressOptions } from './compress/compress-options.js';
export type { CookieOptions } from './reply/cookie-options.js';

// limits
export {
  SIGN_IN_LIMIT,
  type Rate,
  type RateLimitOptions,
  type RouteRateLimit,
  type RouteRateLimits,
  type WhenDown,
} from './rate-limit/rate-limit-options.js';
export { RATE_LIMIT_STORE, type RateLimitPolicy, type RateLimitStore } from './rate-limit/rate-limit-store.js';
export { MemoryRateLimitStore, type MemoryRateLimitOptions } from './rate-limit/memory-rate-limit-store.js';

// server, router, problems
export { HttpModule } from './server/http-module.js';
export { HTTP_CONFIG } from './server/http-config.js';
export { HTTP_SERVER, type HttpServer, type ListenAddress } from './server/http-server.js';
export type { ErrorAnswer, ErrorBody, ErrorSchema, HttpLimits, HttpOptions } from './server/http-options.js';
export { inject, injectStream, type InjectBody, type InjectRequest, type InjectResponse, type InjectStream } from './server/inject.js';
export type { FormLimits, UploadOptions } from './server/upload-options.js';
export type { BodyReader, StreamedBodyReader, WholeBodyReader } from './request/body-plan.js';
export { defineBodyReader } from './request/define-body-reader.js';
export { FORM_BODY, type FormBody } from './request/form-body.js';
export type { HttpRequestEvent, HttpRequestStartEvent } from './server/request-events.js';
export type { RequestLogOptions, StatusClass } from './server/request-log-options.js';
export type { ErrorInfo, ErrorReporter } from './server/report-error.js';
export { SERVER_IDENTITY, type ServerIdentity } from './server/server-identity.js';
export { ADMIN_ROUTE, type AdminOptions } from './admin/admin-options.js';
export type { TraceOptions } from './trace/trace-options.js';
export type { CompiledRoute } from './route/route-plan.js';
export { ROUTE_HOOK, routeHook, type RouteHook } from './route/route-hook.js';
export { parsePattern, type PathPattern, type Segment } from './router/parse-pattern.js';
export type { ProblemDetails, RequestIssue, RequestPart } from './problem/problem-details.js';
export { statusOf, statusOfKind } from './problem/status-of.js';
export { cookie } from './reply/cookie.js';
export { API_HEADERS, DOCUMENT_HEADERS, STRICT_TRANSPORT, type FlatHeaders } from './security-headers/security-headers.js';
export {
  compilePolicy,
  DOCUMENT_POLICY,
  type CompiledPolicy,
  type ContentSecurityPolicy,
  type PolicySource,
  type PolicySources,
  type SourceKeyword,
} from './security-headers/content-security-policy.js';
export type { NamedHeaders, SecurityHeaderOptions } from './security-headers/options.js';
export { clearSiteData, type SiteData } from './security-headers/clear-site-data.js';
export { html, Html, type HtmlTag, type HtmlValue } from './html/html.js';
export type { CorsOptions } from './cors/cors-options.js';
export type { CsrfOptions } from './csrf/csrf-options.js';
export { CSRF_COOKIE, csrfToken } from './csrf/csrf-token.js';
export { defineCookie, type SealedCookie, type SealedCookieOptions } from './cookies/define-cookie.js';
export type { FirewallOptions } from './request/read-path.js';
export { clientKey } from './request/client-key.js';
export type { TrustedProxies, TrustOption, TrustOptions } from './request/trust-proxy.js';
export type { HealthOptions } from './health/health-options.js';
export type { OverloadOptions } from './server/load-watch.js';
export type { TlsOptions } from './server/tls.js';
export { HTTP_ERRORS } from './errors.js';
