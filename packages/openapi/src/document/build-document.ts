import { FORM_BODY, type Accepted, type BodyFormat, type FormBody, type RouteDefinition } from '@plinth/http';
import { OPENAPI_ERRORS } from '../errors.js';
import type {
  Content,
  JsonObject,
  OpenApiDocument,
  OpenApiInfo,
  OpenApiServer,
  OpenApiTag,
  Operation,
  Parameter,
  PathItem,
} from './open-api-document.js';
import { OperationIds, summaryOf } from './operation-id.js';
import { parametersOf } from './parameters.js';
import { documentedPaths, pathShape, type DocumentedPath } from './paths.js';
import { ProblemResponses, type ErrorBody } from './problem-responses.js';
import { latestVersions, versionParameters } from './versions.js';
import { contentOf, responsesOf } from './responses.js';
import { SchemaRegistry } from './schema-registry.js';
import { SecuritySchemes } from './security.js';

/** A route with the path at which it is served. */
export interface DocumentedRoute {
  readonly definition: RouteDefinition;
  readonly path: string;
  /** Media types of the body, where they are not those of the contract alone. */
  readonly bodyTypes?: readonly string[];
  /** The versions of the API in which it is served, where requests say theirs in a header. */
  readonly versions?: readonly string[];
  readonly versionHeader?: { readonly name: string; readonly required: boolean };
}

/** What a document says besides its routes. */
export interface DocumentOptions extends OpenApiInfo {
  /** Default: `/`, the server that serves the document. */
  readonly servers?: readonly OpenApiServer[];
  /** Descriptions and order of tags; those that routes use besides are added. */
  readonly tags?: readonly OpenApiTag[];
}

const standardMethods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);
const mediaTypes: Readonly<Record<BodyFormat, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain',
  bytes: 'application/octet-stream',
  ndjson: 'application/x-ndjson',
};

/**
 * The OpenAPI 3.1 document of these routes, but for hidden ones. The same routes give the same document, byte for byte.
 * Throws `OPENAPI_OPERATION_ID` and `OPENAPI_SECURITY_SCHEME`.
 */
export function buildDocument(routes: readonly DocumentedRoute[], options: DocumentOptions, errorBody?: ErrorBody): OpenApiDocument {
  const shown = latestVersions(routes.filter(({ definition }) => definition.contract.hidden !== true));
  checkOperationIds(shown);
  const registry = new SchemaRegistry();
  const problems = new ProblemResponses(registry, errorBody);
  const security = new SecuritySchemes();
  // Replies first, so that a schema whose sent and received forms differ has its plain name as a reply.
  const responses = shown.map(({ definition }) => responsesOf(definition, registry, problems));
  const ids = new OperationIds(shown.flatMap(({ definition }) => definition.contract.operationId ?? []));
  const paths = new Paths();
  shown.forEach((route, index) => {
    const { definition, path, bodyTypes } = route;
    const { contract, method } = definition;
    for (const documented of documentedPaths(path)) {
      const parameters = [...parametersOf(contract, documented.names, registry), ...versionParameters(route)];
      const operation: Operation = {
        operationId: ids.take(definition, path, documented.template),
        summary: summaryOf(definition, path),
        ...(contract.description !== undefined && { description: contract.description }),
        ...(contract.tags !== undefined && contract.tags.length > 0 && { tags: contract.tags }),
        ...(contract.deprecated !== undefined && contract.deprecated !== false && { deprecated: true }),
        ...(parameters.length > 0 && { parameters }),
        ...(contract.body !== undefined && { requestBody: { required: true, content: bodyOf(definition, bodyTypes, registry) } }),
        responses: responses[index]!,
        security: security.of(definition),
      };
      paths.add(documented, method, operation);
    }
  });
  // Written before the schemas are listed: error responses have schemas too.
  const sharedResponses = problems.components();
  return registry.resolveIds<OpenApiDocument>({
    openapi: '3.1.1',
    info: infoOf(options),
    servers: options.servers ?? [{ url: '/' }],
    tags: tagsOf(shown, options.tags ?? []),
    paths: paths.items(),
    components: { schemas: registry.components(), responses: sharedResponses, securitySchemes: security.components() },
  });
}

