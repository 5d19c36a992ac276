import type { CompiledSchema } from './compiled-schema.js';
import { createCompiler, type CompileOptions } from './create-compiler.js';
import type { Infer, Schema } from './schema.js';
import type { Serialize } from './serializer.js';

/**
 * Makes one schema ready to check values, with a compiler of its own. Throws `SchemaError` when the schema cannot be used.
 *
 * @example
 * const page = compile({ type: 'object', properties: { size: { type: 'integer', minimum: 1 } } }, { coerce: true });
 * await page.check({ size: '20' }); // { value: { size: 20 } }
 */
export function compile<const S extends Schema>(schema: S, options?: CompileOptions): CompiledSchema<Infer<S>> {
  return createCompiler().compile(schema, options);
}

/**
 * Makes one schema ready to write values as JSON text that holds only declared properties. What is verified: types, required
 * properties, `const` and `enum`, the length of closed tuples, and that JSON can carry the value. What is not: lengths, ranges,
 * patterns and formats, which `compile(schema).check` tells. The serializer throws `SerializeError`.
 */
export function compileSerializer(schema: Schema, options?: { readonly name?: string }): Serialize {
  return createCompiler().compileSerializer(schema, options);
}
