import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';

export type { StandardJSONSchemaV1, StandardSchemaV1 };

/** Whether the value is a schema of a library that speaks Standard Schema 1 (https://standardschema.dev). */
export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  const props = standardProps(value);
  return props !== undefined && props['version'] === 1 && typeof props['validate'] === 'function';
}

/** Whether the value can give its own JSON Schema (Standard JSON Schema 1). */
export function hasStandardJsonSchema(value: unknown): value is StandardJSONSchemaV1 {
  const converter = standardProps(value)?.['jsonSchema'] as Partial<StandardJSONSchemaV1.Converter> | undefined;
  return typeof converter?.input === 'function' && typeof converter.output === 'function';
}

// arktype's schemas are functions, so `typeof value === 'object'` alone would miss them.
function standardProps(value: unknown): Record<string, unknown> | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const props = (value as { '~standard'?: unknown })['~standard'];
  return typeof props === 'object' && props !== null ? (props as Record<string, unknown>) : undefined;
}
