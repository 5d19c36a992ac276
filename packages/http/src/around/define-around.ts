import type { Dep, ValuesOf } from '@plinth/core';
import type { AroundContext, HttpContext } from '../contract/context-of.js';
import type { Reply } from '../reply/reply.js';

/** Runs the rest of the request. Called at most once; rejects with what the rest threw. */
export type Next = () => Promise<Reply>;

/** Code around the rest of a request. Made by `defineAround` and `defineOuterAround`. */
export interface Around<out Position extends 'inner' | 'outer' = 'inner' | 'outer'> {
  readonly name: string;
  readonly position: Position;
  readonly deps: readonly Dep[];
  readonly run: (context: never, next: Next, ...dependencies: readonly unknown[]) => Reply | Promise<Reply>;
}

/** Runs around checks, handler and serializer of a route: transaction, idempotency, cache. */
export type InnerAround = Around<'inner'>;

/** Runs around everything, before guards: deadlines, shedding, limits by address. Knows neither user nor body. */
export type OuterAround = Around<'outer'>;

export type AnyAround = Around;

export interface AroundOptions<Context, Deps extends readonly Dep[]> {
  /** Shown in errors and by `routes`. */
  readonly name: string;
  /** Resolved from the module of the route (an outer around: of the application's root); passed after `next`. */
  readonly deps?: Deps;
  readonly run: (context: Context, next: Next, ...dependencies: ValuesOf<Deps>) => Reply | Promise<Reply>;
}

/**
 * An inner around. The reply of `next()` has passed its schema already, so a reply that breaks its contract throws here
 * and a transaction rolls back. A reply of the around's own is checked against the contract too.
 *
 * @example
 * const timed = defineAround({
 *   name: 'timed',
 *   async run(context, next) {
 *     const start = performance.now();
 *     const reply = await next();
 *     return reply.withHeaders({ 'server-timing': `handler;dur=${performance.now() - start}` });
 *   },
 * });
 */
export function defineAround<const Deps extends readonly Dep[] = readonly []>(options: AroundOptions<AroundContext, Deps>): InnerAround {
  return { name: options.name, position: 'inner', deps: options.deps ?? [], run: options.run as InnerAround['run'] };
}

/** An outer around, for `HttpModule.with({ outer: [...] })`. Its own reply is sent as it is. */
export function defineOuterAround<const Deps extends readonly Dep[] = readonly []>(options: AroundOptions<HttpContext, Deps>): OuterAround {
  return { name: options.name, position: 'outer', deps: options.deps ?? [], run: options.run as OuterAround['run'] };
}
