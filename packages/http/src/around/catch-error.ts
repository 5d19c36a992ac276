import type { Dep, ValuesOf } from '@plinth/core';
import type { AroundContext } from '../contract/context-of.js';
import type { Reply } from '../reply/reply.js';
import { defineAround, type InnerAround } from './define-around.js';

/** What `catchError` takes: a class of errors, or an error of `defineErrors`. */
export type Caught<E> = (abstract new (...args: never[]) => E) | ErrorTest<E>;

/** Tells errors of one kind, as the errors of `defineErrors` do. */
export interface ErrorTest<E> {
  is(value: unknown): value is E;
}

export interface CatchOptions<Deps extends readonly Dep[]> {
  /** Resolved from the module of the route; passed after the context. */
  readonly deps?: Deps;
  /** Shown in errors and by `routes`. */
  readonly name?: string;
}

/**
 * An inner around that answers errors of one kind in the place of the handler. What its function throws goes on to the next one
 * outside, as do all other errors; what none of them answers is answered as ever. The reply must be one that the contract declares. The
 * nearest one to the handler runs first: those of a route before those of its controller, and the last of a list before the one to its
 * left, so the more general one stands left.
 *
 * @example
 * const orders = get('/orders/:id', { returns: { 200: Order, 404: Problem }, around: [
 *   catchError(NoRowError, (error) => reply(404, { title: error.message })),
 * ] }, find);
 */
export function catchError<E, const Deps extends readonly Dep[] = readonly []>(
  caught: Caught<E>,
  answer: (error: E, context: AroundContext, ...dependencies: ValuesOf<Deps>) => Reply | Promise<Reply>,
  options: CatchOptions<Deps> = {},
): InnerAround {
  const matches = matcherOf(caught);
  return defineAround({
    name: options.name ?? `catchError(${nameOf(caught)})`,
    deps: (options.deps ?? []) as Deps,
    async run(context, next, ...dependencies) {
      try {
        return await next();
      } catch (error) {
        if (!matches(error)) throw error;
        return answer(error as E, context, ...(dependencies as ValuesOf<Deps>));
      }
    },
  });
}

function matcherOf<E>(caught: Caught<E>): (error: unknown) => boolean {
  return 'is' in caught ? (error) => caught.is(error) : (error) => error instanceof caught;
}

function nameOf(caught: object): string {
  const { name, code } = caught as { name?: string; code?: string };
  return code ?? name ?? 'errors';
}
