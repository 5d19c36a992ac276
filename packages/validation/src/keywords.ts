import type { JsonSchema } from './schema.js';

/** A schema as it stands inside another: an object, or `true` / `false`. */
export type SchemaNode = JsonSchema | boolean;

/** Keywords whose value is one schema. */
export const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'unevaluatedItems',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'propertyNames',
]);

/** Keywords whose value is a list of schemas. */
export const LIST_KEYWORDS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);

/** Keywords whose value is a map of names to schemas. */
export const MAP_KEYWORDS: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** Keywords that constrain a value and hold no schema. */
export const PLAIN_KEYWORDS: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'const',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'required',
  'dependentRequired',
]);

/** Keywords that name and describe: kept for documents, ignored by checks (`default` is applied by the value preparation). */
export const ANNOTATION_KEYWORDS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$ref',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'discriminator',
  'externalDocs',
  'xml',
]);

/** The names a `type` keyword may hold. */
export const TYPE_NAMES: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'null', 'array', 'object']);

/** Whether the value is a JSON object (and so may be a schema with keywords). */
export function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Calls back with every schema directly inside `node` and its pointer relative to the node. */
export function forEachSubschema(node: JsonSchema, visit: (sub: SchemaNode, pointer: string) => void): void {
  for (const [keyword, value] of Object.entries(node)) {
    if (SCHEMA_KEYWORDS.has(keyword)) visit(value as SchemaNode, `/${keyword}`);
    else if (LIST_KEYWORDS.has(keyword)) (value as SchemaNode[]).forEach((sub, index) => visit(sub, `/${keyword}/${index}`));
    else if (MAP_KEYWORDS.has(keyword)) {
      for (const [name, sub] of Object.entries(value as Record<string, SchemaNode>)) {
        visit(sub, `/${keyword}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      }
    }
  }
}
