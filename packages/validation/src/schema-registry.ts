import { schemaErrors } from './errors.js';
import { forEachSubschema, isObject, type SchemaNode } from './keywords.js';
import type { JsonSchema } from './schema.js';

interface Place {
  readonly document: SchemaDocument;
  readonly base: string;
  readonly pointer: string;
}

interface SchemaDocument {
  readonly root: JsonSchema;
  /** Absolute URI (with #anchor) → node, for everything identified inside this document. */
  readonly ids: Map<string, JsonSchema>;
}

/** Relative identifiers such as TypeBox's `User` are resolved against this, so that they meet across documents. */
const ROOT = 'schema:///';

/** The schemas of one compiler, and where each `$ref` inside them leads. Nothing is ever fetched. */
export class SchemaRegistry {
  readonly #places = new WeakMap<JsonSchema, Place>();
  readonly #known = new Map<string, { readonly node: JsonSchema; readonly text: string }>();

  /** Takes in a schema made by `readSchema`. The same `$id` with the same content is welcome; with another it throws `VALIDATION_DUPLICATE_ID`. */
  add(root: JsonSchema): void {
    if (this.#places.has(root)) return;
    const document: SchemaDocument = { root, ids: new Map() };
    this.#index(root, ROOT, '', document);
    if (typeof root['$id'] !== 'string') return;
    const uri = absolute(root['$id'], ROOT, '/$id');
    const text = canonicalText(root);
    const known = this.#known.get(uri);
    if (known !== undefined && known.text !== text) throw schemaErrors.duplicateId(root['$id'], '/$id');
    if (known === undefined) this.#known.set(uri, { node: root, text });
  }

  /** The schema a node's `$ref` leads to. Throws `VALIDATION_REF` or `VALIDATION_REMOTE_REF` where it leads nowhere. */
  follow(node: JsonSchema): SchemaNode {
    const ref = String(node['$ref']);
    const place = this.#places.get(node);
    if (place === undefined) throw schemaErrors.ref(ref, '');
    const at = `${place.pointer}/$ref`;
    const uri = absolute(ref, place.base, at);
    const [resource = '', fragment = ''] = splitFragment(uri);
    const target = this.#resource(resource, place.document);
    if (target === undefined) throw /^https?:/i.test(resource) ? schemaErrors.remoteRef(ref, at) : schemaErrors.ref(ref, at);
    if (fragment === '') return target;
    const found = fragment.startsWith('/') ? byPointer(target, fragment) : this.#anchor(target, resource, fragment);
    if (found === undefined || !(typeof found === 'boolean' || this.#places.has(found))) throw schemaErrors.ref(ref, at);
    return found;
  }

  /** Where a node stands in its own document, as a JSON pointer. */
  pointerOf(node: JsonSchema): string {
    return this.#places.get(node)?.pointer ?? '';
  }

  #resource(uri: string, document: SchemaDocument): JsonSchema | undefined {
    return document.ids.get(uri) ?? (uri === ROOT ? document.root : this.#known.get(uri)?.node);
  }

  #anchor(target: JsonSchema, resource: string, anchor: string): JsonSchema | undefined {
    return this.#places.get(target)?.document.ids.get(`${resource}#${anchor}`);
  }

  #index(node: SchemaNode, parentBase: string, pointer: string, document: SchemaDocument): void {
    if (!isObject(node)) return;
    const id = node['$id'];
    const base = typeof id === 'string' ? (splitFragment(absolute(id, parentBase, `${pointer}/$id`))[0] as string) : parentBase;
    this.#places.set(node, { document, base, pointer });
    if (typeof id === 'string') this.#identify(document, base, id, node, pointer);
    if (typeof node['$anchor'] === 'string') this.#identify(document, `${base}#${node['$anchor']}`, node['$anchor'], node, pointer);
    forEachSubschema(node, (sub, at) => this.#index(sub, base, pointer + at, document));
  }

  #identify(document: SchemaDocument, uri: string, id: string, node: JsonSchema, pointer: string): void {
    const known = document.ids.get(uri);
    if (known !== undefined && canonicalText(known) !== canonicalText(node)) throw schemaErrors.duplicateId(id, pointer);
    if (known === undefined) document.ids.set(uri, node);
  }
}

/** The JSON text of a value with its keys in order, so that equal schemas have equal texts. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    isObject(entry) ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))) : entry,
  );
}

function absolute(ref: string, base: string, pointer: string): string {
  try {
    return new URL(ref, base).href;
  } catch {
    throw schemaErrors.ref(ref, pointer);
  }
}

function splitFragment(uri: string): [string, string] {
  const hash = uri.indexOf('#');
  if (hash === -1) return [uri, ''];
  const fragment = uri.slice(hash + 1);
  try {
    return [uri.slice(0, hash), decodeURIComponent(fragment)];
  } catch {
    return [uri.slice(0, hash), fragment];
  }
}

function byPointer(root: JsonSchema, pointer: string): SchemaNode | undefined {
  let node: unknown = root;
  for (const segment of pointer.slice(1).split('/')) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<string, unknown>)[key];
  }
  return isObject(node) || typeof node === 'boolean' ? node : undefined;
}
