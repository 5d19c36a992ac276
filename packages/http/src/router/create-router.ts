import { foldCase, foldPattern } from './fold-case.js';
import type { PathPattern } from './parse-pattern.js';
import { ANY_METHOD, type Router } from './router.js';
import { SegmentTree } from './segment-tree.js';

/** How a router reads paths. */
export interface RouterOptions {
  /** `false`: `/Users` and `/users` are one path (ASCII letters; parameters keep their case). Default true. */
  readonly caseSensitive?: boolean | undefined;
}

/** The built-in router: paths without parameters in one Map per method, the others in one segment tree per method. */
export function createRouter<T>({ caseSensitive = true }: RouterOptions = {}): Router<T> {
  return new MethodRouter<T>(!caseSensitive);
}

class MethodRouter<T> implements Router<T> {
  private readonly methods = new Map<string, MethodRoutes<T>>();
  private any: MethodRoutes<T> | null = null;

  private readonly folds: boolean;

  constructor(folds: boolean) {
    this.folds = folds;
  }

  add(method: string, pattern: PathPattern, value: T): void {
    this.routesOf(method).add(this.folds ? foldPattern(pattern) : pattern, value);
  }

  find(method: string, path: string, values: string[]): T | undefined {
    const folded = this.folds ? foldCase(path) : path;
    const found = this.methods.get(method)?.find(folded, path, values);
    return found === undefined && this.any !== null ? this.any.find(folded, path, values) : found;
  }

  methodsOf(path: string): readonly string[] {
    const methods = [...this.methods.keys()].filter((method) => this.find(method, path, []) !== undefined).sort();
    return this.any?.find(this.folds ? foldCase(path) : path, path, []) === undefined ? methods : [...methods, ANY_METHOD];
  }

  private routesOf(method: string): MethodRoutes<T> {
    if (method === ANY_METHOD) return (this.any ??= new MethodRoutes<T>());
    let routes = this.methods.get(method);
    if (routes === undefined) this.methods.set(method, (routes = new MethodRoutes<T>()));
    return routes;
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

  find(path: string, source: string, values: string[]): T | undefined {
    if (this.lengths[path.length & 255] === 1) {
      const exact = this.exact.get(path);
      if (exact !== undefined) return exact;
    }
    return this.tree.find(path, source, 1, values);
  }
}
