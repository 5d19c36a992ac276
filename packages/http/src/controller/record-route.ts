import type { Contract } from '../contract/contract.js';
import type { AnyGuard } from '../guard/define-guard.js';
import type { Place } from './call-place.js';

/** One decorated method, as its decorator saw it: without the prefix of the controller. @internal */
export interface RecordedRoute {
  readonly method: string;
  readonly path: string;
  readonly contract: Contract;
  readonly guards: readonly AnyGuard[];
  readonly place: Place;
  readonly property: string | symbol;
}

// Registered, so that two copies of this package read each other's controllers.
const ROUTES = Symbol.for('@plinth/http:routes');

/** A decorator that keeps a route on the class of the method. @internal */
export function recordRoute(route: Omit<RecordedRoute, 'property'>): MethodDecorator {
  return (target, property) => {
    const type = target.constructor as { [ROUTES]?: RecordedRoute[] };
    if (!Object.hasOwn(type, ROUTES)) Object.defineProperty(type, ROUTES, { value: [] });
    type[ROUTES]!.push({ ...route, property });
  };
}

/** The routes that were decorated in this very class, in the order of the source. @internal */
export function ownRoutes(type: object): readonly RecordedRoute[] {
  return Object.hasOwn(type, ROUTES) ? (type as { [ROUTES]: RecordedRoute[] })[ROUTES] : [];
}
