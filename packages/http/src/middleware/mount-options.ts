import type { Contract, RouteDefinition } from '../contract/contract.js';
import { callPlace } from '../controller/call-place.js';
import { joinPaths } from '../controller/read-routes.js';
import { media } from '../contract/media-type.js';
import type { AnyGuard } from '../guard/define-guard.js';
import type { RouteContext } from '../request/http-context.js';
import { ANY_METHOD } from '../router/router.js';

/** What is said about a mounted handler: it is closed by default, so either `open` or `guards`. */
export interface MountOptions extends Pick<
  Contract,
  'open' | 'limits' | 'cors' | 'csrf' | 'rateLimit' | 'priority' | 'securityHeaders' | 'version'
> {
  /** Run left to right before the handler sees anything. */
  readonly guards?: readonly AnyGuard[];
}

/** Bytes of a body that a mounted handler is sent, unless its `limits` or those of the server say otherwise. */
export const MOUNT_BODY = 1024 * 1024;

/** A route for every method at and below a path. @internal */
export function mountRoute(
  path: string,
  options: MountOptions,
  handler: (context: RouteContext) => unknown,
  callee: Function,
): RouteDefinition {
  const { guards = [], ...contract } = options;
  const place = callPlace(callee);
  return {
    method: ANY_METHOD,
    path: joinPaths('/', path),
    contract: { ...contract, hidden: true, context: false, returns: { 200: media('*/*') } },
    guards,
    around: [],
    handler: handler as never,
    mounted: true,
    get definedAt() {
      return place();
    },
  };
}

/** Bytes that a mounted handler may be sent. */
export function bodyLimitOf(context: RouteContext, options: MountOptions): number {
  return options.limits?.body ?? context.server.limits.body ?? MOUNT_BODY;
}
