import type { Token } from './key.js';

/** What else may be said of a token. */
export interface TokenOptions {
  /** Who provides it, for the cure where nobody does: the module and its package, such as `FetchModule of @plinth/http/fetch`. */
  readonly from?: string;
}

const sources = new WeakMap<symbol, string>();

/**
 * Makes a typed key for what has no class of its own. Each call makes another key, whatever its name.
 *
 * @example
 * interface Clock { now(): number }
 * const CLOCK = token<Clock>('CLOCK');
 */
export function token<T>(name: string, options: TokenOptions = {}): Token<T> {
  const key = Symbol(name);
  if (options.from !== undefined) sources.set(key, options.from);
  return key as Token<T>;
}

/** Who provides a key, where its token says so. @internal */
export function sourceOf(key: unknown): string | undefined {
  return typeof key === 'symbol' ? sources.get(key) : undefined;
}
