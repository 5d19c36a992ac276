import type { RouteContext } from '../request/http-context.js';
import type { PathPattern } from './parse-pattern.js';

/** The method of a route that answers every method that no other route of its path answers. */
export const ANY_METHOD = '*';

/**
 * Finds what belongs to a method and a path. Static text wins over parameters, parameters over wildcards, whatever the
 * order in which the patterns were added.
 */
export interface Router<T> {
  /** Adds one pattern; a second one of the same shape replaces the first (boot refuses such pairs before). */
  add(method: string, pattern: PathPattern, value: T): void;
  /**
   * `path` is decoded and has no query. The parameters' values are pushed to `values`, in the order of the names. `context` is the
   * request, for a router that also asks for its version.
   */
  find(method: string, path: string, values: string[], context?: RouteContext): T | undefined;
  /** The methods for which the path leads somewhere, in alphabetical order. */
  methodsOf(path: string, context?: RouteContext): readonly string[];
}
