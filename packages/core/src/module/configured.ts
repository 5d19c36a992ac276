import type { ConcreteClass } from '../di/key.js';
import type { ModuleOptions } from './module.js';

/** A module with options. Its identity is this object: import the same object to share it, make another for another instance. */
export interface ConfiguredModule {
  readonly module: ConcreteClass;
  readonly options: ModuleOptions;
  /** Whether the options stand in place of those of the class. */
  readonly replaces: boolean;
}

/** How options are taken. */
export interface ConfiguredOptions {
  /** `true`: they stand in place of those of `@Module`, which are the module without options. */
  readonly replace?: boolean;
}

const mark = Symbol.for('plinth.configured');

/**
 * Adds options to those of a module class: lists are appended, other values replaced. With `replace: true` they take the place of all of
 * them, for a module that works without options, and otherwise with others. Each call makes a module of its own.
 *
 * @example
 * @Module({})
 * class CacheModule {
 *   static with(options: { size: number }) {
 *     return configured(CacheModule, { providers: [provideValue(CACHE_SIZE, options.size)], exports: [CACHE_SIZE] });
 *   }
 * }
 */
export function configured(module: ConcreteClass, options: ModuleOptions, { replace = false }: ConfiguredOptions = {}): ConfiguredModule {
  return Object.freeze({ [mark]: true, module, options, replaces: replace });
}

/** Whether a value was made by `configured`. @internal */
export function isConfiguredModule(value: unknown): value is ConfiguredModule {
  return typeof value === 'object' && value !== null && mark in value;
}
