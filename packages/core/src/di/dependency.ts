import type { Dep, Dependency, Key, ValueOf } from './key.js';

const mark = Symbol.for('plinth.dependency');

/** A dependency that may be absent: gives `undefined` when nothing visible provides the key. */
export function optionalDep<const K extends Key>(key: K): Dependency<ValueOf<K> | undefined> {
  return describeDependency('optional', key);
}

/**
 * A dependency on everything that providers marked `many: true` contribute to a key, in the whole application: in the order
 * of the modules, imports first, and within a module as listed. An empty list when there is none.
 */
export function allOf<const K extends Key>(key: K): Dependency<readonly ValueOf<K>[]> {
  return describeDependency('all', key);
}

/** Whether a value was made by `optionalDep` or `allOf`. */
export function isDependency(value: unknown): value is Dependency {
  return typeof value === 'object' && value !== null && mark in value;
}

/** The key a dependency asks for. */
export function keyOf(dep: Dep): Key {
  return isDependency(dep) ? dep.key : dep;
}

function describeDependency<T>(mode: Dependency['mode'], key: Key): Dependency<T> {
  return Object.freeze({ [mark]: true, mode, key }) as unknown as Dependency<T>;
}
