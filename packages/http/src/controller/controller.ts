import type { InnerAround } from '../around/define-around.js';
import type { Accepts } from '../contract/contract.js';
import type { AnyGuard } from '../guard/define-guard.js';
import type { Deprecation } from '../versioning/deprecation.js';
import type { RouteVersion } from '../versioning/versioning-options.js';
import { callPlace, type Place } from './call-place.js';

/** What all routes of a controller share. */
export interface ControllerOptions {
  /** Says that anybody may call these routes, but for those that have a guard. */
  readonly open?: true;
  /** Run before the guards of each route. They refuse only: for their facts in a handler use `guarded(...)`. */
  readonly guards?: readonly AnyGuard[];
  /** Outside the arounds of each route. */
  readonly around?: readonly InnerAround[];
  /** The body formats of routes that say nothing themselves. */
  readonly accepts?: Accepts;
  /** For the documentation. Default: the name of the class without `Controller`. */
  readonly tags?: readonly string[];
  /** The versions of the API that these routes belong to, unless they say otherwise. */
  readonly version?: RouteVersion;
  /** These routes should not be used any more, unless they say otherwise. */
  readonly deprecated?: boolean | Deprecation;
}

/** @internal */
export interface RecordedController {
  readonly prefix: string;
  readonly options: ControllerOptions;
  readonly place: Place;
}

const CONTROLLER = Symbol.for('@plinth/http:controller');

/**
 * A class whose decorated methods are routes below a path. List it in the `controllers` of a module.
 * Routes of a base class are inherited.
 */
export function Controller(prefix = '/', options: ControllerOptions = {}): (type: abstract new (...args: never[]) => object) => void {
  const place = callPlace(Controller);
  return (type) => {
    Object.defineProperty(type, CONTROLLER, { value: { prefix, options, place } satisfies RecordedController, configurable: true });
  };
}

/** What `@Controller` recorded on this very class: a subclass needs its own. @internal */
export function recordedController(type: object): RecordedController | undefined {
  return Object.hasOwn(type, CONTROLLER) ? (type as { [CONTROLLER]: RecordedController })[CONTROLLER] : undefined;
}
