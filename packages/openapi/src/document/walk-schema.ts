import type { Json, JsonObject } from './open-api-document.js';

// Where JSON Schema 2020-12 has schemas: only there may a walk go on, not into `const`, `enum`, `default` or `examples`.
const one = [
  'items',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'contentSchema',
];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const maps = ['properties', 'patternProperties', 'dependentSchemas', '$defs'];

/** A copy of the schema whose direct subschemas have gone through `change`. Boolean schemas stay as they are. */
export function mapSubschemas(schema: JsonObject, change: (part: JsonObject) => JsonObject): JsonObject {
  const copy: { [key: string]: Json | undefined } = { ...schema };
  const changed = (part: Json): Json => (isObject(part) ? change(part) : part);
  for (const key of one) if (copy[key] !== undefined) copy[key] = changed(copy[key]);
  for (const key of lists) {
    const list = copy[key];
    if (Array.isArray(list)) copy[key] = list.map(changed);
  }
  for (const key of maps) {
    const map = copy[key];
    if (isObject(map)) copy[key] = Object.fromEntries(Object.entries(map).map(([name, part]) => [name, changed(part!)]));
  }
  return copy;
}

/** The schema as plain JSON: functions, symbols and the marks of schema libraries (`~kind`) are left out. */
export function toJson(schema: object): JsonObject {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key.startsWith('~') ? undefined : value))) as JsonObject;
}

/** Whether a value is an object that is no list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
