import { METHODS } from 'node:http';
import { AppError, toProblem, type BuiltApp, type BuiltController, type BuiltModule, type Problem } from '@plinth/core';
import type { RouteDefinition } from '../contract/contract.js';
import { checkController, joinPaths, readRoutes } from '../controller/read-routes.js';
import { HTTP_ERRORS } from '../errors.js';
import { foldPattern } from '../router/fold-case.js';
import { parsePattern, type PathPattern } from '../router/parse-pattern.js';
import { ANY_METHOD } from '../router/router.js';
import { routeVersions, versionSegment } from '../versioning/route-versions.js';
import type { VersioningOptions } from '../versioning/versioning-options.js';
import type { PlacedPattern } from './check-routes.js';
import { whereIs, type RoutePlace } from './compile-route.js';

/** What decides at which paths routes stand. */
export interface PlaceOptions {
  readonly prefix: string;
  readonly production: boolean;
  /** Routes of the server itself, which get no prefix. */
  readonly own: readonly RouteDefinition[];
  readonly versioning?: VersioningOptions | undefined;
  readonly caseSensitive?: boolean | undefined;
}

/** A route at a path; in several versions it may stand at several. */
export type Unnamed = Omit<RoutePlace, 'names'>;

/** One pattern of a route. */
export interface Placed extends PlacedPattern {
  readonly place: Unnamed;
}

const unserved = new Set(['CONNECT', 'TRACE']);
const served = new Set([ANY_METHOD, ...METHODS.filter((method) => !unserved.has(method))]);

/** Every route of an application with the patterns at which it answers; adds to `problems` what is wrong with them. */
export function placeRoutes(app: BuiltApp, root: BuiltModule, options: PlaceOptions, problems: Problem[]): readonly Placed[] {
  const { prefix, production, own, versioning } = options;
  const placed: Placed[] = [];
  const add = (definition: RouteDefinition, module: BuiltModule, controller: BuiltController | undefined) => {
    if (production && definition.developmentOnly === true) return;
    const path = joinPaths(module.parts.prefix ?? '/', definition.path);
    attempt(problems, definition, () => {
      const versions = routeVersions(definition.contract.version ?? module.parts.version, versioning, `${definition.method} ${path}`);
      const byPath = versioning?.by === 'path' && versions !== undefined;
      const segments = byPath ? versions.map((version) => versionSegment(versioning, version)) : ['/'];
      if (byPath && versioning.default !== undefined && versions.includes(versioning.default)) segments.push('/');
      for (const segment of segments) {
        const place: Unnamed = { definition, path: joinPaths(joinPaths(prefix, segment), path), module, controller, vital: false };
        placed.push(...toPatterns(place, byPath ? undefined : versions, options.caseSensitive !== false));
      }
    });
  };
  for (const controller of app.controllers) {
    problems.push(...checkController(controller.type));
    for (const definition of readRoutes(controller.type)) add(definition, controller.module, controller);
  }
  for (const module of app.modules) for (const definition of module.parts.routes ?? []) add(definition, module, undefined);
  for (const definition of own) {
    const place: Unnamed = { definition, path: definition.path, module: root, controller: undefined, vital: true };
    attempt(problems, definition, () => placed.push(...toPatterns(place, undefined, options.caseSensitive !== false)));
  }
  return placed;
}

function toPatterns(place: Unnamed, versions: readonly string[] | undefined, caseSensitive: boolean): readonly Placed[] {
  const { method, missed, mounted, below } = place.definition;
  if (!served.has(method)) throw HTTP_ERRORS.METHOD_NAME({ method: JSON.stringify(method), path: place.path });
  const patterns = missed === true || mounted === true || below === true ? patternsBelow(place.path) : parsePattern(place.path);
  return patterns.map((pattern) => ({
    place,
    pattern: caseSensitive ? pattern : foldPattern(pattern),
    method: missed === true ? 'what is missed at' : method,
    versions,
    // Read for a conflict only: finding out where ten thousand routes were written takes as long as compiling them.
    get where() {
      return `${method} ${place.path} of ${whereIs(place)}`;
    },
  }));
}

/** The path itself, with a slash at its end, and everything below. */
function patternsBelow(path: string): readonly PathPattern[] {
  const base = path === '/' ? '' : path;
  const patterns = [...new Set([path, `${base}/`, `${base}/*rest`])].flatMap(parsePattern);
  if (patterns.at(-1)?.names.length !== 1)
    throw HTTP_ERRORS.PATTERN({ path: JSON.stringify(path), reason: 'it stands for all that is below it, and holds parameters' });
  return patterns;
}

function attempt(problems: Problem[], definition: RouteDefinition, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problems.push(toProblem(error, whereIs({ definition })));
  }
}
