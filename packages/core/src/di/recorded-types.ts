// The only file that imports reflect-metadata. It must be loaded before the classes of an application are: compilers emit calls of it.
import 'reflect-metadata';
import type { Class } from './key.js';

/** The parameter types that a compiler emitted for exactly this class, if it did. */
export function recordedTypes(target: Class): readonly unknown[] | undefined {
  return Reflect.getOwnMetadata('design:paramtypes', target) as readonly unknown[] | undefined;
}
