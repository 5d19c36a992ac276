import { METHODS } from 'node:http';
import { toProblem, type BuiltApp, type BuiltController, type BuiltModule, type Problem } from '@plinth/core';
import type { RouteDefinition } from '../contract/contract.js';
import { checkController, joinPaths, readRoutes } from '../controller/read-routes.js';
import { HTTP_ERRORS } from '../errors.js';
import { createRouter } from '../router/create-router.js';
import { parsePattern, type PathPattern } from '../router/parse-pattern.js';
import type { Router } from '../router/router.js';
import { checkConflicts, type PlacedPattern } from './check-routes.js';
import { compileRoute, whereIs, type RoutePlace, type RouteSettings } from './compile-route.js';
import type { CompiledRoute, RoutePlan } from './route-plan.js';

/** Every route of an application, compiled, or what is wrong with them. */
export interface RouteTable {
  readonly router: Router<RoutePlan>;
  readonly routes: readonly CompiledRoute[];
  readonly problems: readonly Problem[];
}

/** What a table is made from. */
export interface TableOptions {
  readonly prefix: string;
  readonly production: boolean;
  /** Routes of the server itself, which get no prefix. */
  readonly own: readonly RouteDefinition[];
}

const unserved = new Set(['CONNECT', 'TRACE']);
const served = new Set(METHODS.filter((method) => !unserved.has(method)));

/** Reads the routes of all controllers and modules, checks them together, and compiles them into a router. */
export function createRouteTable(app: BuiltApp, settings: RouteSettings, options: TableOptions): RouteTable {
  const problems: Problem[] = [];
  const placed = placeRoutes(app, settings.root, options, problems);
  problems.push(...checkConflicts(placed));
  const router = createRouter<RoutePlan>();
  const routes: CompiledRoute[] = [];
  const heads = new Set(placed.filter(({ method }) => method === 'HEAD').map(({ pattern }) => pattern.shape));
  for (const [place, patterns] of groupByPlace(placed)) {
    const compiled = compileRoute({ ...place, names: patterns.at(-1)?.names ?? [] }, settings);
    if ('problems' in compiled) {
      problems.push(...compiled.problems);
      continue;
    }
    routes.push(compiled.route);
    for (const pattern of patterns) {
      router.add(compiled.plan.method, pattern, compiled.plan);
      // The same plan: a HEAD request passes the same guards as its GET.
      if (compiled.plan.method === 'GET' && !heads.has(pattern.shape)) router.add('HEAD', pattern, compiled.plan);
    }
  }
  return { router, routes, problems };
}

type Unnamed = Omit<RoutePlace, 'names'>;
type Placed = PlacedPattern & { readonly place: Unnamed };

function placeRoutes(app: BuiltApp, root: BuiltModule, { prefix, production, own }: TableOptions, problems: Problem[]): readonly Placed[] {
  const places: Unnamed[] = [];
  const add = (definition: RouteDefinition, module: BuiltModule, controller: BuiltController | undefined) => {
    if (production && definition.developmentOnly === true) return;
    places.push({ definition, path: joinPaths(prefix, definition.path), module, controller, vital: false });
  };
  for (const controller of app.controllers) {
    problems.push(...checkController(controller.type));
    for (const definition of readRoutes(controller.type)) add(definition, controller.module, controller);
  }
  for (const module of app.modules) for (const definition of module.parts.routes ?? []) add(definition, module, undefined);
  for (const definition of own) places.push({ definition, path: definition.path, module: root, controller: undefined, vital: true });
  return places.flatMap((place) => toPatterns(place, problems));
}

function toPatterns(place: Unnamed, problems: Problem[]): readonly Placed[] {
  const { method } = place.definition;
  const where = whereIs(place);
  if (!served.has(method)) {
    problems.push(toProblem(HTTP_ERRORS.METHOD_NAME({ method: JSON.stringify(method), path: place.path }), where));
    return [];
  }
  try {
    return parsePattern(place.path).map((pattern: PathPattern) => ({
      place,
      pattern,
      method,
      where: `${method} ${place.path} of ${where}`,
    }));
  } catch (error) {
    if (!HTTP_ERRORS.PATTERN.is(error)) throw error;
    problems.push(toProblem(error, where));
    return [];
  }
}

function groupByPlace(placed: readonly Placed[]): ReadonlyMap<Unnamed, readonly PathPattern[]> {
  const groups = new Map<Unnamed, PathPattern[]>();
  for (const { place, pattern } of placed) {
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [pattern]);
    else group.push(pattern);
  }
  return groups;
}
