import type { Class, Problem } from '@plinth/core';
import type { Contract, RouteDefinition } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import { FORM_BODY } from '../request/form-body.js';
import { recordedController, type ControllerOptions } from './controller.js';
import { ownRoutes, type RecordedRoute } from './record-route.js';

/**
 * The routes of a controller as data: its own and the inherited ones, each with the prefix, guards, arounds, tags and `open` of the controller.
 * A method that is decorated again in a subclass replaces the routes it had; one that is only overridden keeps them.
 * Empty for a class without `@Controller`: `checkController` says so.
 */
export function readRoutes(type: Class): readonly RouteDefinition[] {
  const controller = recordedController(type);
  if (controller === undefined) return [];
  const { prefix, options } = controller;
  const tags = options.tags ?? [type.name.replace(/(?<=.)Controller$/, '')];
  return inheritedRoutes(type).map((route) => ({
    method: route.method,
    path: joinPaths(prefix, route.path),
    contract: contractOf(route, options, tags),
    guards: [...(options.guards ?? []), ...route.guards],
    around: [...(options.around ?? []), ...(route.contract.around ?? [])],
    handler: { controller: type, property: route.property },
    get definedAt() {
      return route.place();
    },
  }));
}

/** What is wrong with a class as a controller, apart from its routes. */
export function checkController(type: Class): readonly Problem[] {
  if (recordedController(type) !== undefined) return [];
  const error = HTTP_ERRORS.NO_CONTROLLER({ controller: type.name });
  return [{ code: error.code, message: error.detail, where: type.name, ...(error.help !== undefined && { help: error.help }) }];
}

const plainPath = /^(?:\/[^/]+)+$/;

/** Joins a prefix and a path: one slash between, none at the end, and one at the start. */
export function joinPaths(prefix: string, path: string): string {
  if (prefix === '/' && plainPath.test(path)) return path;
  const joined = [...prefix.split('/'), ...path.split('/')].filter((segment) => segment !== '').join('/');
  return `/${joined}`;
}

function inheritedRoutes(type: Class): readonly RecordedRoute[] {
  const base = Object.getPrototypeOf(type) as Class | null;
  const inherited = base === null || base === Function.prototype ? [] : inheritedRoutes(base);
  const own = ownRoutes(type);
  const replaced = new Set(own.map((route) => route.property));
  return [...inherited.filter((route) => !replaced.has(route.property)), ...own];
}

// A guarded route of an open controller stays guarded: "open" would contradict its guard.
function contractOf(route: RecordedRoute, options: ControllerOptions, tags: readonly string[]): Contract {
  const guarded = route.guards.length > 0 || (options.guards?.length ?? 0) > 0;
  const open = route.contract.open === true || (options.open === true && !guarded);
  const formats = options.accepts !== undefined && route.contract.body !== undefined && !(FORM_BODY in route.contract.body);
  return {
    tags,
    ...(formats && { accepts: options.accepts }),
    ...(options.version !== undefined && { version: options.version }),
    ...(options.deprecated !== undefined && { deprecated: options.deprecated }),
    ...route.contract,
    ...(open && { open: true }),
  };
}
