declare const gives: unique symbol;
declare const resolves: unique symbol;

/** Carries, in types only, what an object or symbol stands for. */
export interface Gives<T> {
  readonly [gives]: T;
}

/** A class, abstract or not. */
export type Class<T = unknown> = abstract new (...args: never[]) => T;

/** A class that can be constructed. */
export type ConcreteClass<T = unknown> = new (...args: never[]) => T;

/** A typed key that is no class: `token<T>('NAME')`. At run time a symbol of its own. */
export type Token<T> = symbol & Gives<T>;

/** What a provider is found by: a token, a configuration, a class (abstract too), a string or a symbol. */
export type Key<T = unknown> = Gives<T> | Class<T> | string | symbol;

/** How a dependency differs from "exactly one, required"; made by `optionalDep` and `allOf`. */
export interface Dependency<T = unknown> {
  readonly [resolves]: T;
  readonly mode: 'optional' | 'all';
  readonly key: Key;
}

/** What may stand in a `deps` list: a key, `optionalDep(key)` or `allOf(key)`. */
export type Dep<T = unknown> = Key<T> | Dependency<T>;

/** How long an instance lives: as long as the application, or as one request. */
export type Scope = 'app' | 'request';

/** The type that a key or dependency gives. Plain strings and symbols carry none and give `never`, which fits anywhere. */
export type ValueOf<D> =
  D extends Dependency<infer T> ? T : D extends Gives<infer T> ? T : D extends { readonly prototype: infer T } ? T : never;

/** The types that a list of dependencies gives, in order. */
export type ValuesOf<D extends readonly Dep[]> = { -readonly [I in keyof D]: ValueOf<D[I]> };
