import type { Token } from './key.js';

/**
 * Makes a typed key for what has no class of its own. Each call makes another key, whatever its name.
 *
 * @example
 * interface Clock { now(): number }
 * const CLOCK = token<Clock>('CLOCK');
 */
export function token<T>(name: string): Token<T> {
  return Symbol(name) as Token<T>;
}
