// contract, controllers, guards, arounds, replies
import './contract/module-parts.js';
export type {
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
export { isMediaType, media, type MediaBody, type MediaType } from './contract/media-type.js';
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
  patch,
  post,
  put,
  query,
  route,
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
export { accepted, created, noContent, ok, Reply, reply, type ReplyCookie, type ReplyHeaders, type ReplyOptions } from './reply/reply.js';
export type { CookieOptions } from './reply/cookie-options.js';

// server, router, problems
export { HttpModule } from './server/http-module.js';
export { HTTP_CONFIG } from './server/http-config.js';
export { HTTP_SERVER, type HttpServer, type ListenAddress } from './server/http-server.js';
export type { ErrorAnswer, ErrorBody, ErrorSchema, HttpLimits, HttpOptions } from './server/http-options.js';
export { inject, type InjectRequest, type InjectResponse } from './server/inject.js';
export type { HttpRequestEvent } from './server/request-log.js';
export type { CompiledRoute } from './route/route-plan.js';
export { ROUTE_HOOK, routeHook, type RouteHook } from './route/route-hook.js';
export { parsePattern, type PathPattern, type Segment } from './router/parse-pattern.js';
export type { ProblemDetails, RequestIssue, RequestPart } from './problem/problem-details.js';
export { statusOf, statusOfKind } from './problem/status-of.js';
export { cookie } from './reply/cookie.js';
export { API_HEADERS, STRICT_TRANSPORT, type FlatHeaders } from './security-headers/security-headers.js';
export { HTTP_ERRORS } from './errors.js';
