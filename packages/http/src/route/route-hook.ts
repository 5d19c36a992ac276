import { provideValue, token, type Problem, type ValueProvider } from '@plinth/core';
import type { CompiledRoute } from './route-plan.js';

/** Sees one compiled route before the application listens; what it gives are reasons not to. */
export type RouteHook = (route: CompiledRoute) => void | Problem | readonly Problem[];

/** Every route hook of the application; provide to it with `many: true`. `routeHook` does that for a function without dependencies. */
export const ROUTE_HOOK = token<RouteHook>('ROUTE_HOOK');

/**
 * A provider whose function sees every compiled route of the application at boot, those of the framework's modules included, in
 * the order of `HttpServer.routes()`. The problems it gives stop the boot, together with those of all other hooks.
 *
 * @example
 * const everyRouteHasTags = routeHook(({ method, path, definition }) =>
 *   definition.contract.tags ? undefined : { code: 'SHOP_NO_TAGS', message: `${method} ${path} has no tags.` });
 */
export function routeHook(hook: RouteHook): ValueProvider {
  return provideValue(ROUTE_HOOK, hook, { many: true });
}

/** Shows the routes to the hooks. A problem without a place gets that of its route. */
export function runRouteHooks(hooks: readonly RouteHook[], routes: readonly CompiledRoute[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const route of routes)
    for (const hook of hooks) problems.push(...listOf(hook(route)).map((problem) => ({ where: placeOf(route), ...problem })));
  return problems;
}

function listOf(given: void | Problem | readonly Problem[]): readonly Problem[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly Problem[]) : [given as Problem];
}

function placeOf({ method, path, definedAt }: CompiledRoute): string {
  return definedAt === undefined ? `${method} ${path}` : `${method} ${path} (${definedAt})`;
}
