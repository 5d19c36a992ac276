import { toProblem, type Problem } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { PathPattern } from '../router/parse-pattern.js';

/** A pattern with its method and the place where it was written. */
export interface PlacedPattern {
  readonly method: string;
  readonly pattern: PathPattern;
  /** The versions that it answers, where requests say theirs in a header; `undefined`: all that no other route of the path answers. */
  readonly versions?: readonly string[] | undefined;
  readonly where: string;
}

/**
 * Two routes that answer the same requests: whichever came second would never be reached. The names of parameters don't tell
 * paths apart, and an optional parameter answers two paths; versions do.
 */
export function checkConflicts(placed: readonly PlacedPattern[]): readonly Problem[] {
  const first = new Map<string, PlacedPattern>();
  const problems: Problem[] = [];
  for (const entry of placed) {
    const earlier = keysOf(entry)
      .map((key) => claim(first, key, entry))
      .find((claimed) => claimed !== undefined);
    if (earlier !== undefined)
      problems.push(toProblem(HTTP_ERRORS.ROUTE_CONFLICT({ first: earlier.where, second: entry.where }), entry.where));
  }
  return problems;
}

function keysOf({ method, pattern, versions }: PlacedPattern): readonly string[] {
  const key = `${method} ${pattern.shape}`;
  return versions === undefined ? [key] : versions.map((version) => `${version} ${key}`);
}

function claim(first: Map<string, PlacedPattern>, key: string, entry: PlacedPattern): PlacedPattern | undefined {
  const earlier = first.get(key);
  if (earlier === undefined) first.set(key, entry);
  return earlier;
}