// Paths that differ in the names of their parameters only are one path in OpenAPI: the first names hold.
class Paths {
  readonly #byShape = new Map<string, DocumentedPath>();
  readonly #items = new Map<string, { [method: string]: Operation | { [method: string]: Operation } }>();

  add(path: DocumentedPath, method: string, operation: Operation): void {
    const shape = pathShape(path.template);
    const first = this.#byShape.get(shape) ?? path;
    this.#byShape.set(shape, first);
    const item = this.#items.get(first.template) ?? {};
    this.#items.set(first.template, item);
    const renamed = {
      ...operation,
      ...(operation.parameters !== undefined && { parameters: rename(operation.parameters, path.names, first.names) }),
    };
    if (standardMethods.has(method)) item[method.toLowerCase()] ??= renamed;
    else item['x-methods'] = { ...(item['x-methods'] as { [method: string]: Operation } | undefined), [method]: renamed };
  }

  items(): { readonly [path: string]: PathItem } {
    return Object.fromEntries(this.#items);
  }
}

function rename(parameters: readonly Parameter[], from: readonly string[], to: readonly string[]): readonly Parameter[] {
  return parameters.map((parameter) =>
    parameter.in === 'path' ? { ...parameter, name: to[from.indexOf(parameter.name)] ?? parameter.name } : parameter,
  );
}

function bodyOf({ contract }: RouteDefinition, bodyTypes: readonly string[] | undefined, registry: SchemaRegistry): Content {
  const schema = registry.add(contract.body!, 'input');
  const form = (contract.body as Partial<FormBody>)[FORM_BODY];
  if (form !== undefined) return formOf(form, schema, contract.examples?.body);
  const { accepts = 'json' } = contract;
  const formats = Array.isArray(accepts) ? (accepts as readonly Accepted[]) : [accepts as Accepted];
  const names = bodyTypes ?? formats.map((format) => (typeof format === 'string' ? mediaTypes[format] : format.mediaType));
  return Object.assign({}, ...names.map((name) => contentOf(name, schema, contract.examples?.body))) as Content;
}

/** A multipart form with the media types of its files (OpenAPI 3.1, 4.8.15). */
function formOf(form: FormBody[typeof FORM_BODY], schema: JsonObject, example: unknown): Content {
  const [mediaType] = form.mediaTypes;
  const content = contentOf(mediaType!, schema, example);
  return { [mediaType!]: { ...content[mediaType!], encoding: form.encoding() } } as Content;
}

/** Throws `OPENAPI_OPERATION_ID` when two contracts give the same `operationId`. */
export function checkOperationIds(routes: readonly DocumentedRoute[]): void {
  const owners = new Map<string, string>();
  const seen = new Set<RouteDefinition>();
  for (const { definition, path } of routes) {
    const id = definition.contract.operationId;
    // In several versions of a path one route stands several times: ids derived from its own tell them apart.
    if (id === undefined || seen.has(definition)) continue;
    seen.add(definition);
    const name = `${definition.method} ${path}`;
    const first = owners.get(id);
    if (first !== undefined) throw OPENAPI_ERRORS.OPERATION_ID({ id, first, second: name });
    owners.set(id, name);
  }
}

function infoOf({ servers: _servers, tags: _tags, ...info }: DocumentOptions): OpenApiInfo {
  const { title, version, summary, description, termsOfService, contact, license } = info;
  return JSON.parse(JSON.stringify({ title, summary, description, termsOfService, contact, license, version })) as OpenApiInfo;
}

function tagsOf(routes: readonly DocumentedRoute[], described: readonly OpenApiTag[]): readonly OpenApiTag[] {
  const names = new Set(described.map(({ name }) => name));
  const used = routes.flatMap(({ definition }) => definition.contract.tags ?? []);
  return [...described, ...[...new Set(used)].filter((name) => !names.has(name)).map((name) => ({ name }))];
}
