import { STATUS_CODES } from 'node:http';
import { isMediaType, readReturns, schemaOfMedia, typesOfMedia, type RouteDefinition } from '@plinth/http';
import type { Content, Json, JsonObject, Reference, Response } from './open-api-document.js';
import type { ProblemResponses } from './problem-responses.js';
import type { SchemaRegistry } from './schema-registry.js';

/** All responses of a route by status: those of `returns`, then the errors that it can give. */
export function responsesOf(
  definition: RouteDefinition,
  registry: SchemaRegistry,
  problems: ProblemResponses,
): { readonly [status: string]: Response | Reference } {
  const responses: { [status: string]: Response | Reference } = {};
  for (const [status, response] of declaredResponses(definition, registry)) responses[status] = response;
  for (const [status, problem] of problems.of(definition)) {
    const own = responses[status];
    // A status that the contract declares itself can still be an error of the framework: both bodies are possible.
    responses[status] = own === undefined ? problem : withContentOf(own as Response, problems.describe(status));
  }
  return responses;
}

function declaredResponses(definition: RouteDefinition, registry: SchemaRegistry): ReadonlyMap<number, Response> {
  const { contract } = definition;
  if (contract.returns === undefined) {
    return new Map<number, Response>([
      [200, { description: 'A text.', content: { 'text/plain': { schema: { type: 'string' } } } }],
      [204, { description: describe(204) }],
    ]);
  }
  const responses = new Map<number, Response>();
  for (const [status, entry] of readReturns(contract)) {
    if (entry === null) {
      responses.set(status, { description: describe(status) });
    } else if (isMediaType(entry)) {
      const schema: JsonObject =
        (schemaOfMedia(entry, (part) => registry.add(part, 'output')) as JsonObject | undefined) ??
        (entry.mediaType.startsWith('text/') ? { type: 'string' } : {});
      responses.set(status, {
        description: describe(status),
        content: Object.assign(
          {},
          ...typesOfMedia(entry).map((type, index) =>
            // The schema of a choice is that of its first type; the others are written from the same value.
            contentOf(
              type,
              index === 0 ? schema : type.startsWith('text/') ? { type: 'string' } : {},
              index === 0 ? contract.examples?.returns?.[status] : undefined,
            ),
          ),
        ) as Content,
      });
    } else {
      const schema = registry.add(entry, 'output');
      const { description } = registry.look(schema);
      const content = contentOf('application/json', schema, contract.examples?.returns?.[status]);
      responses.set(status, { description: typeof description === 'string' ? description : describe(status), content });
    }
  }
  return responses;
}

/** One media type with its schema and, if there is one, its example. */
export function contentOf(mediaType: string, schema: JsonObject, example: unknown): Content {
  return { [mediaType]: { schema, ...(example !== undefined && { example: example as Json }) } };
}

function describe(status: number): string {
  return STATUS_CODES[status] ?? `Status ${status}`;
}

function withContentOf(own: Response, problem: Response): Response {
  return { ...problem, ...own, content: { ...problem.content, ...own.content } };
}
