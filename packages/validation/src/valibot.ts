import { toStandardJsonSchema } from '@valibot/to-json-schema';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';

/** What this function needs of a valibot schema; written structurally, so that valibot's own types stay out of ours. */
export interface ValibotSchema extends StandardSchemaV1 {
  readonly kind: 'schema';
  readonly type: string;
}

/** A valibot schema that can give its JSON Schema as well. */
export type WithJsonSchema<S extends StandardSchemaV1> = StandardSchemaV1<StandardSchemaV1.InferInput<S>, StandardSchemaV1.InferOutput<S>> &
  StandardJSONSchemaV1<StandardSchemaV1.InferInput<S>, StandardSchemaV1.InferOutput<S>>;

/**
 * Lets a valibot schema stand in a contract: valibot does not speak Standard JSON Schema by itself. The schema is wrapped, not changed;
 * `@valibot/to-json-schema` (an optional peer) makes the JSON Schema when it is asked for.
 *
 * @example
 * const NewUser = withJsonSchema(v.object({ name: v.string() }));
 */
export function withJsonSchema<S extends ValibotSchema>(schema: S): WithJsonSchema<S> {
  const converted = toStandardJsonSchema(schema as unknown as Parameters<typeof toStandardJsonSchema>[0])['~standard'];
  const own = schema['~standard'];
  return {
    '~standard': {
      version: 1,
      vendor: own.vendor,
      validate: own.validate,
      jsonSchema: converted.jsonSchema,
    },
  } as unknown as WithJsonSchema<S>;
}
