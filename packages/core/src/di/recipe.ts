import { DI_ERRORS } from './errors.js';
import type { Class, Dep, Scope } from './key.js';

/** What decorators recorded on a class. It lives on the class itself, so that no registry is shared between applications. */
export interface Recipe {
  injectable: boolean;
  deps?: readonly Dep[];
  scope?: Scope;
  /** By parameter index: the key that `@Inject` names. */
  injected?: Map<number, Dep>;
  /** Indexes of the parameters marked `@Optional`. */
  optional?: Set<number>;
}

// Registered, so that two copies of this package read each other's classes.
const recipeKey = Symbol.for('plinth.recipe');

/** The recipe recorded on exactly this class, not on a parent. */
export function ownRecipe(target: Class): Readonly<Recipe> | undefined {
  return Object.hasOwn(target, recipeKey) ? (target as { [recipeKey]?: Recipe })[recipeKey] : undefined;
}

/** The recipe of a class that a boot goes by; from now on it is settled. */
export function settledRecipe(target: Class): Readonly<Recipe> | undefined {
  return Object.hasOwn(target, recipeKey) ? Object.freeze((target as { [recipeKey]?: Recipe })[recipeKey]) : undefined;
}

/** The recipe of exactly this class for a decorator to fill in. Throws `CORE_DI_DECORATED_LATE` once a boot went by it. */
export function openRecipe(target: Class): Recipe {
  const existing = ownRecipe(target);
  if (existing !== undefined) {
    if (Object.isFrozen(existing)) throw DI_ERRORS.DECORATED_LATE({ type: target.name });
    return existing;
  }
  const recipe: Recipe = { injectable: false };
  Object.defineProperty(target, recipeKey, { value: recipe });
  return recipe;
}
