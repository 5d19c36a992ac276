import type { Dep, ValuesOf } from '@plinth/core';
import type { Contract, RouteDefinition, RouteFunction } from '../contract/contract.js';
import type { ContextOf } from '../contract/context-of.js';
import type { NoSurplus } from '../contract/check-parts.js';
import type { ResultOf } from '../contract/result-of.js';
import type { AnyGuard } from '../guard/define-guard.js';
import { callPlace } from './call-place.js';
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
  return {
    get: verb('GET'),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    del: verb('DELETE'),
    query: verb('QUERY'),
    route: route as AnyRouteFunction<Facts>,
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

/** Routes without a guard; they say `open: true`, or their module does. */
export const { get, post, put, patch, del, query, route }: RouteFunctions<unknown> = createRouteFunctions([]);
