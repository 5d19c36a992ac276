import type { Contract } from '../contract/contract.js';
import type { ContextOf } from '../contract/context-of.js';
import type { ContextSentence } from '../contract/check-context.js';
import type { NoSurplus } from '../contract/check-parts.js';
import type { ResultSentence } from '../contract/check-result.js';
import type { AnyGuard } from '../guard/define-guard.js';
import { recordRoute } from './record-route.js';
import { callPlace } from './call-place.js';

/**
 * Decorates a method that takes this context and gives what the contract declares, promised or not. A method that reads what neither
 * path, contract nor guards give, or that replies with what the contract does not declare, does not compile.
 */
export type RouteDecorator<Context, C> = <Method extends (...args: never[]) => unknown>(
  target: ContextSentence<Method, Context, ResultSentence<Awaited<ReturnType<Method>>, C, object>>,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** A verb such as `Get`: path, contract, and what the guards before it add. */
export interface Verb<Facts, Refused = never> {
  <const Path extends string, const C extends Contract = NoContract>(
    path: Path,
    contract?: C & NoSurplus<C, Refused>,
  ): RouteDecorator<ContextOf<Path, C, Facts>, C>;
}

/** `Route('PURGE', '/cache')`: any method that Node.js parses. */
export interface RouteVerb<Facts, Refused = never> {
  <const Path extends string, const C extends Contract = NoContract>(
    method: string,
    path: Path,
    contract?: C & NoSurplus<C, Refused>,
  ): RouteDecorator<ContextOf<Path, C, Facts>, C>;
}

/** The decorators of one set of guards. */
export interface Verbs<Facts, Refused = never> {
  readonly Get: Verb<Facts, Refused>;
  readonly Post: Verb<Facts, Refused>;
  readonly Put: Verb<Facts, Refused>;
  readonly Patch: Verb<Facts, Refused>;
  readonly Delete: Verb<Facts, Refused>;
  /** HEAD of its own; without it the GET route of the path answers HEAD. */
  readonly Head: Verb<Facts, Refused>;
  /** OPTIONS of its own; without it the server answers with `Allow`. */
  readonly Options: Verb<Facts, Refused>;
  /** QUERY (RFC 10008): safe and idempotent like GET, with a body. */
  readonly Query: Verb<Facts, Refused>;
  readonly Route: RouteVerb<Facts, Refused>;
}

/** A contract that declares nothing. */
export type NoContract = {};

/** @internal */
export function createVerbs<Facts>(guards: readonly AnyGuard[]): Verbs<Facts> {
  const verb = (method: string): Verb<Facts> => {
    const decorate = (path: string, contract: Contract = {}): MethodDecorator =>
      recordRoute({ method, path, contract, guards, place: callPlace(decorate) });
    return decorate as Verb<Facts>;
  };
  const Route = (method: string, path: string, contract: Contract = {}): MethodDecorator =>
    recordRoute({ method: method.toUpperCase(), path, contract, guards, place: callPlace(Route) });
  return {
    Get: verb('GET'),
    Post: verb('POST'),
    Put: verb('PUT'),
    Patch: verb('PATCH'),
    Delete: verb('DELETE'),
    Head: verb('HEAD'),
    Options: verb('OPTIONS'),
    Query: verb('QUERY'),
    Route: Route as RouteVerb<Facts>,
  };
}

/** Decorators for routes without a guard of their own; those routes say `open: true`, or their controller or module does. */
export const { Get, Post, Put, Patch, Delete, Head, Options, Query, Route }: Verbs<unknown> = createVerbs([]);
