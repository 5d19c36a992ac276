import type { AllFacts, AnyGuard, FactsOf, NeedsOf } from '../guard/define-guard.js';
import { createRouteFunctions, type RouteFunctions } from './route-functions.js';
import { createVerbs, type Verbs } from './verbs.js';

/**
 * Decorators and route functions whose routes have these guards, and whose handlers get their facts. Their contracts do not say `open`:
 * a route is guarded or open.
 */
export interface Guarded<Facts> extends Verbs<Facts, 'open'>, RouteFunctions<Facts, 'open'> {
  readonly guards: readonly AnyGuard[];
}

/**
 * Verbs for routes behind all of these guards, run left to right before the body is read. A guard that reads a fact, as a
 * role guard reads `user`, stands to the right of the guard that gives it, or this does not compile.
 *
 * @example
 * const signedIn = guarded(session);
 * // @signedIn.Get('/me', { returns: User })
 * // signedIn.get('/me', { returns: User }, ({ user }) => user)
 */
export function guarded<const Guards extends readonly [AnyGuard, ...AnyGuard[]]>(
  ...guards: Guards & InOrder<Guards>
): Guarded<AllFacts<Guards>> {
  return { guards, ...createVerbs<AllFacts<Guards>>(guards), ...createRouteFunctions<AllFacts<Guards>>(guards) };
}

/** The list itself where each guard's needs are met by the facts to its left; a sentence in the place of the first whose needs are not. */
type InOrder<Guards extends readonly AnyGuard[], Before = unknown> = Guards extends readonly [
  infer First extends AnyGuard,
  ...infer Rest extends readonly AnyGuard[],
]
  ? // Not one alternative of an anyOf after the other: each of them must give what is needed.
    [Before] extends [NeedsOf<First>]
    ? readonly [First, ...InOrder<Rest, Before & FactsOf<First>>]
    : readonly [`this guard reads \`${Missing<NeedsOf<First>, Before>}\`, which no guard to its left gives`, ...Rest]
  : readonly [];

type Missing<Needs, Given> =
  Exclude<keyof Needs, keyof Given> extends infer Name extends string ? ([Name] extends [never] ? 'a fact of another type' : Name) : string;
