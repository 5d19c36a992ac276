import type { HttpContext } from '../contract/context-of.js';

/** `neutral`: whatever version is asked for, and none. */
export type RouteVersion = 'neutral' | (string & {}) | readonly string[];

/** Where a request says which version of the API it wants. */
export type VersioningOptions = PathVersioning | HeaderVersioning | MediaTypeVersioning | OwnVersioning;

interface EveryVersioning {
  /** The version of requests that say none. Default: they reach routes without a version only. */
  readonly default?: string;
}

/** `/v1/orders`. Everything is decided at boot. */
export interface PathVersioning extends EveryVersioning {
  readonly by: 'path';
  /** Put before the version. Default `v`. */
  readonly prefix?: string;
}

/** `API-Version: 1`. */
export interface HeaderVersioning extends EveryVersioning {
  readonly by: 'header';
  /** Name of the header. Default `API-Version`. */
  readonly name?: string;
}

/** `Accept: application/json; v=1` (or `version=1`), or `Accept: application/vnd.acme.v1+json`. */
export interface MediaTypeVersioning extends EveryVersioning {
  readonly by: 'media-type';
}

/** By a function of the application. It sees the request before any guard, and must not throw. */
export interface OwnVersioning extends EveryVersioning {
  readonly by: (context: HttpContext) => string | undefined;
  /** The headers that it reads, for `Vary`. */
  readonly vary?: string;
}
