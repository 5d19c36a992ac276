import type { RouteDefinition } from '@plinth/http';

/** A path as OpenAPI writes it, with the names of its parameters in order. */
export interface DocumentedPath {
  readonly template: string;
  readonly names: readonly string[];
}

/** `/orders/:id?` as `/orders` and `/orders/{id}`, since a parameter in the path is never optional in OpenAPI; `*rest` as `{rest}`. */
export function documentedPaths(path: string): readonly DocumentedPath[] {
  const optional = path.match(/^(.*)\/[^/]*:[A-Za-z0-9_]+\?$/);
  const full = toTemplate(path.replace(/\?$/, ''));
  return optional === null ? [full] : [toTemplate(optional[1] === '' ? '/' : optional[1]!), full];
}

/** The template with its names left out: OpenAPI holds `/a/{id}` and `/a/{slug}` for the same path. */
export function pathShape(template: string): string {
  return template.replace(/\{[^}]*\}/g, '{}');
}

/** `GET /orders/:id`, as errors and logs name a route. */
export function routeName(route: Pick<RouteDefinition, 'method'>, path: string): string {
  return `${route.method} ${path}`;
}

function toTemplate(path: string): DocumentedPath {
  const names: string[] = [];
  const template = path.replace(/:([A-Za-z0-9_]+)|\/\*([A-Za-z0-9_]*)/g, (text, name: string | undefined, rest: string | undefined) => {
    const found = name ?? (rest === undefined || rest === '' ? 'rest' : rest);
    names.push(found);
    return text.startsWith('/') ? `/{${found}}` : `{${found}}`;
  });
  return { template, names };
}
