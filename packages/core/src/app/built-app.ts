import type { Class, Dep } from '../di/key.js';
import type { RequestScope } from '../di/request-scope.js';
import type { Problem } from '../errors/boot-error.js';
import type { ModuleOptions } from '../module/module.js';

/** What `onBoot` hooks see: the built application, before it starts. */
export interface BuiltApp {
  /** Each class listed in a module's `controllers`, modules in dependency order. */
  readonly controllers: readonly BuiltController[];
  /** All modules, imports first. */
  readonly modules: readonly BuiltModule[];
  /**
   * Resolves dependencies as seen from a module, for what is no provider itself (guards, arounds, route functions). Gives problems
   * instead of throwing. Refused with `CORE_APP_SEALED` once the boot is over.
   */
  resolveFrom(module: BuiltModule, deps: readonly Dep[], where: string): ResolvedDeps | Problem[];
  /** See `App.get`. */
  get<T>(key: Dep<T>): T;
}

/** A module of a built application. */
export interface BuiltModule {
  /** Unique in the application: the class's name, with `#2` and so on for further instances. */
  readonly id: string;
  readonly name: string;
  /** The module's options, those of other packages included. */
  readonly parts: ModuleOptions;
  readonly imports: readonly BuiltModule[];
}

/** A controller: its one instance, or how to make one for a request. */
export interface BuiltController {
  readonly type: Class;
  readonly module: BuiltModule;
  /** Whether the controller, or anything it depends on, reads the request context. */
  readonly usesContext: boolean;
  /** App scope. */
  readonly instance?: object;
  /** Request scope: a constructor plan compiled at boot. */
  readonly create?: (scope: RequestScope) => object;
}

/** Resolved dependencies: their values, or, if any is request-scoped, how to get them for a request. */
export interface ResolvedDeps {
  readonly usesContext: boolean;
  readonly values?: readonly unknown[];
  readonly create?: (scope: RequestScope) => readonly unknown[];
}

/** Narrows what `resolveFrom` gave. */
export function isProblems(resolved: ResolvedDeps | Problem[]): resolved is Problem[] {
  return Array.isArray(resolved);
}
