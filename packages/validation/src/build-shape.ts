import { schemaErrors } from './errors.js';
import { isObject, type SchemaNode } from './keywords.js';
import { canonicalText, type SchemaRegistry } from './schema-registry.js';
import type { JsonSchema } from './schema.js';
import { FREE, NEVER, Shape } from './shape.js';
import { ANY, bitOf, INTEGER, NUMBER, typeBits } from './types.js';

/** Schemas that apply to one place: their own keywords, and the unions that stand beside them. */
interface Parts {
  readonly nodes: readonly JsonSchema[];
  readonly unions: readonly (readonly SchemaNode[])[];
}

const KEY_KEYWORDS = ['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties', 'propertyNames'] as const;
/** Unions beside each other multiply; past this many, their keys are accepted without telling the branches apart. */
const MOST_UNIONS = 4;
const MOST_SHAPES = 20_000;

/** Merges a schema and everything it refers to into shapes. Throws `SchemaError` for references that lead nowhere or in a circle. */
export function buildShape(root: JsonSchema, registry: SchemaRegistry): Shape {
  return new ShapeBuilder(registry).of([root]);
}

class ShapeBuilder {
  readonly #registry: SchemaRegistry;
  readonly #shapes = new Map<string, Shape>();
  readonly #ids = new Map<unknown, number>();

  /** Above 0 while schemas are read that add to others (`then`, `else`), and need not be whole by themselves. */
  #conditional = 0;

  constructor(registry: SchemaRegistry) {
    this.#registry = registry;
  }

  of(schemas: readonly SchemaNode[]): Shape {
    if (schemas.includes(false)) return NEVER;
    const nodes: JsonSchema[] = [];
    const unions: (readonly SchemaNode[])[] = [];
    for (const schema of schemas) this.#flatten(schema, nodes, unions, []);
    return this.#make({ nodes, unions }, new Set());
  }

