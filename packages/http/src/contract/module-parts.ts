import type { RouteVersion } from '../versioning/versioning-options.js';
import type { Accepts, RouteDefinition } from './contract.js';

declare module '@plinth/core' {
  interface ModuleParts {
    /** Plain functions as routes: what `get`, `post`, ... and `route` return. */
    readonly routes?: readonly RouteDefinition[];
    /** Says that anybody may call the routes of this module, but not those of the modules that it imports. */
    readonly open?: true;
    /** The body formats of this module's routes that say nothing themselves, but not of those of the modules that it imports. */
    readonly accepts?: Accepts;
    /** Put before the paths of this module's routes, such as `/admin`, but not of those of the modules that it imports. */
    readonly prefix?: string;
    /** The versions of the API that this module's routes belong to, unless they or their controllers say otherwise. */
    readonly version?: RouteVersion;
  }
}
