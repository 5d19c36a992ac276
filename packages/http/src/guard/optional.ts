import { HTTP_ERRORS } from '../errors.js';
import type { AnyGuard, FactsOf, Guard, NeedsOf } from './define-guard.js';
import { isThenable } from './thenable.js';

/**
 * Lets a request without a credential in, with none of the guard's facts (`user?: User`); a bad credential is refused as ever.
 * It counts as a guard: the route needs no `open: true`.
 *
 * @example
 * const visitor = guarded(optional(session));
 */
export function optional<G extends AnyGuard>(guard: G): Guard<OptionalFacts<FactsOf<G>>, NeedsOf<G>> {
  return {
    name: `optional(${guard.name})`,
    deps: guard.deps,
    security: guard.security.some((schemes) => schemes.length === 0) ? guard.security : [...guard.security, []],
    run(context, ...dependencies) {
      let facts: unknown;
      try {
        facts = guard.run(context, ...dependencies);
      } catch (error) {
        return absentOrThrow(error);
      }
      return isThenable(facts) ? facts.then((value) => value, absentOrThrow) : facts;
    },
  };
}

/** The facts when there may be none. Distributes, so that either side of an `anyOf` may be absent. */
type OptionalFacts<Facts> = Facts extends object ? { readonly [Name in keyof Facts]?: Facts[Name] | undefined } : unknown;

function absentOrThrow(error: unknown): undefined {
  if (HTTP_ERRORS.NO_CREDENTIAL.is(error)) return undefined;
  throw error;
}
