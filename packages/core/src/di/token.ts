import type { Class, Token } from './key.js';

/** What else may be said of a token. */
export interface TokenOptions {
  /** Who provides it, for the cure where nobody does: the module and its package, such as `FetchModule of @plinth/http/fetch`. */
  readonly from?: string;
}

const sources = new WeakMap<symbol | Class, string>();

/**
 * Makes a typed key for what has no class of its own. Each call makes another key, whatever its name.
 *
 * @example
 * interface Clock { now(): number }
 * const CLOCK = token<Clock>('CLOCK');
 */
export function token<T>(name: string, options: TokenOptions = {}): Token<T> {
  const key = Symbol(name);
  if (options.from !== undefined) noteSource(key, options.from);
  return key as Token<T>;
}

/** Notes who provides a key. @internal */
export function noteSource(key: symbol | Class, from: string): void {
  sources.set(key, from);
}

/** Who provides a key, where its token or class says so. @internal */
export function sourceOf(key: unknown): string | undefined {
  return typeof key === 'symbol' || typeof key === 'function' ? sources.get(key as symbol | Class) : undefined;
}
