import { toJsonSchema, type Schema } from '@plinth/validation';
import type { Json, JsonObject } from './open-api-document.js';
import { schemaName } from './schema-name.js';
import { isObject, mapSubschemas, toJson } from './walk-schema.js';

/** What a caller sends, or what it gets: they differ where a schema has defaults or transforms. */
export type Direction = 'input' | 'output';

interface Component {
  /** The schema as it was given: two of the same text are one component. */
  readonly text: string;
  schema: JsonObject;
}

/** Where a schema stands: local references to the components that they mean. */
type Scope = ReadonlyMap<string, string>;

/**
 * Collects the named schemas of a document. A schema with an `$id`, an `id` or a `title`, and every entry of `$defs`, becomes a component
 * of that name wherever it stands, and is referred to; others are written in place. A second, different schema of the same name gets
 * `Input` (when it is what a caller sends) or a number.
 */
export class SchemaRegistry {
  readonly #components = new Map<string, Component>();
  readonly #nameOfId = new Map<string, string>();

  /** The schema as it is written at its place: itself, or a reference to its component. Add what is sent before what is received. */
  add(schema: Schema, direction: Direction): JsonObject {
    return this.#place(toJson(toJsonSchema(schema, direction)), direction, new Map());
  }

  /** The parts of an object that is no component itself, such as the fields of a query: each placed as by `add`. */
  parts(schema: Schema): JsonObject {
    const { $id: _id, id, title: _title, ...rest } = toJson(toJsonSchema(schema, 'input'));
    return this.#place({ ...rest, ...(typeof id === 'object' && { id }) }, 'input', new Map());
  }

  /** The schema that a reference to a component means; any other as it is. */
  look(schema: JsonObject): JsonObject {
    const name = typeof schema['$ref'] === 'string' ? schema['$ref'].replace(/^#\/components\/schemas\//, '') : undefined;
    return (name === undefined ? undefined : this.#components.get(name)?.schema) ?? schema;
  }

  /** A component under a given name. */
  addNamed(name: string, schema: JsonObject): JsonObject {
    const component = this.#reserve(name, schema, JSON.stringify(schema), 'output');
    if (component.fresh) component.entry.schema = this.#inner(schema, 'output', new Map([['#', component.name]]));
    return referTo(component.name);
  }

  /** The components, sorted by name. */
  components(): { readonly [name: string]: JsonObject } {
    return Object.fromEntries(
      [...this.#components].map(([name, { schema }]) => [name, schema] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  /** The finished document, in which references to the `$id`s of schemas became references to their components. */
  resolveIds<T>(document: T): T {
    return this.#resolve(document as Json) as T;
  }

  #resolve(value: Json): Json {
    if (Array.isArray(value)) return value.map((item: Json) => this.#resolve(item));
    if (!isObject(value)) return value;
    const name = typeof value['$ref'] === 'string' ? this.#nameOfId.get(value['$ref']) : undefined;
    const resolved = Object.entries(value).map(([key, item]) => [key, item === undefined || data.has(key) ? item : this.#resolve(item)]);
    return { ...(Object.fromEntries(resolved) as JsonObject), ...(name !== undefined && referTo(name)) };
  }

  #place(schema: JsonObject, direction: Direction, outer: Scope): JsonObject {
    const wanted = schemaName(schema) ?? (!outer.has('#') && refersToItself(schema) ? 'Recursive' : undefined);
    if (wanted === undefined) return this.#inner(schema, direction, this.#hoist(schema, direction, outer));
    const component = this.#reserve(wanted, schema, JSON.stringify(schema), direction);
    if (component.fresh) {
      const scope = this.#hoist(schema, direction, new Map([...outer, ['#', component.name]]));
      component.entry.schema = this.#inner(schema, direction, scope);
    }
    return referTo(component.name);
  }

  // The schema's `$defs` as components. All names are reserved before any definition is written: definitions may refer to each other.
  #hoist({ $defs }: JsonObject, direction: Direction, outer: Scope): Scope {
    if (!isObject($defs)) return outer;
    const scope = new Map(outer);
    const around = JSON.stringify($defs);
    const reserved = Object.entries($defs as { readonly [name: string]: JsonObject }).map(([key, definition]) => {
      const own = JSON.stringify(definition);
      const text = own.includes('"#/$defs/') ? own + around : own;
      const component = this.#reserve(schemaName(definition) ?? schemaName({ title: key }) ?? 'Definition', definition, text, direction);
      scope.set(`#/$defs/${key}`, component.name);
      return { component, definition };
    });
    for (const { component, definition } of reserved)
      if (component.fresh) component.entry.schema = this.#inner(definition, direction, scope);
    return scope;
  }

  #reserve(
    wanted: string,
    schema: JsonObject,
    text: string,
    direction: Direction,
  ): { readonly name: string; readonly entry: Component; readonly fresh: boolean } {
    const differs = (candidate: string): boolean => (this.#components.get(candidate)?.text ?? text) !== text;
    const first = direction === 'input' && differs(wanted) ? `${wanted}Input` : wanted;
    let name = first;
    for (let count = 2; differs(name); count++) name = `${first}${count}`;
    const existing = this.#components.get(name);
    if (existing !== undefined) return { name, entry: existing, fresh: false };
    const entry: Component = { text, schema: {} };
    this.#components.set(name, entry);
    const { $id } = schema;
    if (typeof $id === 'string' && !this.#nameOfId.has($id)) this.#nameOfId.set($id, name);
    return { name, entry, fresh: true };
  }

  // The schema without its name, its parts placed.
  #inner(schema: JsonObject, direction: Direction, scope: Scope): JsonObject {
    const { $id: _id, $schema: _dialect, $defs: _hoisted, ...rest } = schema;
    const { id, ...unnamed } = rest;
    const body = typeof id === 'string' ? unnamed : rest;
    const name = typeof body['$ref'] === 'string' ? scope.get(body['$ref']) : undefined;
    return mapSubschemas(name === undefined ? body : { ...body, ...referTo(name) }, (part) => this.#place(part, direction, scope));
  }
}

// Values, in which nothing is a reference.
const data = new Set(['const', 'default', 'enum', 'example', 'examples']);

function referTo(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

function refersToItself(schema: JsonObject): boolean {
  let found = false;
  const look = (part: JsonObject): JsonObject => {
    found ||= part['$ref'] === '#';
    return found || schemaName(part) !== undefined ? part : mapSubschemas(part, look);
  };
  mapSubschemas(schema, look);
  return found;
}
