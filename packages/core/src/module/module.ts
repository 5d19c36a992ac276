import type { Class, ConcreteClass, Key } from '../di/key.js';
import type { ClassProvider, Provider } from '../di/provider.js';
import type { ConfiguredModule } from './configured.js';
import { MODULE_ERRORS } from './errors.js';

/** What other packages add to a module's options, by declaration merging; http adds `routes` and `open`. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface ModuleParts {}

/** The options of a module: what it takes in, what it holds, and what it shows. */
export interface ModuleOptions extends ModuleParts {
  /** The modules whose exports this one may use. */
  readonly imports?: readonly ModuleRef[];
  /** What this module creates. Visible inside it, and where it is imported if exported. */
  readonly providers?: readonly Provider[];
  /** Classes that handle requests. Created like providers, but nothing can depend on them. */
  readonly controllers?: readonly (ConcreteClass | ClassProvider)[];
  /** Keys of own providers or of what imported modules export, and imported modules as a whole. */
  readonly exports?: readonly (Key | ModuleRef)[];
  /** Makes the exports visible in every module of the application. */
  readonly global?: boolean;
  /** What must be there though this module does not import it: modules anywhere in the application, or keys visible here. */
  readonly requires?: readonly (Key | ModuleRef)[];
}

/** A module as it is listed in `imports`: its class, or the class with options. */
export type ModuleRef = Class | ConfiguredModule;

const optionsKey = Symbol.for('plinth.module');

/**
 * Makes a class a module, once and for all: what modules hold is settled before an application is made of them. Throws
 * `CORE_MODULE_TWICE` for a class that is one already.
 *
 * @example
 * @Module({ imports: [OrdersModule], providers: [Billing], exports: [Billing] })
 * class BillingModule {}
 */
export function Module(options: ModuleOptions = {}): (target: ConcreteClass) => void {
  return (target) => {
    if (moduleOptionsOf(target) !== undefined) throw MODULE_ERRORS.TWICE({ module: target.name });
    Object.defineProperty(target, optionsKey, { value: options });
  };
}

/** The options that `@Module` recorded on exactly this class. @internal */
export function moduleOptionsOf(target: unknown): ModuleOptions | undefined {
  if (typeof target !== 'function' || !Object.hasOwn(target, optionsKey)) return undefined;
  return (target as unknown as { [optionsKey]: ModuleOptions })[optionsKey];
}
