import { isObject, type SchemaNode } from './keywords.js';
import type { PrepareRules } from './prepare.js';
import type { JsonSchema } from './schema.js';
import type { Shape } from './shape.js';
import { bitOf, typeBits } from './types.js';

/*
 * The strict form of a schema says in ajv's words what the preparation of a value checks: unknown keys, limits, safe integers,
 * plain objects. A value that passes it needs neither changes nor another look, so a good value is walked once, by generated
 * code. It may refuse what the schema takes (the whole check then decides) but never take what the whole check refuses.
 */

const ALLOWED: ReadonlySet<string> = new Set([
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
  'items',
  'prefixItems',
  'minProperties',
  'maxProperties',
  'required',
  'dependentRequired',
  'properties',
  'additionalProperties',
  'anyOf',
  'oneOf',
  '$ref',
  '$defs',
]);

/** The strict form of a bundled schema; undefined where none says the same: free values, maps, merged schemas, recursion, kept keys. */
export function strictSchema(bundled: JsonSchema, rules: PrepareRules): JsonSchema | undefined {
  return rules.unknown === 'keep' ? undefined : new StrictWriter(bundled, rules).write();
}

/** Whether a property anywhere in the shape is filled in when it is absent. */
export function hasDefaults(root: Shape): boolean {
  const seen = new Set<Shape>([root]);
  for (const shape of seen) {
    // grows while it is gone through
    if (shape.defaults.length > 0) return true;
    for (const child of shape.properties.values()) seen.add(child);
    for (const child of [
      ...shape.prefix,
      ...(shape.alternatives ?? []),
      ...shape.patterns.map((pattern) => pattern.shape),
      shape.items,
      shape.additional,
    ])
      if (child) seen.add(child);
  }
  return false;
}

interface Strict {
  readonly schema: JsonSchema;
  /** How many levels of arrays and objects a value of it has at most. */
  readonly levels: number;
}

const NOTHING: Strict = { schema: {}, levels: 0 };

class StrictWriter {
  readonly #bundled: JsonSchema;
  readonly #rules: PrepareRules;
  readonly #definitions = new Map<string, Strict | 'open'>();
  #possible = true;

  constructor(bundled: JsonSchema, rules: PrepareRules) {
    this.#bundled = bundled;
    this.#rules = rules;
  }

