import type { RouteDefinition } from './contract.js';

declare module '@plinth/core' {
  interface ModuleParts {
    /** Plain functions as routes: what `get`, `post`, ... and `route` return. */
    readonly routes?: readonly RouteDefinition[];
    /** Says that anybody may call the routes of this module, but not those of the modules that it imports. */
    readonly open?: true;
  }
}
