import type { PathPattern } from './parse-pattern.js';
import type { Router } from './router.js';
import { SegmentTree } from './segment-tree.js';

/** The built-in router: paths without parameters in one Map per method, the others in one segment tree per method. */
export function createRouter<T>(): Router<T> {
  return new MethodRouter<T>();
}

class MethodRouter<T> implements Router<T> {
  private readonly methods = new Map<string, MethodRoutes<T>>();

  add(method: string, pattern: PathPattern, value: T): void {
    let routes = this.methods.get(method);
    if (routes === undefined) this.methods.set(method, (routes = new MethodRoutes<T>()));
    routes.add(pattern, value);
  }

  find(method: string, path: string, values: string[]): T | undefined {
    return this.methods.get(method)?.find(path, values);
  }

  methodsOf(path: string): readonly string[] {
    return [...this.methods.keys()].filter((method) => this.find(method, path, []) !== undefined).sort();
  }
}

class MethodRoutes<T> {
  private readonly exact = new Map<string, T>();
  /** Lengths of the exact paths, modulo 256: most paths with parameters are told from them without hashing the whole path. */
  private readonly lengths = new Uint8Array(256);
  private readonly tree = new SegmentTree<T>();

  add(pattern: PathPattern, value: T): void {
    if (pattern.names.length > 0) return this.tree.add(pattern, value);
    // By shape, not by source: the source of "/users/:id?" still holds the parameter that its short form hasn't.
    this.exact.set(pattern.shape, value);
    this.lengths[pattern.shape.length & 255] = 1;
  }

  find(path: string, values: string[]): T | undefined {
    if (this.lengths[path.length & 255] === 1) {
      const exact = this.exact.get(path);
      if (exact !== undefined) return exact;
    }
    return this.tree.find(path, 1, values);
  }
}
