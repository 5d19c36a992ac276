import { toProblem, type Problem } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { PathPattern } from '../router/parse-pattern.js';

/** A pattern with its method and the place where it was written. */
export interface PlacedPattern {
  readonly method: string;
  readonly pattern: PathPattern;
  readonly where: string;
}

/**
 * Two routes that answer the same requests: whichever came second would never be reached. The names of parameters don't tell
 * paths apart, and an optional parameter answers two paths.
 */
export function checkConflicts(placed: readonly PlacedPattern[]): readonly Problem[] {
  const first = new Map<string, PlacedPattern>();
  const problems: Problem[] = [];
  for (const entry of placed) {
    const key = `${entry.method} ${entry.pattern.shape}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, entry);
    else problems.push(toProblem(HTTP_ERRORS.ROUTE_CONFLICT({ first: earlier.where, second: entry.where }), entry.where));
  }
  return problems;
}
