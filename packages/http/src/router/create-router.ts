import type { PathPattern } from './parse-pattern.js';
import type { Router } from './router.js';
import { SegmentTree } from './segment-tree.js';

/** The built-in router: paths without parameters in one Map per method, the others in one segment tree per method. */
export function createRouter<T>(): Router<T> {
  return new MethodRouter<T>();
}

class MethodRouter<T> implements Router<T> {
  private readonly exact = new Map<string, Map<string, T>>();
  private readonly trees = new Map<string, SegmentTree<T>>();

  add(method: string, pattern: PathPattern, value: T): void {
    // By shape, not by source: the source of "/users/:id?" still holds the parameter that its short form hasn't.
    if (pattern.names.length === 0) entryOf(this.exact, method, () => new Map<string, T>()).set(pattern.shape, value);
    else entryOf(this.trees, method, () => new SegmentTree<T>()).add(pattern, value);
  }

  find(method: string, path: string, values: string[]): T | undefined {
    const exact = this.exact.get(method)?.get(path);
    if (exact !== undefined) return exact;
    return this.trees.get(method)?.find(path, 1, values);
  }

  methodsOf(path: string): readonly string[] {
    const methods = new Set([...this.exact.keys(), ...this.trees.keys()]);
    return [...methods].filter((method) => this.find(method, path, []) !== undefined).sort();
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