  /** Follows `$ref` and `allOf`; what is left are keywords that speak about the value itself. */
  #flatten(schema: SchemaNode, nodes: JsonSchema[], unions: (readonly SchemaNode[])[], trail: readonly SchemaNode[]): void {
    if (!isObject(schema)) return;
    if (trail.includes(schema)) {
      throw schemaErrors.invalid(
        'refers only to itself, in a circle of $ref',
        this.#registry.pointerOf(schema),
        'Let one schema of the circle say what the value is.',
      );
    }
    if (nodes.includes(schema)) return;
    nodes.push(schema);
    const inside = [...trail, schema];
    if (schema['$ref'] !== undefined) this.#followRef(schema, nodes, unions, inside);
    for (const part of (schema['allOf'] ?? []) as SchemaNode[]) this.#flatten(part, nodes, unions, inside);
    for (const keyword of ['anyOf', 'oneOf']) {
      if (schema[keyword] !== undefined) unions.push(schema[keyword] as SchemaNode[]);
    }
  }

  #followRef(schema: JsonSchema, nodes: JsonSchema[], unions: (readonly SchemaNode[])[], trail: readonly SchemaNode[]): void {
    this.#flatten(this.#registry.follow(schema), nodes, unions, trail);
  }

  #make(parts: Parts, consumed: ReadonlySet<unknown>): Shape {
    const pending = parts.unions.filter((union) => !consumed.has(union)).slice(0, MOST_UNIONS);
    const key = `${this.#key(parts.nodes)}|${this.#key(pending)}`;
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    if (this.#shapes.size >= MOST_SHAPES)
      throw schemaErrors.invalid(`combines into more than ${MOST_SHAPES} forms`, '', 'Combine fewer anyOf and oneOf at one place.');
    if (parts.nodes.length === 0) return FREE;

    const shape = new Shape();
    this.#shapes.set(key, shape);
    this.#fill(shape, parts.nodes, parts.unions.slice(pending.length));
    const [union] = pending;
    if (union !== undefined) shape.alternatives = this.#branches(union, parts, pending, consumed);
    else if (this.#conditional === 0) this.#checkRequired(shape, parts.nodes);
    return shape;
  }

  /** A required name that nothing declares is a spelling mistake: no caller could ever send it. */
  #checkRequired(shape: Shape, nodes: readonly JsonSchema[]): void {
    const missing = shape.required.find((name) => shape.under(name) === undefined);
    const node = nodes.find((entry) => (entry['required'] as string[] | undefined)?.includes(missing as string));
    if (missing === undefined || node === undefined) return;
    const known = [...shape.properties.keys()].map((name) => JSON.stringify(name)).join(', ');
    throw schemaErrors.invalid(
      `requires the property ${JSON.stringify(missing)}, which it does not declare`,
      `${this.#registry.pointerOf(node)}/required`,
      `Declare it under properties, or correct its name (declared: ${known === '' ? 'none' : known}).`,
    );
  }

  #branches(union: readonly SchemaNode[], parts: Parts, pending: Parts['unions'], consumed: ReadonlySet<unknown>): Shape[] {
    const used = new Set([...consumed, union]);
    return union
      .filter((branch) => branch !== false)
      .map((branch) => {
        const nodes = [...parts.nodes];
        const unions = pending.filter((other) => other !== union);
        this.#flatten(branch, nodes, unions, []);
        return this.#make({ nodes, unions }, used);
      });
  }

  #fill(shape: Shape, nodes: readonly JsonSchema[], surplusUnions: Parts['unions']): void {
    shape.types = nodes.reduce((bits, node) => bits & typeBits(node['type']), ANY);
    shape.values = allowedValues(nodes);
    if (shape.values !== undefined) shape.types &= shape.values.reduce((bits: number, value) => bits | widened(bitOf(value)), 0);
    shape.format = nodes.map((node) => node['format']).find((format) => typeof format === 'string') as string | undefined;
    shape.hasMaxLength = nodes.some((node) => node['maxLength'] !== undefined);
    shape.hasMaxItems = nodes.some((node) => node['maxItems'] !== undefined);
    shape.hasMaxProperties = nodes.some((node) => node['maxProperties'] !== undefined);
    shape.required = [...new Set(nodes.flatMap((node) => (node['required'] ?? []) as string[]))];
    const defaulted = nodes.find((node) => node['default'] !== undefined);
    if (defaulted !== undefined) shape.default = { value: defaulted['default'] };
    this.#fillProperties(shape, nodes);
    this.#fillConditional(shape, nodes, surplusUnions);
    this.#fillItems(shape, nodes);
    shape.names = [...shape.properties.keys()];
    shape.children = [...shape.properties.values()].map((child) => child.self);
    shape.defaults = [...shape.properties].flatMap(([name, child]) =>
      child.default === undefined ? [] : [[name, child.default.value] as const],
    );
    shape.discriminators = [...shape.properties].flatMap(([name, child]) => {
      return child.values !== undefined && child.values.every((value) => typeof value !== 'object') ? [[name, child.values] as const] : [];
    });
  }

  #fillProperties(shape: Shape, nodes: readonly JsonSchema[]): void {
    shape.saysKeys = nodes.some((node) => KEY_KEYWORDS.some((keyword) => node[keyword] !== undefined));
    for (const name of new Set(nodes.flatMap((node) => Object.keys((node['properties'] ?? {}) as object)))) {
      shape.properties.set(name, this.of(nodes.flatMap((node) => schemasUnder(node, name))));
    }
    for (const node of nodes) {
      for (const [pattern, schema] of Object.entries((node['patternProperties'] ?? {}) as Record<string, SchemaNode>)) {
        const expression = toExpression(pattern);
        if (expression !== undefined) shape.patterns.push({ expression, shape: this.of([schema]) });
      }
    }
    const extra = nodes.map(additionalOf).filter((schema) => schema !== undefined);
    if (extra.includes(false)) shape.additional = false;
    else if (extra.length > 0) shape.additional = this.of(extra);
  }

  /** Keys that only `then`, `else`, dependent schemas or surplus unions declare are known; whether they may be there the check decides. */
  #fillConditional(shape: Shape, nodes: readonly JsonSchema[], surplusUnions: Parts['unions']): void {
    const conditional = nodes.flatMap((node) => [node['then'], node['else'], ...Object.values((node['dependentSchemas'] ?? {}) as object)]);
    this.#conditional += 1;
    const hints = [...conditional, ...surplusUnions.flat()].filter(isObject).map((schema) => this.of([schema]));
    this.#conditional -= 1;
    for (const hint of hints.flatMap(leaves)) {
      shape.saysKeys ||= hint.saysKeys;
      for (const [name, child] of hint.properties) {
        const known = shape.properties.get(name);
        if (known === undefined) shape.properties.set(name, child);
      }
    }
  }

  #fillItems(shape: Shape, nodes: readonly JsonSchema[]): void {
    const longest = Math.max(0, ...nodes.map((node) => ((node['prefixItems'] ?? []) as unknown[]).length));
    for (let index = 0; index < longest; index++) shape.prefix.push(this.of(nodes.flatMap((node) => schemasAt(node, index))));
    const rest = nodes.map((node) => node['items'] as SchemaNode | undefined).filter((items) => items !== undefined);
    if (rest.includes(false)) shape.items = false;
    else if (rest.length > 0) shape.items = this.of(rest);
  }

  #key(list: readonly unknown[]): string {
    return list
      .map((entry) => {
        if (!this.#ids.has(entry)) this.#ids.set(entry, this.#ids.size);
        return this.#ids.get(entry) as number;
      })
      .sort((a, b) => a - b)
      .join();
  }
}

