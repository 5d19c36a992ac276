import type { CheckedDeps } from './check-wiring.js';
import type { Class, Dep, Scope } from './key.js';
import { openRecipe } from './recipe.js';
import { noteSource } from './token.js';

/** What `@Injectable` accepts. */
export interface InjectableOptions<D extends readonly Dep[] | undefined> {
  /** The dependencies in constructor order; trailing optional parameters may be left out. */
  readonly deps?: D;
  /** `app` (default): one instance per application; `request`: one per request. */
  readonly scope?: Scope;
  /** Who provides it, for the cure where nobody does: the module and its package, such as `PasskeysModule of @plinth/auth/passkeys`. */
  readonly from?: string;
}

/**
 * Marks a class that the container constructs. With `deps`, the compiler checks them against the constructor in order, type and
 * number; without, they are read from `@Inject` and from emitted metadata.
 *
 * @example
 * @Injectable({ deps: [Orders, CLOCK] })
 * class Billing { constructor(private orders: Orders, private clock: Clock) {} }
 */
export function Injectable<const D extends readonly Dep[] | undefined = undefined>(
  options: InjectableOptions<D> = {},
): <C extends Class>(target: C & CheckedDeps<C, D>) => void {
  return (target) => {
    const recipe = openRecipe(target);
    recipe.injectable = true;
    if (options.deps !== undefined) recipe.deps = Object.freeze([...options.deps]);
    if (options.scope !== undefined) recipe.scope = options.scope;
    if (options.from !== undefined) noteSource(target, options.from);
  };
}