  write(): JsonSchema | undefined {
    const { schema, levels } = this.#node(this.#bundled);
    if (!this.#possible || levels > this.#rules.limits.maxDepth) return undefined;
    if (this.#definitions.size === 0) return schema;
    return { ...schema, $defs: Object.fromEntries([...this.#definitions].map(([name, strict]) => [name, (strict as Strict).schema])) };
  }

  #impossible(): Strict {
    this.#possible = false;
    return NOTHING;
  }

  #node(node: unknown): Strict {
    if (!this.#possible || !isObject(node)) return this.#impossible();
    const { $defs: _definitions, ...rest } = node;
    const keywords = Object.keys(rest);
    if (!keywords.every((keyword) => ALLOWED.has(keyword))) return this.#impossible();
    for (const union of ['anyOf', 'oneOf'])
      if (union in rest) return keywords.length === 1 ? this.#union(rest[union] as SchemaNode[], union) : this.#impossible();
    if ('$ref' in rest) return keywords.length === 1 ? this.#reference(String(rest['$ref'])) : this.#impossible();
    return this.#typed(rest);
  }

  #typed(node: Readonly<Record<string, unknown>>): Strict {
    const values = valuesOf(node);
    if (values?.some((value) => typeof value === 'object' && value !== null)) return this.#impossible();
    if (node['type'] === undefined && (values === undefined || 'properties' in node || 'items' in node)) return this.#impossible();
    const types = [node['type'] ?? []].flat() as string[];
    const strict: Record<string, unknown> = { ...node };
    if (types.includes('string')) this.#text(strict, values !== undefined);
    if (types.includes('integer') && !types.includes('number')) strict['safeInteger'] = true;
    const levels = Math.max(0, types.includes('array') ? this.#array(strict) : 0, types.includes('object') ? this.#object(strict) : 0);
    return { schema: strict, levels };
  }

  #text(strict: Record<string, unknown>, listed: boolean): void {
    const { minLength, maxLength } = strict;
    const limit = this.#rules.limits.maxLength;
    if (isLength(minLength)) replace(strict, 'minLength', 'pointsAtLeast', minLength);
    if (isLength(maxLength)) replace(strict, 'maxLength', 'pointsAtMost', maxLength);
    else if (!listed && limit !== Infinity) strict['unitsAtMost'] = limit;
  }

  #array(strict: Record<string, unknown>): number {
    const { items, prefixItems = [] } = strict as { items?: unknown; prefixItems?: unknown[] };
    const prefix = prefixItems.map((item) => this.#node(item));
    const rest = items === false && prefix.length > 0 ? NOTHING : this.#node(items);
    if (prefix.length > 0) strict['prefixItems'] = prefix.map((item) => item.schema);
    if (items !== false) strict['items'] = rest.schema;
    if (strict['maxItems'] === undefined && this.#rules.limits.maxItems !== Infinity) strict['maxItems'] = this.#rules.limits.maxItems;
    return 1 + Math.max(rest.levels, ...prefix.map((item) => item.levels));
  }

  #object(strict: Record<string, unknown>): number {
    const { properties, additionalProperties = false } = strict;
    if (!isObject(properties) || additionalProperties !== false) return this.#impossible().levels;
    // The strict check does not ask whether a property is the object's own: a plain object has no others but these.
    if (Object.keys(properties).some((name) => name in Object.prototype)) return this.#impossible().levels;
    const children = Object.entries(properties).map(([name, child]) => [name, this.#node(child)] as const);
    strict['properties'] = Object.fromEntries(children.map(([name, child]) => [name, child.schema]));
    strict['additionalProperties'] = false;
    strict['plainObject'] = true;
    return 1 + Math.max(0, ...children.map(([, child]) => child.levels));
  }

  /** A value that passes the strict form of one branch has no key that branch does not declare; so it is fine whichever else it fits. */
  #union(branches: readonly SchemaNode[], keyword: string): Strict {
    if (keyword === 'oneOf' && !this.#areExclusive(branches)) return this.#impossible();
    const strict = branches.map((branch) => this.#node(branch));
    return { schema: { anyOf: strict.map((branch) => branch.schema) }, levels: Math.max(...strict.map((branch) => branch.levels)) };
  }

  /** Only where no value fits two branches may `oneOf` be read as `anyOf`: by strict forms alone a second fit would be missed. */
  #areExclusive(branches: readonly SchemaNode[]): boolean {
    const nodes = branches.map((branch) => this.#resolve(branch));
    return nodes.every((node, index) => nodes.slice(index + 1).every((other) => areExclusive(node, other)));
  }

  #resolve(node: SchemaNode): JsonSchema {
    if (!isObject(node)) return {};
    return typeof node['$ref'] === 'string' ? this.#resolve(this.#definition(node['$ref'])) : node;
  }

  #reference(ref: string): Strict {
    const name = ref.slice('#/$defs/'.length);
    const known = this.#definitions.get(name);
    if (known === 'open') return this.#impossible(); // recursion: nesting must be counted
    const strict = known ?? this.#define(name, this.#definition(ref));
    return { schema: { $ref: ref }, levels: strict.levels };
  }

  #define(name: string, node: SchemaNode): Strict {
    this.#definitions.set(name, 'open');
    const strict = this.#node(node);
    this.#definitions.set(name, strict);
    return strict;
  }

  #definition(ref: string): SchemaNode {
    return (this.#bundled['$defs'] as Record<string, SchemaNode>)[ref.slice('#/$defs/'.length)] as SchemaNode;
  }
}

/** What is no length stays for ajv to refuse. */
function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function replace(strict: Record<string, unknown>, keyword: string, by: string, value: number): void {
  delete strict[keyword];
  strict[by] = value;
}

function areExclusive(left: JsonSchema, right: JsonSchema): boolean {
  if ((kinds(left) & kinds(right)) === 0) return true;
  if (left['type'] !== 'object' || right['type'] !== 'object') return false;
  const required = (right['required'] ?? []) as readonly string[];
  return ((left['required'] ?? []) as readonly string[]).some((name) => {
    const [ours, theirs] = [left, right].map((node) => valuesOf((node['properties'] as JsonSchema | undefined)?.[name]));
    return (
      required.includes(name) &&
      ours !== undefined &&
      theirs !== undefined &&
      ours.every((value) => typeof value === 'string' && !theirs.includes(value))
    );
  });
}

function kinds(node: JsonSchema): number {
  if (node['type'] !== undefined || !('const' in node || 'enum' in node)) return typeBits(node['type']);
  return (valuesOf(node) ?? []).reduce((bits: number, value) => bits | bitOf(value), 0);
}

function valuesOf(node: unknown): readonly unknown[] | undefined {
  if (!isObject(node)) return undefined;
  if ('const' in node) return [node['const']];
  return node['enum'] as readonly unknown[] | undefined;
}
