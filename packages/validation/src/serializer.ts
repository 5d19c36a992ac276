import { SerializeError } from './errors.js';
import { generateCopy, REFUSED, type Copy } from './generate-copy.js';
import type { Shape } from './shape.js';
import { WriteFailure } from './write-failure.js';
import { WriterFactory, type Write } from './write-value.js';

/**
 * Writes a value as JSON text that holds only declared properties. Throws `SerializeError` when the value is not of the declared
 * types, lacks a required property, or holds what JSON cannot carry.
 */
export type Serialize = (value: unknown) => string;

/** What the serializers of one shape share: they differ in the name their errors say. */
export interface SerializerParts {
  readonly factory: WriterFactory;
  readonly write: Write;
  readonly copy: Copy | undefined;
}

/** Composes the writers of a shape and generates its copy, which are the work of a serializer. */
export function createSerializerParts(shape: Shape): SerializerParts {
  const factory = new WriterFactory();
  return { factory, write: factory.of(shape), copy: generateCopy(shape, factory) };
}

/** The serializer: one pass checks and copies, then `JSON.stringify` writes the copy. What the generated copy refuses, the writers judge. */
export function createSerializer({ factory, write, copy }: SerializerParts, name: string | undefined): Serialize {
  const writeSlowly = (value: unknown): string => {
    factory.reset();
    try {
      return JSON.stringify(write(value, 0));
    } catch (error) {
      if (!(error instanceof WriteFailure)) throw error;
      throw new SerializeError({ pointer: error.pointer, rule: error.rule, message: error.message }, name);
    }
  };
  if (copy === undefined) return writeSlowly;
  return (value) => {
    factory.reset();
    let copied: unknown;
    try {
      copied = copy(value, 0);
    } catch (error) {
      if (!(error instanceof WriteFailure)) throw error;
      return writeSlowly(value); // to know the place of the failure from the top
    }
    return copied === REFUSED ? writeSlowly(value) : JSON.stringify(copied);
  };
}
