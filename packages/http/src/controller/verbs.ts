import type { Contract } from '../contract/contract.js';
import type { ContextOf } from '../contract/context-of.js';
import type { ExpectedResult, ResultSentence } from '../contract/check-result.js';
import type { AnyGuard } from '../guard/define-guard.js';
import { recordRoute } from './record-route.js';
import { callPlace } from './call-place.js';

/**
 * Decorates a method that takes this context and gives what the contract declares, promised or not. A method that reads what neither
 * path, contract nor guards give, or that replies with what the contract does not declare, does not compile.
 */
export type RouteDecorator<Context, C> = <Method extends (context: Context) => unknown>(
  target: ResultSentence<Awaited<ReturnType<Method>>, C>,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Method> & ExpectedResult<ReturnType<Method>, C>,
) => void;

/** A verb such as `Get`: path, contract, and what the guards before it add. */
export interface Verb<Facts> {
  <const Path extends string, const C extends Contract = NoContract>(path: Path, contract?: C & NoSurplus<C>): RouteDecorator<
    ContextOf<Path, C, Facts>,
    C
  >;
}

/** `Route('PURGE', '/cache')`: any method that Node.js parses. */
export interface RouteVerb<Facts> {
  <const Path extends string, const C extends Contract = NoContract>(method: string, path: Path, contract?: C & NoSurplus<C>): RouteDecorator<
    ContextOf<Path, C, Facts>,
    C
  >;
}

/** The decorators of one set of guards. */
export interface Verbs<Facts> {
  readonly Get: Verb<Facts>;
  readonly Post: Verb<Facts>;
  readonly Put: Verb<Facts>;
  readonly Patch: Verb<Facts>;
  readonly Delete: Verb<Facts>;
  /** HEAD of its own; without it the GET route of the path answers HEAD. */
  readonly Head: Verb<Facts>;
  /** OPTIONS of its own; without it the server answers with `Allow`. */
  readonly Options: Verb<Facts>;
  /** QUERY (RFC 10008): safe and idempotent like GET, with a body. */
  readonly Query: Verb<Facts>;
  readonly Route: RouteVerb<Facts>;
}

/** A contract that declares nothing. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the absence of every part
export type NoContract = {};

/** Refuses a misspelt part of a contract: inference alone would let it pass. */
export type NoSurplus<C> = { readonly [Part in Exclude<keyof C, keyof Contract>]: never };

/** @internal */
export function createVerbs<Facts>(guards: readonly AnyGuard[]): Verbs<Facts> {
  const verb = (method: string): Verb<Facts> => {
    const decorate = (path: string, contract: Contract = {}): MethodDecorator => recordRoute({ method, path, contract, guards, place: callPlace(decorate) });
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
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- no facts
export const { Get, Post, Put, Patch, Delete, Head, Options, Query, Route }: Verbs<unknown> = createVerbs([]);
