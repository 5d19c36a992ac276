import type { Dep, ValuesOf } from '@plinth/core';
import type { GuardContext } from '../contract/context-of.js';
import { securityOf, type GuardSecurity, type SecurityAlternatives } from './security.js';

declare const FACTS: unique symbol;
declare const NEEDS: unique symbol;

/** May refuse a request, and may add typed facts such as `user` to the handler's context. Made by `defineGuard`, `anyOf` and `optional`. */
export interface Guard<out Facts = unknown, out Needs = unknown> {
  readonly name: string;
  readonly deps: readonly Dep[];
  /** How a caller proves who it is, for the documentation: any of these alternatives, each of which lists schemes that are all needed. */
  readonly security: SecurityAlternatives;
  /** Gives facts, or nothing, or throws. What it throws refuses the request. */
  readonly run: (context: GuardContext, ...dependencies: readonly unknown[]) => unknown;
  readonly [FACTS]?: Facts;
  readonly [NEEDS]?: Needs;
}

/** A guard whatever its facts. */
export type AnyGuard = Guard;

/** The facts that a guard adds. */
export type FactsOf<G extends AnyGuard> = G extends Guard<infer Facts, unknown> ? Facts : never;

/** The facts of guards to its left that a guard reads. */
export type NeedsOf<G extends AnyGuard> = G extends Guard<unknown, infer Needs> ? Needs : never;

/** The facts of several guards together. */
export type AllFacts<Guards extends readonly AnyGuard[]> = Guards extends readonly [
  infer First extends AnyGuard,
  ...infer Rest extends readonly AnyGuard[],
]
  ? FactsOf<First> & AllFacts<Rest>
  : unknown;

/** What `run` gives, as facts: a guard that only refuses adds none. */
type FactsFrom<Result> = [Extract<Awaited<Result>, object>] extends [never]
  ? unknown
  : [Awaited<Result>] extends [object]
    ? Awaited<Result>
    : Partial<Extract<Awaited<Result>, object>>;

export interface GuardOptions<Deps extends readonly Dep[], Result, Needs> {
  /** Shown in errors and by `routes`. */
  readonly name: string;
  /** Resolved from the module of the route; passed to `run` after the context. */
  readonly deps?: Deps;
  /** The scheme by which the caller proves who it is. Without it the guard needs no credential of its own. */
  readonly security?: GuardSecurity;
  /**
   * Refuses by throwing (`noCredential()`, `unauthenticated()`, `forbidden()`, or any `AppError`); otherwise gives facts or nothing.
   * Runs before the body is read. Any other throw is a 500: a guard that fails lets nobody in.
   * Annotate the context as `GuardContext & { user: User }` to read the facts of guards to its left: `guarded` checks that one gives them.
   */
  readonly run: (context: GuardContext & Needs, ...dependencies: ValuesOf<Deps>) => Result;
}

/**
 * A guard.
 *
 * @example
 * const member = defineGuard({
 *   name: 'member',
 *   deps: [Members],
 *   run: async (context, members) => ({ member: await members.byKey(context.header('x-key') ?? '') }),
 * });
 */
export function defineGuard<const Deps extends readonly Dep[] = readonly [], Result = void, Needs = unknown>(
  options: GuardOptions<Deps, Result, Needs>,
): Guard<FactsFrom<Result>, Needs> {
  return {
    name: options.name,
    deps: options.deps ?? [],
    security: securityOf(options.security),
    run: options.run as Guard['run'],
  };
}
