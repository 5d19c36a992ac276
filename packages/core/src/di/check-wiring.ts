import type { Dep, ValueOf } from './key.js';

/**
 * `unknown` if a list of dependencies fits the constructor of a class, else an object type whose `error` reads as a sentence.
 * @internal
 */
export type CheckedDeps<C, D extends readonly Dep[] | undefined> = D extends readonly Dep[]
  ? number extends D['length']
    ? unknown
    : CheckEach<ParametersOf<C>, D, []>
  : unknown;

/**
 * `unknown` if a key gives the type of one constructor parameter, else an object type whose `error` says so.
 * @internal
 */
export type CheckedInject<C, I extends number, K> = [ValueOf<K>] extends [ParametersOf<C>[I]]
  ? unknown
  : { error: ['@Inject gives', ValueOf<K>, `but constructor parameter ${I} takes`, ParametersOf<C>[I]] };

/**
 * `unknown` if each replacement gives what the replaced key gives, else an object type whose `error` says which does not.
 * @internal
 */
export type CheckedReplacements<R, I extends readonly unknown[] = []> = R extends readonly [
  readonly [infer Replaced, infer By],
  ...infer Rest,
]
  ? [ValueOf<By>] extends [ValueOf<Replaced>]
    ? CheckedReplacements<Rest, readonly [...I, unknown]>
    : { error: [`replace[${I['length']}] gives`, ValueOf<By>, 'but what it replaces gives', ValueOf<Replaced>] }
  : unknown;

/**
 * `unknown` if an existing key gives what the alias gives, else an object type whose `error` says so. Plain strings and symbols give
 * nothing in particular.
 * @internal
 */
export type CheckedAlias<K, E> = [ValueOf<K>] extends [never]
  ? unknown
  : [ValueOf<E>] extends [ValueOf<K>]
    ? unknown
    : { error: ['the existing key gives', ValueOf<E>, 'but the alias gives', ValueOf<K>] };

// The type parameters of a generic class read as `unknown`.
type ParametersOf<C> = C extends abstract new (...args: infer P) => unknown ? P : never;

// I counts what is already checked.
type CheckEach<P extends readonly unknown[], D extends readonly unknown[], I extends readonly unknown[]> = D extends readonly [
  infer Given,
  ...infer Rest,
]
  ? P extends readonly []
    ? { error: [`deps[${I['length']}] gives`, ValueOf<Given>, `but the constructor takes only ${I['length']}`] }
    : [ValueOf<Given>] extends [P[0]]
      ? CheckEach<TailOf<P>, Rest, readonly [...I, unknown]>
      : { error: [`deps[${I['length']}] gives`, ValueOf<Given>, `but constructor parameter ${I['length']} takes`, P[0]] }
  : [] extends P
    ? unknown
    : { error: [`deps[${I['length']}] is missing: constructor parameter ${I['length']} takes`, P[0]] };

// A rest parameter never runs out.
type TailOf<P extends readonly unknown[]> = P extends readonly [unknown, ...infer Rest]
  ? Rest
  : P extends readonly [unknown?, ...infer Rest]
    ? number extends Rest['length']
      ? P
      : Rest
    : P;
