import type { CheckedAlias, CheckedDeps, CheckedReplacements } from './check-wiring.js';
import type { ConcreteClass, Dep, Key, Scope, ValuesOf } from './key.js';
import { sealProvider, type AliasProvider, type ClassProvider, type FactoryProvider, type ValueProvider } from './provider.js';

/** What every way of providing accepts. */
export interface ProvideOptions {
  /** Contributes to the list that `allOf(key)` reads, instead of being the key's one provider. */
  readonly many?: boolean;
  /**
   * Whether whoever depends on this needs the request context (AsyncLocalStorage). Default: where one of its own dependencies does.
   * `false` is for what enters the context itself in the rare case that it needs it; request scope needs it in any case.
   */
  readonly context?: boolean;
}

/** What providers that create instances accept too. */
export interface CreateOptions extends ProvideOptions {
  /** `app` (default): one instance per application; `request`: one per request. */
  readonly scope?: Scope;
  /** Created only if something that is created depends on it; else it is checked but never made. */
  readonly whenNeeded?: boolean;
}

/** How a class is provided. */
export interface ClassOptions<D extends readonly Dep[] | undefined, R extends readonly Replacement[]> extends CreateOptions {
  /** The dependencies in constructor order; they win over those of the class. */
  readonly deps?: D;
  /** Pairs of a dependency's key and what this one consumer gets instead: `[[DISK, ARCHIVE_DISK]]`. */
  readonly replace?: R;
}

/** A key of a consumer's dependencies, and what it gets instead. */
export type Replacement = readonly [replaced: Key, by: Key];

/** How a factory provides. */
export interface FactoryOptions<T, D extends readonly Dep[]> extends CreateOptions {
  /** What `create` is given, in order. */
  readonly deps?: D;
  /** Makes the value. A promise is awaited once, before anything that depends on it is made; not allowed in request scope. */
  readonly create: (...deps: ValuesOf<D>) => T | Promise<T>;
  /** Releases the value when the application (or the request) ends; instead of `Symbol.asyncDispose` and `Symbol.dispose`. */
  readonly dispose?: (value: T) => unknown;
}

/**
 * Provides a class under itself. Needed only to say more than the class does: other `deps`, a scope, replacements. Works without
 * decorators and without emitted metadata.
 *
 * @example
 * class Billing { constructor(private clock: Clock) {} }
 * const provider = provide(Billing, { deps: [CLOCK] });
 */
export function provide<
  C extends ConcreteClass,
  const D extends readonly Dep[] | undefined = undefined,
  const R extends readonly Replacement[] = [],
>(type: C, options?: ClassOptions<D, R> & CheckedDeps<C, D> & CheckedReplacements<R>): ClassProvider {
  return sealProvider({ kind: 'class', key: type, type, ...(options as ClassOptions<D, R> | undefined) });
}

/** Provides an instance of `type` under another key: an abstract class, a token, a string or a symbol. */
export function provideClass<
  T,
  C extends ConcreteClass<NoInfer<T>>,
  const D extends readonly Dep[] | undefined = undefined,
  const R extends readonly Replacement[] = [],
>(key: Key<T>, type: C, options?: ClassOptions<D, R> & CheckedDeps<C, D> & CheckedReplacements<R>): ClassProvider {
  return sealProvider({ kind: 'class', key, type, ...(options as ClassOptions<D, R> | undefined) });
}

/** Provides a value made elsewhere. Its owner is who made it: no lifecycle hook of it is called, and it is not disposed. */
export function provideValue<T>(key: Key<T>, value: NoInfer<T>, options: ProvideOptions = {}): ValueProvider {
  return sealProvider({ kind: 'value', key, value, ...options });
}

/**
 * Provides what a function makes, now or later.
 *
 * @example
 * provideFactory(POOL, { deps: [SETTINGS], create: async (settings) => connect(settings.url), dispose: (pool) => pool.end() });
 */
export function provideFactory<T, const D extends readonly Dep[] = []>(
  key: Key<T>,
  options: FactoryOptions<NoInfer<T>, D>,
): FactoryProvider {
  return sealProvider({ kind: 'factory', key, ...options } as unknown as FactoryProvider);
}

/** Provides, under another key, what `existing` provides: the same instance. */
export function provideAlias<const K extends Key, const E extends Key>(
  key: K,
  existing: E & CheckedAlias<K, E>,
  options: ProvideOptions = {},
): AliasProvider {
  return sealProvider({ kind: 'alias', key, existing, ...options });
}
