import type { StandardSchemaV1 } from './standard-schema.js';
import type { InferJson, InferJsonInput } from './infer-json-schema.js';

/** A JSON Schema (draft 2020-12) as an object: written by hand with `as const`, or made by TypeBox. */
export type JsonSchema = { readonly [key: string]: unknown };

/** A schema made by TypeBox 1.x, whose types are interfaces and so no `JsonSchema` in the eyes of the compiler. */
export type TypeBoxSchema = { readonly '~kind': string } | { readonly '~unsafe': unknown };

/** What a contract may hold: a JSON Schema (TypeBox makes them), or a schema of any library that speaks Standard Schema. */
export type Schema = JsonSchema | TypeBoxSchema | StandardSchemaV1;

/** What to do with properties that the schema does not declare. */
export type UnknownKeys = 'reject' | 'strip' | 'keep';

/** The type of a value that has passed `S`: the library's output type, or the type a JSON Schema describes. */
export type Infer<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : InferJson<S>;

/** The type a caller may send to `S`: properties with a `default` are optional. */
export type InferInput<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S> : InferJsonInput<S>;

/**
 * Gives a JSON Schema its literal type without `as const`.
 *
 * @example
 * const Page = defineSchema({ type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] });
 * type Page = Infer<typeof Page>; // { size: number }
 */
export function defineSchema<const S extends JsonSchema>(schema: S): S {
  return schema;
}