function additionalOf(node: JsonSchema): SchemaNode | undefined {
  return (node['additionalProperties'] ?? node['unevaluatedProperties']) as SchemaNode | undefined;
}

function schemasUnder(node: JsonSchema, name: string): SchemaNode[] {
  const properties = (node['properties'] ?? {}) as Record<string, SchemaNode>;
  const schemas: SchemaNode[] = Object.hasOwn(properties, name) ? [properties[name] as SchemaNode] : [];
  for (const [pattern, schema] of Object.entries((node['patternProperties'] ?? {}) as Record<string, SchemaNode>)) {
    if (toExpression(pattern)?.test(name)) schemas.push(schema);
  }
  const additional = node['additionalProperties'] as SchemaNode | undefined;
  return schemas.length === 0 && isObject(additional) ? [additional] : schemas;
}

function schemasAt(node: JsonSchema, index: number): SchemaNode[] {
  const prefix = (node['prefixItems'] ?? []) as SchemaNode[];
  const schema = prefix[index] ?? (node['items'] as SchemaNode | undefined);
  return schema === undefined ? [] : [schema];
}

function allowedValues(nodes: readonly JsonSchema[]): readonly unknown[] | undefined {
  const lists = nodes.flatMap((node) => [
    ...(node['const'] === undefined ? [] : [[node['const']]]),
    ...(Array.isArray(node['enum']) ? [node['enum'] as unknown[]] : []),
  ]);
  return lists.length === 0
    ? undefined
    : lists.reduce((left, right) => left.filter((value) => right.some((other) => canonicalText(other) === canonicalText(value))));
}

/** `1` in an enum may come as the number 1; a whole number is a number too. */
function widened(bit: number): number {
  return bit === INTEGER ? INTEGER | NUMBER : bit;
}

function leaves(shape: Shape): readonly Shape[] {
  return shape.alternatives === undefined
    ? [shape]
    : [
        shape,
        ...shape.alternatives
          .filter((other) => other !== shape)
          .flatMap((other) => (other.alternatives === undefined ? [other] : other.alternatives)),
      ];
}

// A library's own pattern may need flags JSON Schema cannot carry; the library checks it.
function toExpression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}
