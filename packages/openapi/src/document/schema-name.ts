import type { JsonObject } from './open-api-document.js';

/** The component name that a schema asks for: the last part of its `$id`, its `id` (as zod writes it), or its `title` in PascalCase. */
export function schemaName(schema: JsonObject): string | undefined {
  const { $id, id, title } = schema;
  if (typeof $id === 'string') return clean(lastPart($id));
  if (typeof id === 'string') return clean(id);
  if (typeof title === 'string')
    return clean(
      title.replace(/[^A-Za-z0-9]+(.)?/g, (_gap, next: string | undefined) => next?.toUpperCase() ?? ''),
      true,
    );
  return undefined;
}

/** Makes `orders.create` and `get /orders/:id` one word in camelCase. */
export function camelCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word, index) => (index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1)).join('');
}

function lastPart(id: string): string {
  const path = id.replace(/[?#].*$/, '').replace(/\/+$/, '');
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/^urn:.*:/, '')
    .replace(/(\.schema)?\.json$/, '');
}

function clean(name: string, capital = false): string | undefined {
  const allowed = name.replace(/[^A-Za-z0-9._-]/g, '_');
  if (allowed === '') return undefined;
  return capital ? allowed.charAt(0).toUpperCase() + allowed.slice(1) : allowed;
}
