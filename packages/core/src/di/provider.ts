import type { Class, ConcreteClass, Dep, Gives, Key, Scope } from './key.js';

interface ProviderBase {
  readonly key: Key;
  readonly many?: boolean;
  readonly context?: boolean;
}

/** Made by `provide` and `provideClass`. */
export interface ClassProvider extends ProviderBase {
  readonly kind: 'class';
  readonly type: ConcreteClass;
  readonly deps?: readonly Dep[] | undefined;
  readonly replace?: readonly (readonly [Key, Key])[] | undefined;
  readonly scope?: Scope;
  readonly whenNeeded?: boolean;
}

/** Made by `provideValue`. */
export interface ValueProvider extends ProviderBase {
  readonly kind: 'value';
  readonly value: unknown;
}

/** Made by `provideFactory`. */
export interface FactoryProvider extends ProviderBase {
  readonly kind: 'factory';
  readonly deps?: readonly Dep[] | undefined;
  readonly create: (...deps: readonly unknown[]) => unknown;
  readonly dispose?: (value: unknown) => unknown;
  readonly scope?: Scope;
  readonly whenNeeded?: boolean;
}

/** Made by `provideAlias`. */
export interface AliasProvider extends ProviderBase {
  readonly kind: 'alias';
  readonly existing: Key;
}

/** What the `provide*` functions make: plain frozen data. */
export type ProviderRecord = ClassProvider | ValueProvider | FactoryProvider | AliasProvider;

/** What may stand in a module's `providers`: a class, what a `provide*` function made, or a configuration. */
export type Provider = Class | ProviderRecord | Gives<unknown>;

const mark = Symbol.for('plinth.provider');

/** Marks and freezes a record. @internal */
export function sealProvider<P extends ProviderRecord>(record: P): P {
  return Object.freeze(Object.assign(record, { [mark]: true }));
}

/** Whether a value was made by one of the `provide*` functions. */
export function isProviderRecord(value: unknown): value is ProviderRecord {
  return typeof value === 'object' && value !== null && mark in value;
}
