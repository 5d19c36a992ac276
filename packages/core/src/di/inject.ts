import type { CheckedInject } from './check-wiring.js';
import type { Class, Dep } from './key.js';
import { openRecipe } from './recipe.js';

/**
 * Names the dependency of one constructor parameter. The compiler checks that the key gives the parameter's type.
 *
 * @example
 * @Injectable()
 * class Billing { constructor(@Inject(CLOCK) private clock: Clock) {} }
 */
export function Inject<const K extends Dep>(
  key: K,
): <C extends Class, I extends number>(target: C, property: undefined, index: I & CheckedInject<C, I, K>) => void {
  return (target, _property, index) => {
    const recipe = openRecipe(target);
    (recipe.injected ??= new Map()).set(index, key);
  };
}

/** Marks a constructor parameter whose provider may be absent; it is then `undefined`, or the parameter's default value. */
export function Optional(): (target: Class, property: undefined, index: number) => void {
  return (target, _property, index) => {
    const recipe = openRecipe(target);
    (recipe.optional ??= new Set()).add(index);
  };
}
