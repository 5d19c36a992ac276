import { schemaErrors } from './errors.js';
import { isObject } from './keywords.js';
import type { JsonSchema, Schema } from './schema.js';
import { hasStandardJsonSchema, isStandardSchema, type StandardJSONSchemaV1, type StandardSchemaV1 } from './standard-schema.js';

/** Which side of a schema: what a caller sends, or what comes out of it. They differ where a schema transforms. */
export type Direction = 'input' | 'output';

/**
 * The JSON Schema (draft 2020-12) of a schema, as a plain object that JSON can carry. A date of zod or arktype is given as the
 * text that stands for it in JSON (`format: 'date-time'`). Throws `VALIDATION_NO_JSON_SCHEMA` where the library has none to give.
 */
export function toJsonSchema(schema: Schema, direction: Direction = 'input'): JsonSchema {
  if (!isStandardSchema(schema)) return plainCopy(schema);
  const { vendor } = schema['~standard'];
  if (!hasStandardJsonSchema(schema)) throw schemaErrors.noJsonSchema(vendor, 'it does not speak Standard JSON Schema');
  try {
    return plainCopy(schema['~standard'].jsonSchema[direction](conversionOptions(schema)));
  } catch (cause) {
    throw schemaErrors.noJsonSchema(vendor, cause instanceof Error ? firstLine(cause.message) : 'its conversion failed', cause);
  }
}

/** A copy with own enumerable string keys only: TypeBox and libraries attach symbols and methods. */
function plainCopy(schema: unknown): JsonSchema {
  if (!isObject(schema))
    throw schemaErrors.invalid('is not an object', '', 'Give a JSON Schema object, or a schema of a library that speaks Standard Schema.');
  let text: string;
  try {
    text = JSON.stringify(schema);
  } catch (cause) {
    throw schemaErrors.invalid('cannot be written as JSON', '', 'Refer to schemas by $ref instead of putting a schema into itself.', cause);
  }
  const copy = JSON.parse(text) as Record<string, unknown>;
  if (copy['~standard'] !== undefined) delete copy['~standard'];
  return copy;
}

function conversionOptions(schema: StandardSchemaV1): StandardJSONSchemaV1.Options {
  const target = 'draft-2020-12';
  const libraryOptions = LIBRARY_OPTIONS[schema['~standard'].vendor];
  return libraryOptions === undefined ? { target } : { target, libraryOptions };
}

/** JSON has no dates; each library has its own way to say what stands for one. valibot's converter does not say that a loose object is open. */
const LIBRARY_OPTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  zod: {
    unrepresentable: 'any',
    override(context: { zodSchema: { _zod: { def: { type: string } } }; jsonSchema: Record<string, unknown>; path?: readonly unknown[] }) {
      const { type } = context.zodSchema._zod.def;
      if (type === 'date') Object.assign(context.jsonSchema, { type: 'string', format: 'date-time' });
      else if (UNREPRESENTABLE.has(type)) throw new Error(`a ${type} cannot be represented in JSON Schema`);
    },
  },
  arktype: {
    fallback: { date: (context: { base: Record<string, unknown> }) => ({ ...context.base, type: 'string', format: 'date-time' }) },
  },
  valibot: {
    // A rule that JSON Schema cannot say (a check, an IP address) changes no shape; valibot itself still applies it.
    overrideAction(context: { valibotAction: { kind: string }; jsonSchema: Record<string, unknown>; errors?: unknown }) {
      return context.errors !== undefined && context.valibotAction.kind === 'validation' ? context.jsonSchema : undefined;
    },
    overrideSchema(context: { valibotSchema: { type: string }; jsonSchema: Record<string, unknown> }) {
      const { type } = context.valibotSchema;
      if (type === 'date') return { type: 'string', format: 'date-time' };
      return type === 'loose_object' ? { ...context.jsonSchema, additionalProperties: {} } : undefined;
    },
  },
};

/** zod types that JSON cannot carry; without this `unrepresentable: 'any'` would let them pass as `{}`. */
const UNREPRESENTABLE: ReadonlySet<string> = new Set([
  'bigint',
  'symbol',
  'undefined',
  'void',
  'map',
  'set',
  'transform',
  'function',
  'nan',
  'custom',
]);

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}
