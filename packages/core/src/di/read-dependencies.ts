import type { AppError } from '../errors/app-error.js';
import { describeKey, describeOther, isKey } from './describe-key.js';
import { isDependency, optionalDep } from './dependency.js';
import { DI_ERRORS } from './errors.js';
import type { Class, Dep, Key, Scope } from './key.js';
import { parameterNames } from './parameter-names.js';
import { recordedTypes } from './recorded-types.js';
import { settledRecipe, type Recipe } from './recipe.js';

/** Stands for a parameter that keeps its default value. */
export const LEFT_OUT = Symbol('left out');

/** A dependency, or the mark of a parameter that is not injected. */
export type ReadDep = Dep | typeof LEFT_OUT;

/** The dependencies of a class in constructor order, and what is wrong with them. */
export interface ReadDependencies {
  readonly deps: readonly ReadDep[];
  readonly errors: readonly AppError[];
}

const noErrors: readonly AppError[] = [];
const none: ReadDependencies = { deps: [], errors: noErrors };

/**
 * The dependencies of a class, in constructor order: those listed with `@Injectable({ deps })`, else those recorded by `@Inject` and
 * by the compiler, else those of the class it extends. A class without any constructor parameter needs none of this.
 */
export function readDependencies(target: Class): ReadDependencies {
  for (let type: Class | undefined = target; type !== undefined; type = parentOf(type)) {
    const recipe = settledRecipe(type);
    if (recipe?.deps !== undefined) return checkListed(recipe.deps, target, describeKey);
    const types = recordedTypes(type);
    if (types !== undefined || recipe?.injected !== undefined || type.length > 0) return combine(type, types, recipe);
  }
  return none;
}

/** The scope a class asks for itself, its own or inherited. */
export function readScope(target: Class): Scope | undefined {
  for (let type: Class | undefined = target; type !== undefined; type = parentOf(type)) {
    const recipe = settledRecipe(type);
    if (recipe?.injectable === true) return recipe.scope;
  }
  return undefined;
}

/** Checks a list that an author wrote: each entry must be a key or a dependency. `describe` puts the owner of the list into words only when one is not. */
export function checkListed<O>(deps: readonly Dep[], owner: O, describe: (owner: O) => string): ReadDependencies {
  return deps.every(isGood) ? { deps, errors: noErrors } : explainListed(deps, describe(owner));
}

function explainListed(deps: readonly Dep[], owner: string): ReadDependencies {
  const errors = deps.flatMap((dep, index) => {
    if (isGood(dep)) return [];
    const key: unknown = isDependency(dep) ? dep.key : dep;
    const place = `deps[${index}] of ${owner}`;
    return [key === undefined ? DI_ERRORS.UNDEFINED_KEY({ place }) : DI_ERRORS.BAD_KEY({ place, found: describeOther(key) })];
  });
  return { deps: deps.map((dep) => (isGood(dep) ? dep : LEFT_OUT)), errors };
}

function isGood(dep: Dep): boolean {
  return typeof dep === 'function' || isKey(isDependency(dep) ? dep.key : dep);
}

function parentOf(type: Class): Class | undefined {
  const parent: unknown = Object.getPrototypeOf(type);
  return typeof parent === 'function' && parent !== Function.prototype ? (parent as Class) : undefined;
}

function combine(type: Class, types: readonly unknown[] | undefined, recipe: Readonly<Recipe> | undefined): ReadDependencies {
  const count = Math.max(type.length, types?.length ?? 0, ...[...(recipe?.injected?.keys() ?? [])].map((index) => index + 1));
  const errors: AppError[] = [];
  const deps = Array.from({ length: count }, (_, index): ReadDep => {
    // A parameter behind the class's length has a default value.
    const mayBeAbsent = index >= type.length || recipe?.optional?.has(index) === true;
    const injected = recipe?.injected?.get(index);
    if (injected !== undefined) return mayBeAbsent && !isDependency(injected) ? optionalDep(injected) : injected;
    if (recipe?.injected?.has(index) === true)
      return report(errors, DI_ERRORS.UNDEFINED_KEY({ place: `@Inject of ${placeOf(type, index)}` }));
    const recorded = types?.[index];
    if (isInjectableType(recorded)) return mayBeAbsent ? optionalDep(recorded) : recorded;
    if (mayBeAbsent) return LEFT_OUT;
    return report(errors, cannotTell(type, index, types));
  });
  while (deps.at(-1) === LEFT_OUT) deps.pop();
  return { deps, errors };
}

function report(errors: AppError[], error: AppError): typeof LEFT_OUT {
  errors.push(error);
  return LEFT_OUT;
}

function cannotTell(type: Class, index: number, types: readonly unknown[] | undefined): AppError {
  const place = placeOf(type, index);
  if (types === undefined || index >= types.length) return DI_ERRORS.NO_METADATA({ type: type.name, place });
  const recorded = types[index];
  if (recorded === undefined) return DI_ERRORS.UNDEFINED_KEY({ place: `the recorded type of ${place}` });
  return DI_ERRORS.NO_KEY({ place, recorded: describeOther(recorded) });
}

function placeOf(type: Class, index: number): string {
  const name = parameterNames(type)[index];
  return `constructor parameter ${index}${name === undefined ? '' : ` (${name})`} of ${type.name}`;
}

// What compilers record for interfaces, unions, primitives and generics: true of many things, so no key.
const builtIns: ReadonlySet<unknown> = new Set([
  Object,
  String,
  Number,
  Boolean,
  BigInt,
  Symbol,
  Array,
  Function,
  Promise,
  Date,
  RegExp,
  Error,
  Map,
  Set,
  WeakMap,
  WeakSet,
  Buffer,
  Uint8Array,
]);

function isInjectableType(type: unknown): type is Class & Key {
  return typeof type === 'function' && !builtIns.has(type);
}
