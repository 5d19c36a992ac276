import type { Contract } from '@plinth/http';
import type { Schema } from '@plinth/validation';
import type { JsonObject, Parameter } from './open-api-document.js';
import type { SchemaRegistry } from './schema-registry.js';
import { isObject } from './walk-schema.js';

// OpenAPI ignores parameters of these names: content negotiation and security describe them.
const describedElsewhere = new Set(['accept', 'content-type', 'authorization']);

/** The parameters of a route. A path parameter without a schema is a string. */
export function parametersOf(contract: Contract, names: readonly string[], registry: SchemaRegistry): readonly Parameter[] {
  const path = fieldsOf(contract.params, registry);
  return [
    ...names.map((name) => parameter('path', name, { schema: path.get(name)?.schema ?? { type: 'string' }, required: true })),
    ...list('query', contract.query, registry),
    ...list('header', contract.headers, registry).filter(({ name }) => !describedElsewhere.has(name.toLowerCase())),
    ...list('cookie', contract.cookies, registry),
  ];
}

interface Field {
  readonly schema: JsonObject;
  readonly required: boolean;
}

function list(place: Parameter['in'], schema: Schema | undefined, registry: SchemaRegistry): readonly Parameter[] {
  return [...fieldsOf(schema, registry)].map(([name, field]) => parameter(place, name, field));
}

function parameter(place: Parameter['in'], name: string, { schema, required }: Field): Parameter {
  const { description, deprecated, ...rest } = schema;
  return {
    name,
    in: place,
    required,
    ...(typeof description === 'string' && { description }),
    ...(deprecated === true && { deprecated: true }),
    schema: rest,
  };
}

function fieldsOf(schema: Schema | undefined, registry: SchemaRegistry): ReadonlyMap<string, Field> {
  return schema === undefined ? new Map() : readFields(registry.look(registry.parts(schema)), registry);
}

// An object of fields; `allOf` adds the fields of each part. Of alternatives every field is listed, none required.
function readFields(schema: JsonObject, registry: SchemaRegistry): Map<string, Field> {
  const fields = new Map<string, Field>();
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as string[]) : []);
  const parts = (keyword: string): readonly JsonObject[] =>
    Array.isArray(schema[keyword]) ? (schema[keyword] as JsonObject[]).filter(isObject) : [];
  for (const part of parts('allOf')) for (const [name, field] of readFields(registry.look(part), registry)) fields.set(name, field);
  for (const part of [...parts('anyOf'), ...parts('oneOf')]) {
    for (const [name, field] of readFields(registry.look(part), registry))
      if (!fields.has(name)) fields.set(name, { ...field, required: false });
  }
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, property] of Object.entries(properties)) {
    fields.set(name, { schema: isObject(property) ? property : {}, required: required.has(name) });
  }
  return fields;
}
