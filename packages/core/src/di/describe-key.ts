import { isConfig } from '../config/define-config.js';
import type { Dep } from './key.js';
import { isDependency } from './dependency.js';

/** A key as it is written in messages: the name of a class or token, a string in quotes. */
export function describeKey(key: Dep): string {
  if (typeof key === 'function') return key.name === '' ? '(a class without a name)' : key.name;
  if (typeof key === 'symbol') return key.description === undefined || key.description === '' ? 'Symbol()' : key.description;
  if (typeof key === 'string') return `'${key}'`;
  if (isDependency(key)) return key.mode === 'all' ? `allOf(${describeKey(key.key)})` : `optionalDep(${describeKey(key.key)})`;
  if (isConfig(key)) return `the configuration '${(key as { name: string }).name}'`;
  return describeOther(key);
}

/** Whether a value can be a key at all. */
export function isKey(value: unknown): boolean {
  return typeof value === 'function' || typeof value === 'symbol' || typeof value === 'string' || isConfig(value);
}

/** Any value, briefly, for messages about values that should not be where they are. */
export function describeOther(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : value.name;
  if (typeof value === 'object' && value !== null) return `an object (${Object.keys(value).slice(0, 4).join(', ')})`;
  return String(value);
}
