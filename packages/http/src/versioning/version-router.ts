import type { RouteContext } from '../request/http-context.js';
import { createRouter, type RouterOptions } from '../router/create-router.js';
import type { PathPattern } from '../router/parse-pattern.js';
import type { Router } from '../router/router.js';
import type { VersionReader } from './request-version.js';

/** One router per version, each with the routes of that version and those of all, and one for requests that say no version. */
export class VersionRouter<T> implements Router<T> {
  readonly #versions = new Map<string, Router<T>>();
  readonly #neutral: Router<T>;

  constructor(
    versions: Iterable<string>,
    private readonly versionOf: VersionReader,
    options: RouterOptions,
  ) {
    this.#neutral = createRouter<T>(options);
    for (const version of versions) this.#versions.set(version, createRouter<T>(options));
  }

  /** A route of all versions. To be added before those of one, which win over it. */
  add(method: string, pattern: PathPattern, value: T): void {
    this.#neutral.add(method, pattern, value);
    for (const router of this.#versions.values()) router.add(method, pattern, value);
  }

  addTo(version: string, method: string, pattern: PathPattern, value: T): void {
    this.#versions.get(version)?.add(method, pattern, value);
  }

  find(method: string, path: string, values: string[], context?: RouteContext): T | undefined {
    const found = this.#of(context).find(method, path, values);
    if (found !== undefined || context === undefined || context.method === method) return found;
    // A preflight asks about another request, and can't carry its version.
    for (const router of this.#versions.values()) {
      const other = router.find(method, path, values);
      if (other !== undefined) return other;
    }
    return undefined;
  }

  /** OPTIONS is told the methods of all versions, since a preflight can't say one. */
  methodsOf(path: string, context?: RouteContext): readonly string[] {
    if (context !== undefined && context.method !== 'OPTIONS') return this.#of(context).methodsOf(path);
    return [...new Set([this.#neutral, ...this.#versions.values()].flatMap((router) => router.methodsOf(path)))].sort();
  }

  /** The versions in which a path leads somewhere, by this method if there are such. */
  versionsOf(path: string, method: string): readonly string[] {
    const known = [...this.#versions].filter(([, router]) => router.methodsOf(path).length > 0);
    const same = known.filter(([, router]) => router.find(method, path, []) !== undefined);
    return (same.length > 0 ? same : known).map(([version]) => version);
  }

  #of(context: RouteContext | undefined): Router<T> {
    const version = context === undefined ? undefined : this.versionOf(context);
    return version === undefined ? this.#neutral : (this.#versions.get(version) ?? this.#neutral);
  }
}
