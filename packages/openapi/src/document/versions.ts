import type { DocumentedRoute } from './build-document.js';
import type { Parameter } from './open-api-document.js';
import { documentedPaths, pathShape } from './paths.js';

/**
 * Of routes that differ in their version only, the one of the highest: a document has one operation per method and path. Versions
 * in the path have paths of their own.
 */
export function latestVersions(routes: readonly DocumentedRoute[]): readonly DocumentedRoute[] {
  if (routes.every(({ versions }) => versions === undefined)) return routes;
  const latest = new Map<string, DocumentedRoute>();
  for (const route of routes) {
    const key = keyOf(route);
    const known = latest.get(key);
    if (known === undefined || compare(highest(route), highest(known)) > 0) latest.set(key, route);
  }
  return routes.filter((route) => latest.get(keyOf(route)) === route);
}

/** The header in which requests say the version. */
export function versionParameters({ versions, versionHeader }: DocumentedRoute): readonly Parameter[] {
  if (versions === undefined || versionHeader === undefined) return [];
  const { name, required } = versionHeader;
  return [{ name, in: 'header', required, description: 'The version of the API.', schema: { type: 'string', enum: [...versions] } }];
}

function keyOf({ definition, path }: DocumentedRoute): string {
  return `${definition.method} ${documentedPaths(path)
    .map(({ template }) => pathShape(template))
    .join(' ')}`;
}

function highest({ versions }: DocumentedRoute): string | undefined {
  return versions?.reduce((best, version) => (compare(version, best) > 0 ? version : best));
}

// "10" stands above "9", and any version above none.
function compare(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined);
  return one.localeCompare(other, 'en', { numeric: true });
}
