import type { AppError, Dep, ValuesOf } from '@plinth/core';
import type { Contract, RouteDefinition, RouteFunction } from '../contract/contract.js';
import type { ContextOf } from '../contract/context-of.js';
import type { NoSurplus } from '../contract/check-parts.js';
import type { ResultOf } from '../contract/result-of.js';
import type { AnyGuard } from '../guard/define-guard.js';
import { callPlace } from './call-place.js';
import { ANY_METHOD } from '../router/router.js';
import { joinPaths } from './read-routes.js';

/** A plain function as a handler: the same context as a method's, then the values of its `deps`. */
export type Handler<Context, Result, Deps extends readonly Dep[] = readonly []> = (
  context: Context,
  ...dependencies: ValuesOf<Deps>
) => Result | PromiseLike<Result>;

export interface FunctionOptions<Deps extends readonly Dep[]> {
  /** Resolved from the module that lists the route. */
  readonly deps?: Deps;
}

/** `get('/path', contract, handler)`: a route for the `routes` of a module. */
export interface RouteFunctionOf<Facts, Refused = never> {
  <const Path extends string, const C extends Contract, const Deps extends readonly Dep[] = readonly []>(
    path: Path,
    contract: C & NoSurplus<C, Refused>,
    handler: Handler<ContextOf<Path, C, Facts>, ResultOf<C>, Deps>,
    options?: FunctionOptions<Deps>,
  ): RouteDefinition;
}

/** `route('PURGE', '/path', contract, handler)`: any method that Node.js parses. */
export interface AnyRouteFunction<Facts, Refused = never> {
  <const Path extends string, const C extends Contract, const Deps extends readonly Dep[] = readonly []>(
    method: string,
    path: Path,
    contract: C & NoSurplus<C, Refused>,
    handler: Handler<ContextOf<Path, C, Facts>, ResultOf<C>, Deps>,
    options?: FunctionOptions<Deps>,
  ): RouteDefinition;
}

/** What a `notFound` handler knows besides the request. */
export interface MissedRequest {
  /** What the server would have answered: `HTTP_NO_ROUTE`, `HTTP_METHOD` or `HTTP_API_VERSION`. Throw it to answer so after all. */
  readonly missed: AppError;
  /** The methods that the path has; empty where it has none (404). They are in the `Allow` header already. */
  readonly allowed: readonly string[];
}

/** `notFound('/api', contract, handler)`: answers what no route at or below a path does, 404 and 405 alike. */
export interface MissFunctionOf<Facts, Refused = never> {
  <const C extends Contract, const Deps extends readonly Dep[] = readonly []>(
    path: string,
    contract: C & NoSurplus<C, Refused | 'body' | 'params' | 'version'>,
    handler: Handler<ContextOf<'/', C, Facts & MissedRequest>, ResultOf<C>, Deps>,
    options?: FunctionOptions<Deps>,
  ): RouteDefinition;
}

/** The route functions of one set of guards. */
export interface RouteFunctions<Facts, Refused = never> {
  readonly get: RouteFunctionOf<Facts, Refused>;
  readonly post: RouteFunctionOf<Facts, Refused>;
  readonly put: RouteFunctionOf<Facts, Refused>;
  readonly patch: RouteFunctionOf<Facts, Refused>;
  /** `delete` is a reserved word: as an import it is called `del`. */
  readonly del: RouteFunctionOf<Facts, Refused>;
  readonly query: RouteFunctionOf<Facts, Refused>;
  readonly route: AnyRouteFunction<Facts, Refused>;
  /**
   * A route for what no other route at or below a path answers; the nearest path wins. Guards and arounds run as for any route.
   * OPTIONS and redirects to another slash are answered by the server.
   */
  readonly notFound: MissFunctionOf<Facts, Refused>;
}

/** @internal */
export function createRouteFunctions<Facts>(guards: readonly AnyGuard[]): RouteFunctions<Facts> {
  const verb = (method: string): RouteFunctionOf<Facts> => {
    const define = (path: string, contract: Contract, handler: RouteFunction, options?: FunctionOptions<readonly Dep[]>): RouteDefinition =>
      definitionOf({ method, path, contract, handler, guards, deps: options?.deps, callee: define });
    return define as RouteFunctionOf<Facts>;
  };
  const route = (
    method: string,
    path: string,
    contract: Contract,
    handler: RouteFunction,
    options?: FunctionOptions<readonly Dep[]>,
  ): RouteDefinition => definitionOf({ method: method.toUpperCase(), path, contract, handler, guards, deps: options?.deps, callee: route });
  const notFound = (
    path: string,
    contract: Contract,
    handler: RouteFunction,
    options?: FunctionOptions<readonly Dep[]>,
  ): RouteDefinition => {
    const parts = { method: ANY_METHOD, path, contract: { ...contract, hidden: true as const }, handler, guards };
    return withMark(definitionOf({ ...parts, deps: options?.deps, callee: notFound }), { missed: true });
  };
  return {
    get: verb('GET'),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    del: verb('DELETE'),
    query: verb('QUERY'),
    route: route as AnyRouteFunction<Facts>,
    notFound: notFound as MissFunctionOf<Facts>,
  };
}

interface Parts extends Pick<RouteDefinition, 'method' | 'path' | 'contract' | 'guards'> {
  readonly handler: RouteFunction;
  readonly deps: readonly Dep[] | undefined;
  readonly callee: Function;
}

function definitionOf(parts: Parts): RouteDefinition {
  const { method, path, contract, guards, handler, deps, callee } = parts;
  const place = callPlace(callee);
  return {
    method,
    path: joinPaths('/', path),
    contract,
    guards,
    around: contract.around ?? [],
    handler,
    ...(deps !== undefined && { deps }),
    get definedAt() {
      return place();
    },
  };
}

/** A definition with one more part; its place is still found only when somebody asks. @internal */
export function withMark(definition: RouteDefinition, mark: Pick<RouteDefinition, 'missed' | 'mounted'>): RouteDefinition {
  return Object.assign(definition, mark);
}

/** Routes without a guard; they say `open: true`, or their module does. */
export const { get, post, put, patch, del, query, route, notFound }: RouteFunctions<unknown> = createRouteFunctions([]);
