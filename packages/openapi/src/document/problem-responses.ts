import { STATUS_CODES } from 'node:http';
import { statusOfKind, type RouteDefinition } from '@plinth/http';
import type { JsonSchema } from '@plinth/validation';
import type { JsonObject, Reference, Response } from './open-api-document.js';
import { camelCase } from './schema-name.js';
import type { SchemaRegistry } from './schema-registry.js';

/** The body of an application's errors, when it is not problem details. */
export interface ErrorBody {
  readonly schema: JsonSchema;
  readonly contentType: string;
}

/** Error responses as shared components: one per status. */
export class ProblemResponses {
  readonly #used = new Set<number>();
  readonly #registry: SchemaRegistry;
  readonly #body: ErrorBody | undefined;

  constructor(registry: SchemaRegistry, body: ErrorBody | undefined) {
    this.#registry = registry;
    this.#body = body;
  }

  /** The error responses that a route can give besides those of its `returns`, by status. */
  of(definition: RouteDefinition): ReadonlyMap<number, Response | Reference> {
    const declared = declaredCodes(definition);
    const statuses = [...new Set([...implicitStatuses(definition), ...declared.keys()])].sort((a, b) => a - b);
    return new Map(statuses.map((status) => [status, this.#response(status, declared.get(status))]));
  }

  /** The shared responses that were referred to. */
  components(): { readonly [name: string]: Response } {
    return Object.fromEntries([...this.#used].sort((a, b) => a - b).map((status) => [nameOf(status), this.describe(status)]));
  }

  /** The response itself. */
  describe(status: number, codes?: readonly string[]): Response {
    const { contentType, schema } = this.#content();
    const title = STATUS_CODES[status] ?? `Status ${status}`;
    return {
      description: codes === undefined ? title : `${title}: ${codes.join('; ')}`,
      ...(status === 401 && {
        headers: { 'WWW-Authenticate': { description: 'How to authenticate (RFC 9110, 11.6.1).', schema: { type: 'string' } } },
      }),
      ...((status === 429 || status === 503) && {
        headers: { 'Retry-After': { description: 'Seconds after which another try makes sense.', schema: { type: 'integer' } } },
      }),
      content: { [contentType]: { schema } },
    };
  }

  #response(status: number, codes: readonly string[] | undefined): Response | Reference {
    if (codes !== undefined) return this.describe(status, codes);
    this.#used.add(status);
    return { $ref: `#/components/responses/${nameOf(status)}` };
  }

  #content(): { readonly schema: JsonObject; readonly contentType: string } {
    if (this.#body !== undefined) return { contentType: this.#body.contentType, schema: this.#registry.add(this.#body.schema, 'output') };
    return { contentType: 'application/problem+json', schema: this.#registry.addNamed('Problem', problemSchema) };
  }
}

// Every request may be malformed or late; the rest depends on what the route reads and who guards it.
function implicitStatuses({ contract, guards }: RouteDefinition): readonly number[] {
  const body = contract.body !== undefined;
  const checked = body || [contract.params, contract.query, contract.headers, contract.cookies].some((part) => part !== undefined);
  const credential = guards.some((guard) => guard.security.some((schemes) => schemes.length > 0));
  return [
    400,
    ...(credential ? [401] : []),
    ...(guards.length > 0 ? [403] : []),
    ...(body ? [413, 415] : []),
    ...(checked ? [422] : []),
    500,
    503,
  ];
}

function declaredCodes({ contract }: RouteDefinition): ReadonlyMap<number, readonly string[]> {
  const codes = new Map<number, string[]>();
  for (const error of contract.errors ?? []) {
    const status = error.status ?? statusOfKind(error.kind ?? 'internal');
    const line = error.description === undefined ? error.code : `${error.code} (${error.description})`;
    codes.set(status, [...(codes.get(status) ?? []), line]);
  }
  return codes;
}

function nameOf(status: number): string {
  const name = camelCase((STATUS_CODES[status] ?? `Status ${status}`).replace(/'/g, ''));
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Problem details (RFC 9457) as this framework sends them. */
const problemSchema: JsonObject = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', description: 'A URI that identifies the kind of problem; `about:blank` when `code` says it.' },
    title: { type: 'string', description: 'The same for every occurrence of a code.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened this time.' },
    code: { type: 'string', description: 'Stable, for programs.' },
    instance: { type: 'string', description: 'Identifies the request, as `X-Request-Id` does.' },
    issues: {
      type: 'array',
      description: 'Everything that is wrong with the request.',
      items: {
        type: 'object',
        required: ['pointer', 'rule', 'message'],
        properties: {
          in: { type: 'string', enum: ['params', 'query', 'headers', 'cookies', 'body'] },
          pointer: { type: 'string', description: 'JSON pointer (RFC 6901) into that part.' },
          rule: { type: 'string', description: 'The keyword of the schema that was broken.' },
          message: { type: 'string' },
        },
      },
    },
  },
  additionalProperties: true,
};
