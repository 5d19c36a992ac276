import { ANNOTATION_KEYWORDS, isObject, LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS, type SchemaNode } from './keywords.js';
import type { SchemaRegistry } from './schema-registry.js';
import type { JsonSchema } from './schema.js';

/**
 * The schema as one self-contained document: every `$ref` leads to its own `$defs`, annotations and identifiers are gone.
 * A schema that refers to itself as a whole has a second copy of itself there. ajv sees only such documents, so it needs no registry of its own and can never be asked to fetch.
 */
export function bundleSchema(root: JsonSchema, registry: SchemaRegistry): JsonSchema {
  const names = new Map<JsonSchema, string>();
  const $defs: Record<string, unknown> = {};

  function reference(node: JsonSchema): string {
    const target = registry.follow(node);
    if (typeof target === 'boolean') return define(target ? {} : { not: {} });
    return names.get(target) === undefined ? define(target) : `#/$defs/${names.get(target)}`;
  }

  function define(target: JsonSchema): string {
    const name = `s${names.size}`;
    names.set(target, name);
    $defs[name] = copy(target);
    return `#/$defs/${name}`;
  }

  function copy(node: SchemaNode): SchemaNode {
    if (!isObject(node)) return node;
    const bundled: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(node)) {
      if (keyword === '$ref') bundled['$ref'] = reference(node);
      else if (SCHEMA_KEYWORDS.has(keyword)) bundled[keyword] = copy(value as SchemaNode);
      else if (LIST_KEYWORDS.has(keyword)) bundled[keyword] = (value as SchemaNode[]).map(copy);
      else if (keyword === '$defs' || keyword === 'definitions' || ANNOTATION_KEYWORDS.has(keyword) || keyword.startsWith('x-')) continue;
      else if (MAP_KEYWORDS.has(keyword)) bundled[keyword] = copyMap(value as Record<string, SchemaNode>);
      else bundled[keyword] = value;
    }
    // ajv's strict mode asks that `minimum` and the like stand beside a type; it does not see the one behind a $ref.
    if (bundled['$ref'] !== undefined && bundled['type'] === undefined && Object.keys(bundled).length > 1) {
      const target = registry.follow(node);
      if (isObject(target) && target['type'] !== undefined) bundled['type'] = target['type'];
    }
    return bundled;
  }

  function copyMap(map: Record<string, SchemaNode>): Record<string, SchemaNode> {
    return Object.fromEntries(Object.entries(map).map(([name, node]) => [name, copy(node)]));
  }

  const bundled = copy(root) as Record<string, unknown>;
  return names.size === 0 ? bundled : { ...bundled, $defs };
}
