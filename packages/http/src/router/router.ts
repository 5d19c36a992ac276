import type { PathPattern } from './parse-pattern.js';

/**
 * Finds what belongs to a method and a path. Static text wins over parameters, parameters over wildcards, whatever the
 * order in which the patterns were added.
 */
export interface Router<T> {
  /** Adds one pattern; a second one of the same shape replaces the first (boot refuses such pairs before). */
  add(method: string, pattern: PathPattern, value: T): void;
  /** `path` is decoded and has no query. The parameters' values are pushed to `values`, in the order of the names. */
  find(method: string, path: string, values: string[]): T | undefined;
  /** The methods for which the path leads somewhere, in alphabetical order. */
  methodsOf(path: string): readonly string[];
}
