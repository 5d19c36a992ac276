import { HTTP_ERRORS } from '../errors.js';
import type { GuardContext } from '../contract/context-of.js';
import type { AppError } from '@plinth/core';
import type { AnyGuard, FactsOf, Guard, NeedsOf } from './define-guard.js';
import { challenging, challengesOf, isRefusal } from './refuse.js';
import { isThenable } from './thenable.js';

/**
 * The first of these guards that lets the request in, left to right; the handler gets the facts of that one.
 * When all refuse: 401 with the reason and the challenge of each, or 403 when every one says 403.
 * A guard that fails otherwise, such as for a database that cannot be reached, ends the request: the next one is not asked.
 *
 * @example
 * const caller = guarded(anyOf(session, apiKey));
 */
export function anyOf<const Guards extends readonly [AnyGuard, AnyGuard, ...AnyGuard[]]>(
  ...guards: Guards
): Guard<FactsOf<Guards[number]>, AllNeeds<Guards>> {
  const starts = guards.map((_, index) => guards.slice(0, index).reduce((sum, guard) => sum + guard.deps.length, 0));

  function attempt(context: GuardContext, dependencies: readonly unknown[], index: number, refusals: readonly AppError[]): unknown {
    const guard = guards[index];
    if (guard === undefined) throw allRefused(refusals);
    const refused = (error: unknown): unknown => {
      if (!isRefusal(error)) throw error;
      return attempt(context, dependencies, index + 1, [...refusals, error]);
    };
    const start = starts[index]!;
    let facts: unknown;
    try {
      facts = guard.run(context, ...dependencies.slice(start, start + guard.deps.length));
    } catch (error) {
      return refused(error);
    }
    return isThenable(facts) ? facts.then((value) => value, refused) : facts;
  }

  return {
    name: `anyOf(${guards.map((guard) => guard.name).join(', ')})`,
    deps: guards.flatMap((guard) => guard.deps),
    security: guards.flatMap((guard) => guard.security),
    run: (context, ...dependencies) => attempt(context, dependencies, 0, []),
  };
}

/** Any of the guards may be asked, so the needs of each must be met. */
type AllNeeds<Guards extends readonly AnyGuard[]> = Guards extends readonly [
  infer First extends AnyGuard,
  ...infer Rest extends readonly AnyGuard[],
]
  ? NeedsOf<First> & AllNeeds<Rest>
  : unknown;

function allRefused(refusals: readonly AppError[]): AppError {
  const reason = [...new Set(refusals.map((refusal) => refusal.detail))].join(' ');
  if (refusals.every((refusal) => refusal.kind === 'forbidden')) return HTTP_ERRORS.FORBIDDEN({ reason });
  const extras = challenging([...new Set(refusals.flatMap(challengesOf))]);
  const absent = refusals.every((refusal) => HTTP_ERRORS.NO_CREDENTIAL.is(refusal));
  return absent ? HTTP_ERRORS.NO_CREDENTIAL({ reason }, extras) : HTTP_ERRORS.UNAUTHENTICATED({ reason }, extras);
}
