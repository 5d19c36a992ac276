import { SerializeError } from './errors.js';
import type { Shape } from './shape.js';
import { WriteFailure } from './write-failure.js';
import { WriterFactory } from './write-value.js';

/**
 * Writes a value as JSON text that holds only declared properties. Throws `SerializeError` when the value is not of the declared
 * types, lacks a required property, or holds what JSON cannot carry.
 */
export type Serialize = (value: unknown) => string;

/** Composes the serializer of a shape: one pass checks and copies, then `JSON.stringify` writes the copy. */
export function createSerializer(shape: Shape, name: string | undefined): Serialize {
  const factory = new WriterFactory();
  const write = factory.of(shape);
  return (value) => {
    factory.reset();
    try {
      return JSON.stringify(write(value, 0));
    } catch (error) {
      if (!(error instanceof WriteFailure)) throw error;
      throw new SerializeError({ pointer: error.pointer, rule: error.rule, message: error.message }, name);
    }
  };
}
